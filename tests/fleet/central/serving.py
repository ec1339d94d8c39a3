"""Cameras as Prometheus sees them: figures of a real pipeline, served under several names at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from edgedet.metrics.measured import Measured
from edgedet.metrics.render import render


@contextlib.contextmanager
def served(desk: Measured, more: str = "") -> Iterator[int]:
    """The port of a server whose ``/metrics`` are this desk's, with some lines more."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = render(desk)
            body += more.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
