#!/usr/bin/env python3
"""Instructions of `eulb proxy` per request, for each of some builds.

    benches/counting.py EULB [EULB...]

Each build serves the same small keep-alive requests under callgrind, so many and then so many more;
the difference is free of what a start costs. Instructions in user space only.
"""

import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

FEW, MANY = 200, 2200
BODY = b"x" * 100
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + BODY


def instance():
    """A server on a port of its own that answers every head with the same 100 bytes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection):
        pending = b""
        while chunk := connection.recv(65536):
            pending += chunk
            while b"\r\n\r\n" in pending:
                _, pending = pending.split(b"\r\n\r\n", 1)
                connection.sendall(ANSWER)

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def ask(port, count):
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            client.sendall(b"GET /100 HTTP/1.1\r\nHost: bench\r\n\r\n")
            answer = b""
            while not answer.endswith(BODY):
                answer += client.recv(65536)


def instructions(program, to, count):
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program,
                   "proxy", "--threads", "1", "--listen", "http:127.0.0.1:0", "--to", f"127.0.0.1:{to}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        port = int(re.search(r":(\d+)\s*$", line).group(1))
        ask(port, count)
        time.sleep(0.2)
        process.terminate()
        _, told = process.communicate(timeout=60)
    return int(re.search(r"Collected : (\d+)", told).group(1))


def main():
    to = instance()
    for program in sys.argv[1:]:
        for _ in range(2):
            few, many = (instructions(program, to, count) for count in (FEW, MANY))
            print(f"{program}: {(many - few) / (MANY - FEW):.0f} instructions per request")


if __name__ == "__main__":
    main()
