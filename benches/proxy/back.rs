//! The back ends of a comparison: HTTP ones answer `GET /N` with N bytes and swallow uploads; TCP
//! ones return what they read, or, told `D` and a length, send that many bytes.

use std::process::ExitCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Bytes of one write of a long answer, and of one read.
const BLOCK_BYTES: usize = 256 * 1024;

/// Serves until killed; says where, a line for each.
pub fn serve() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(Default::default())
        .expect("one runtime can be built");
    runtime.block_on(async {
        for http in [true, true, false, false] {
            let listener = TcpListener::bind("127.0.0.1:0")
                .await
                .expect("loopback has a free port");
            super::say(&listener.local_addr().expect("it is bound").to_string());
            tokio::task::spawn_local(accept(listener, http));
        }
        std::future::pending().await
    })
}

async fn accept(listener: TcpListener, http: bool) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let _ = stream.set_nodelay(true);
        tokio::task::spawn_local(async move {
            // A peer that leaves is what ends a connection here.
            let _ = match http {
                true => speak_http(stream).await,
                false => speak_tcp(stream).await,
            };
        });
    }
}

async fn speak_http(mut stream: TcpStream) -> std::io::Result<()> {
    let filler = vec![b'x'; BLOCK_BYTES];
    let mut bytes = Vec::with_capacity(BLOCK_BYTES);
    let mut answer = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
        let mut body: usize = field("content-length: ")
            .and_then(|n| n.parse().ok())
            .unwrap_or(0);
        let close = field("connection: ") == Some("close");
        let path = head.split(' ').nth(1).unwrap_or_default();
        let length: usize = path.trim_start_matches('/').parse().unwrap_or(2);
        bytes.drain(..end);
        loop {
            let taken = body.min(bytes.len());
            bytes.drain(..taken);
            body -= taken;
            if body == 0 {
                break;
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
        }
        answer.clear();
        answer.extend_from_slice(
            format!("HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n").as_bytes(),
        );
        let first = length.min(BLOCK_BYTES);
        answer.extend_from_slice(&filler[..first]);
        stream.write_all(&answer).await?;
        let mut left = length - first;
        while left > 0 {
            let next = left.min(BLOCK_BYTES);
            stream.write_all(&filler[..next]).await?;
            left -= next;
        }
        if close {
            return Ok(());
        }
    }
}

async fn speak_tcp(mut stream: TcpStream) -> std::io::Result<()> {
    let mut block = vec![0; 4096];
    loop {
        let count = stream.read(&mut block).await?;
        match block[..count] {
            [] => return Ok(()),
            [b'D', ref length @ ..] if length.len() == 8 => {
                let mut left = u64::from_le_bytes(length.try_into().unwrap_or_default());
                let filler = vec![b'x'; BLOCK_BYTES];
                while left > 0 {
                    let next = left.min(BLOCK_BYTES as u64);
                    stream.write_all(&filler[..next as usize]).await?;
                    left -= next;
                }
            }
            _ => stream.write_all(&block[..count]).await?,
        }
    }
}
