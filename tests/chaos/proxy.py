"""A stretch of network between a program and a server, which does to their bytes what it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Literal

Mode = Literal["pass", "hold", "vanish", "garble", "drip", "answer"]
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER under which closing a connection resets it."""
TICK = 0.05


class Proxy:
    """Passes TCP connections on to a port of this machine. Its attributes may be changed at any time.

    Args:
        target: the port behind it.
        chance: what garbage is made of.

    Attributes:
        target: as given, for connections to come.
        port: where it listens.
        mode: ``pass``; ``hold``: bytes wait; ``vanish``: nobody is there any more, connections of that time never
            come to life again; ``garble``: a part of what the server says is noise; ``drip``: a byte a second comes
            from the server; ``answer``: each new connection gets :attr:`canned` and is over.
        delay: seconds that bytes take, each way.
        canned: see ``answer``.
        passed: connections so far.
    """

    def __init__(self, target: int, chance: random.Random) -> None:
        self.target, self.mode, self.delay, self.canned, self.passed = target, "pass", 0.0, b"", 0
        self.mode: Mode
        self._chance = chance
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = 0
        self.open_door()

    def url(self, scheme: str, path: str, login: str = "") -> str:
        """The address of something behind it."""
        return f"{scheme}://{login + '@' if login else ''}127.0.0.1:{self.port}/{path}"

    def open_door(self) -> None:
        """Let connections in, at the same port as before."""
        starting = asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]

    def close_door(self) -> None:
        """New connections are refused; those there are stay."""
        self._call(self._server.close)

    def cut(self, reset: bool = False) -> None:
        """End every connection: with a FIN, or a RST."""
        self._call(lambda: [_end(writer, reset) for writer in list(self._writers)])

    def close(self) -> None:
        """End everything."""
        self.close_door()
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _call(self, action: object) -> None:
        async def run() -> None:
            action()  # type: ignore[operator]

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.passed += 1
        self._writers.add(writer)
        with contextlib.suppress(OSError):
            if self.mode == "answer":
                await reader.read(65536)
                writer.write(self.canned)
                await writer.drain()
            elif self.mode == "vanish":
                await _drain(reader)
            else:
                await self._join(reader, writer)
        self._writers.discard(writer)
        writer.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, behind = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers.add(behind)
        try:
            pumps = [self._loop.create_task(self._pump(reader, behind, False))]
            pumps.append(self._loop.create_task(self._pump(answers, writer, True)))
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
        finally:
            self._writers.discard(behind)
            behind.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(8)
        sending = self._loop.create_task(self._send(queue, writer, answers))
        try:
            while data := await reader.read(65536):
                if sending.done():
                    return
                await queue.put((time.monotonic() + self.delay, data))
            await queue.put((0.0, b""))
            await sending
        except OSError:
            pass
        finally:
            sending.cancel()

    async def _send(
        self, queue: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, answers: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while (item := await queue.get())[1]:
                due, data = item
                await asyncio.sleep(due - time.monotonic())
                while self.mode == "hold":
                    await asyncio.sleep(TICK)
                if self.mode == "vanish":
                    while True:  # what was lost can't be found again
                        await queue.get()
                if self.mode == "drip" and answers:
                    data = await self._drip(data, writer)
                elif self.mode == "garble" and answers:
                    data = self._garbled(data)
                writer.write(data)
                await writer.drain()

    async def _drip(self, data: bytes, writer: asyncio.StreamWriter) -> bytes:
        """Send a byte a second; what is left once that is over."""
        while data and self.mode == "drip":
            writer.write(data[:1])
            data = data[1:]
            await asyncio.sleep(1)
        return data

    def _garbled(self, data: bytes) -> bytes:
        begin = self._chance.randrange(len(data))
        end = min(len(data), begin + self._chance.randrange(1, 2048))
        return data[:begin] + self._chance.randbytes(end - begin) + data[end:]


async def _drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass
    await asyncio.sleep(3600)  # nobody is there to hang up either


def _end(writer: asyncio.StreamWriter, reset: bool) -> None:
    if reset:
        sock: socket.socket | None = writer.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()
    else:
        writer.close()


@contextlib.contextmanager
def proxy(target: int, chance: random.Random) -> Iterator[Proxy]:
    """One, closed at the end."""
    opened = Proxy(target, chance)
    try:
        yield opened
    finally:
        opened.close()
