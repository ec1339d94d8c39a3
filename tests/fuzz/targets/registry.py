"""A user's own registry of models."""

from __future__ import annotations

from edgedet.zoo.registry import load_registry
from tests.fuzz.scratch import put

LONGEST = 2048
WORDS = (
    b"[models.", b"url = ", b"sha256 = ", b"git_blob = ", b"labels = ", b"[labels]", b"size = ", b"input = [320, 320]",
    b'"https://x/y.tflite"', b"'x'", b"nan", b"[models]", b'"\\ud800"', b"licence = ", b"1e400",
)  # fmt: skip


def case(data: bytes) -> None:
    load_registry(put("registry.toml", data))


def seeds() -> list[bytes]:
    whole = (
        '[labels]\ncoco = ["person"]\n[models.mine]\nurl = "https://models.example/mine.tflite"\n'
        f'sha256 = "{"0" * 64}"\nlabels = ["person", "forklift"]\nsize = 5\ninput = [320, 320]\n'
        '[models.other]\nurl = "http://x/y"\nlabels = "coco"\n'
    )
    return [
        whole.encode(),
        b"[models]\n",
        b"models = 1\n",
        b"[models.a]\nurl = 1\n",
        b'[models."a b"]\nurl = "http://x"\n',
    ]
