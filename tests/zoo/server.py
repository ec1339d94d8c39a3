"""A model server on loopback that keeps what it was asked for, and misbehaves when told to."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request: its path and range headers, and how many bytes of a body went out."""

    path: str
    range: str | None
    if_range: str | None
    sent: int = 0


@dataclass
class ModelServer:
    """Serves ``content`` at every path. Each request takes the next of ``acts``; without one, it is served well."""

    content: bytes
    acts: list[Callable[[Any], None]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    etag: Callable[[bytes], str | None] = lambda content: f'"{hashlib.md5(content).hexdigest()}"'
    last_modified: str | None = None

    def __enter__(self) -> ModelServer:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server: Any

            def do_GET(self) -> None:
                self.owner = owner
                self.asked = Asked(self.path, self.headers["Range"], self.headers["If-Range"])
                owner.asked.append(self.asked)
                act = owner.acts.pop(0) if owner.acts else serve
                try:
                    act(self)
                except OSError:  # the other side has had enough
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/model.tflite"


def serve(handler: Any, stop: int | None = None, ranges: bool = True, pause: float = 0.0, chunk: int = 1 << 16) -> None:
    """Send the content, or the rest asked for, as RFC 9110 says; ``stop``: drop the connection after so many bytes."""
    owner, asked, content = handler.owner, handler.asked, handler.owner.content
    etag = owner.etag(content)
    wanted = re.fullmatch(r"bytes=(\d+)-", asked.range or "")
    start = 0
    if ranges and wanted and asked.if_range in (None, etag, owner.last_modified):
        start = int(wanted[1])
        if start >= len(content):
            handler.send_response(416)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    else:
        handler.send_response(200)
    if etag:
        handler.send_header("ETag", etag)
    if owner.last_modified:
        handler.send_header("Last-Modified", owner.last_modified)
    handler.send_header("Content-Length", str(len(content) - start))
    handler.end_headers()
    end = len(content) if stop is None else min(start + stop, len(content))
    for at in range(start, end, chunk):
        piece = content[at : min(at + chunk, end)]
        asked.sent += len(piece)  # before: whoever has the last of it may look at once
        handler.wfile.write(piece)
        time.sleep(pause)
    handler.close_connection = stop is not None


def drop(after: int) -> Callable[[Any], None]:
    """Drop the connection after so many bytes of the body."""
    return lambda handler: serve(handler, stop=after)


def no_ranges(handler: Any) -> None:
    """As a server that knows nothing of ranges."""
    serve(handler, ranges=False)


def no_ranges_dropped(after: int) -> Callable[[Any], None]:
    """The same, and the connection is dropped."""
    return lambda handler: serve(handler, stop=after, ranges=False)


def trickle(handler: Any) -> None:
    """A byte now and then."""
    serve(handler, pause=0.05, chunk=1)


def status(code: int, **headers: str) -> Callable[[Any], None]:
    """Answer with nothing but a status."""

    def act(handler: Any) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return act


def claim(length: int) -> Callable[[Any], None]:
    """Promise a file of this length."""

    def act(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.close_connection = True

    return act


def hold(seconds: float) -> Callable[[Any], None]:
    """Say nothing for a while."""
    return lambda handler: time.sleep(seconds)
