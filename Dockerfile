# An example, not built where this project is tested:
#   docker build -t eulb .
#   docker run --rm -it eulb eulb demo
FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim
COPY --from=build /src/target/release/eulb /tmp/eulb
RUN /tmp/eulb install --prefix /usr/local && rm /tmp/eulb && useradd --create-home eulb
USER eulb
# 0.0.0.0 inside the container only: publish the port to the host's loopback, -p 127.0.0.1:8773:8773.
CMD ["eulb", "local", "start", "--ephemeral", "--listen", "0.0.0.0:8773", "--port-offset", "8000"]
