"""A container's health check: ``python -I -S probing.py NAME``; it prints what the process tells.

Asks the process's own ``/health/ready``: alive, connected, not far behind. It runs every few
seconds in every container, so it takes nothing from outside `socket`.
"""

from __future__ import annotations

import os
import socket
import sys

TIMEOUT_SECONDS = 5
GATEWAY_PORT = 8000
LONGEST_ANSWER = 65_536
OK = b"200"


def place(name: str) -> tuple[int, str]:
    """Port and path at which a process tells whether it is ready."""
    if name == "front":
        return GATEWAY_PORT, "/health/live"  # a gateway answers through it
    if name == "gateway":
        # Itself alone: it serves what it has even while a service is away.
        return GATEWAY_PORT, "/health/ready?only=gateway"
    return int(os.environ["ORE_METRICS_PORT"]), "/health/ready"


def ask(port: int, path: str) -> tuple[bool, str]:
    """Whether the answer is 200, and its body."""
    answer = b""
    address = ("127.0.0.1", port)
    with socket.create_connection(address, timeout=TIMEOUT_SECONDS) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        while len(answer) < LONGEST_ANSWER and (part := connection.recv(LONGEST_ANSWER)):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b" ", 2)[1:2] == [OK], body.decode(errors="replace").strip()


def main(name: str) -> int:
    """Ask; 0 when the process is ready."""
    try:
        is_ready, told = ask(*place(name))
    except OSError as error:
        is_ready, told = False, f"{type(error).__name__}: {error}"
    print(told)
    return 0 if is_ready else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
