"""What a process that runs somebody's model says of itself; the model may have taken it over."""

from __future__ import annotations

import json

from edgedet.inference.apart.hello import Hello, refusal, refused
from tests.fuzz.judge import Wrong

ALLOWED = (ValueError,)  # the parent calls the child lost, and says so in a line
LONGEST = 2048
_WHOLE = {
    "name": "litert 2.0", "threads": 2, "inputs": [[0, "image", [1, 320, 320, 3], "uint8", 0.0078, 128]],
    "outputs": [[7, "boxes", [1, 10, 4], "float32", 0.0, 0]], "layers": ["seccomp"], "missing": ["cgroup: none"],
    "notes": [[20, "runtime: litert"]],
}  # fmt: skip
WORDS = (
    *(json.dumps(key).encode() for key in _WHOLE),
    b"!",
    b"1e999",
    b"NaN",
    b"null",
    b"-1",
    b'"\\ud800"',
    b'"object"',
)


def case(data: bytes) -> None:
    said = refused(data)
    if said is not None:
        _check(said)
        return
    hello = Hello.from_bytes(data)
    for text in (hello.name, *hello.layers, *hello.missing, *(text for _, text in hello.notes)):
        _check(text)
    if any(len(tensor.shape) > 8 or not tensor.name.isprintable() for tensor in (*hello.inputs, *hello.outputs)):
        raise Wrong("a tensor that can't be")


def _check(text: str) -> None:
    if not text.isprintable() or len(text) > 1000:
        raise Wrong(f"{text[:200]!r} is no line of a log")


def seeds() -> list[bytes]:
    return [json.dumps(_WHOLE).encode(), refusal("m.tflite: damaged"), b"{}", b"[]", b"[" * 1500]
