"""Watches a Motion JPEG stream as a browser does, in a process of its own.

    python tests/bench/floor_viewer.py HOST PORT

Prints a line once the stream has begun, and how many pictures came when it has ended.
"""

from __future__ import annotations

import socket
import sys


def watch(host: str, port: int) -> None:
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall(f"GET /stream.mjpg HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        buffer, pictures, tail = bytearray(1 << 18), 0, b""
        started = False
        while count := connection.recv_into(buffer):
            data = tail + bytes(buffer[:count])
            pictures += data.count(b"Content-Type: image/jpeg\r\n")
            tail = data[-25:]  # one byte less than what is counted
            if not started:
                print("watching", flush=True)
                started = True
        print(pictures, flush=True)


if __name__ == "__main__":
    watch(sys.argv[1], int(sys.argv[2]))
