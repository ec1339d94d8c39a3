"""Which part of a stored file a player asks for, and whether it has it already."""

from __future__ import annotations

import functools
from pathlib import Path

from starlette.datastructures import Headers

from edgedet.web.ranges import StoredFile
from tests.fuzz.builders.asgi import ask, scope_of
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import put

LONGEST = 1024
INCLUDE = ("starlette.responses",)
WORDS = (
    b"Range: bytes=",
    b"If-Range: ",
    b"0-",
    b"-1",
    b"-",
    b",",
    b"99999999999999999999",
    b"bytes=0-0,2-3",
    b"\n",
    b" ",
)
_CONTENT = bytes(range(100))


@functools.cache
def _clip() -> Path:
    return put("clip.mp4", _CONTENT)


def case(data: bytes) -> None:
    """Header lines."""
    file = StoredFile(_clip(), media_type="video/mp4", filename="clip.mp4")
    answer = ask(file, scope_of(b"GET /clip\n" + data, []), b"")
    if answer.status not in (200, 206, 400, 416):
        raise Wrong(f"status {answer.status}")
    length = Headers(raw=answer.headers).get("content-length")
    if length is not None and int(length) != len(answer.body):
        raise Wrong(f"{len(answer.body)} bytes of {length} that were promised")
    if answer.status == 200 and answer.body != _CONTENT:
        raise Wrong("not the file")


def seeds() -> list[bytes]:
    given = (
        "bytes=0-",
        "bytes=10-19",
        "bytes=-5",
        "bytes=0-0,50-60",
        "bytes=200-",
        "bytes=5-1",
        "items=0-1",
        "bytes=a-b",
    )
    return [f"Range: {each}".encode() for each in given] + [b'Range: bytes=0-9\nIf-Range: "x"']
