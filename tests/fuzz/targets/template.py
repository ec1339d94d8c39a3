"""The words of a message, and their values put in."""

from __future__ import annotations

from edgedet.template import NAMES, Template
from tests.fuzz.judge import Wrong

ALLOWED = (ValueError,)  # the settings make a line of it, with the key and the place
LONGEST = 2048
WORDS = (*(f"{{{name}}}".encode() for name in NAMES), b"{{", b"}}", b"{label!r}", b"{0}", b"{label:>10}", b"{a.b[c]}")


def case(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    values = dict.fromkeys(NAMES, "{label}")
    filled = Template("title", text).fill(values)
    if len(filled) > len(text) * 8 + 8:
        raise Wrong(f"{len(text)} characters became {len(filled)}")


def seeds() -> list[bytes]:
    return [b"{label} at {camera}", b"{{now}} {time}, {zone}\n{link}", b"", b"{", b"{labl}", b"{label!x}"]
