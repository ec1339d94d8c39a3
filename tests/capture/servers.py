"""Real servers for tests: an HTTP camera in this process, and an RTSP one in its own."""

from __future__ import annotations

import base64
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

import pytest

from tests.capture.clips import jpeg, numbered

PYTHON = Path("/usr/bin/python3")
RTSP_SERVER = Path(__file__).parents[1] / "rtsp_server.py"
INSTALL = (
    "apt install python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-{base,good,bad,ugly} gstreamer1.0-libav"
)

Pictures = Callable[[threading.Event], Iterator[bytes]]


def counting(stop: threading.Event, fps: float = 30) -> Iterator[bytes]:
    """Numbered JPEGs, again from 0 after 24."""
    number = 0
    while not stop.wait(1 / fps):
        yield jpeg(numbered(number % 25))
        number += 1


class HttpCamera:
    """Serves ``/mjpeg`` (pictures as multipart), files of a folder with ranges, and an error at ``/404`` and its like.

    Args:
        pictures: the JPEGs of one connection to ``/mjpeg``; ends it when it ends.
        folder: what else is served.
        login: ``user:password`` that must be given, if any.
    """

    def __init__(self, pictures: Pictures = counting, folder: Path | None = None, login: str = "") -> None:
        self.connections = 0
        self.stop = threading.Event()
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if login and self.headers["Authorization"] != f"Basic {base64.b64encode(login.encode()).decode()}":
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="camera"')
                    self.end_headers()
                elif self.path.startswith("/mjpeg"):
                    self.multipart()
                elif folder is not None and (folder / self.path[1:]).is_file():
                    self.file((folder / self.path[1:]).read_bytes())
                else:
                    self.send_error(int(self.path[1:]) if self.path[1:].isdigit() else 404)

            def multipart(self) -> None:
                camera.connections += 1
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                for data in pictures(camera.stop):
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                    self.wfile.write(head.encode() + data + b"\r\n")

            def file(self, data: bytes) -> None:
                wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers["Range"] or "")
                begin = int(wanted[1]) if wanted else 0
                end = min(int(wanted[2] or len(data) - 1) if wanted else len(data) - 1, len(data) - 1)
                self.send_response(206 if wanted else 200)
                self.send_header("Accept-Ranges", "bytes")
                self.send_header("Content-Range", f"bytes {begin}-{end}/{len(data)}")
                self.send_header("Content-Length", str(end + 1 - begin))
                self.end_headers()
                self.wfile.write(data[begin : end + 1])

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass  # a client that went away

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def url(self, path: str, login: str = "") -> str:
        return f"http://{login + '@' if login else ''}127.0.0.1:{self.port}/{path}"

    def __enter__(self) -> HttpCamera:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop.set()
        self._server.shutdown()
        self._server.server_close()


class RtspCamera:
    """tests/rtsp_server.py as a process that can be killed, stopped and started again on its port."""

    def __init__(self, *options: str) -> None:
        check = "import gi; gi.require_version('GstRtspServer', '1.0'); gi.require_version('Gst', '1.0')"
        if not PYTHON.exists() or subprocess.run([PYTHON, "-c", check], capture_output=True).returncode:
            pytest.skip(f"needs GStreamer's RTSP server: {INSTALL}")
        self._options, self.port = list(options), "0"
        self.start()

    def start(self) -> None:
        command = [str(PYTHON), str(RTSP_SERVER), "--port", self.port, *self._options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("rtsp://"), "the RTSP server didn't start"
        self.port = self.url.rsplit(":", 1)[1].partition("/")[0]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def __enter__(self) -> RtspCamera:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.kill()
