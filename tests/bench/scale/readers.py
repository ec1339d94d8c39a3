"""Reads a Motion JPEG stream over so many connections until ended, in one process, as so many browsers would.

    python -m tests.bench.scale.readers URL COUNT

Prints a line once all have got their first bytes.
"""

from __future__ import annotations

import asyncio
import sys
from urllib.parse import urlsplit


async def read(host: str, port: int, path: str, begun: asyncio.Semaphore) -> None:
    """One connection."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head.splitlines()[0]:
        sys.exit(head.decode())
    await reader.read(1 << 16)
    begun.release()
    while await reader.read(1 << 18):
        pass


async def main() -> None:
    """All of them."""
    url, count = urlsplit(sys.argv[1]), int(sys.argv[2])
    begun = asyncio.Semaphore(0)
    reading = [asyncio.create_task(read(url.hostname or "", url.port or 80, url.path, begun)) for _ in range(count)]
    for _ in range(count):
        await begun.acquire()
    print("reading", flush=True)
    await asyncio.gather(*reading)


if __name__ == "__main__":
    asyncio.run(main())
