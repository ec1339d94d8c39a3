"""A labels file, and how it is fitted to a model's classes."""

from __future__ import annotations

from edgedet.inference.labels import fit_labels, read_labels
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import put

LONGEST = 2048
WORDS = (b"???", b"n/a", b"background", b"99999", b"\xef\xbb\xbf", b"\r\n", b"\xe2\x80\xa8", b": ", b"#")


def case(data: bytes) -> None:
    classes, text = data[:1], data[1:]
    labels = read_labels(put("labels.txt", text))
    if not labels or len(labels) > 100_000 or not all(labels):
        raise Wrong(f"{len(labels)} labels, or one without a name")
    if "\x1b" in "".join(labels):
        raise Wrong("a label that a terminal would obey")
    fit_labels(labels, classes[0] % 8 or None if classes else None, "labels.txt")


def seeds() -> list[bytes]:
    texts = ("person\ncat\n", "0 person\n1 cat\n", "0: a\n90: b\n", "???\nperson\n", "# x\n\nn/a\nb", "1,a\n2,b")
    return [b"\x02" + text.encode() for text in texts]
