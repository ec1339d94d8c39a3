"""A registry of models, a user's own or a signed one, and what is remembered of those that were signed."""

from __future__ import annotations

import functools
from pathlib import Path

from edgedet.errors import ConfigError
from edgedet.toml import to_text
from edgedet.zoo.memory import Memory
from edgedet.zoo.registry import Entry, load_registry, parse_registry
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import put

LONGEST = 2048
WORDS = (
    b"[models.", b"url = ", b"sha256 = ", b"git_blob = ", b"labels = ", b"[labels]", b"size = ", b"input = [320, 320]",
    b'"https://x/y.tflite"', b"'x'", b"nan", b"[models]", b'"\\ud800"', b"licence = ", b"1e400", b"serial = ",
    b"revoked = [", b'"E7620F1842B4E81F"', b"9223372036854775808", b'{"serials":', b'"revoked":', b"1e999",
)  # fmt: skip


@functools.cache
def _own() -> dict[str, Entry]:
    return load_registry()


def case(data: bytes) -> None:
    """Up to the first zero byte the registry, then what an earlier run wrote down."""
    text, _, remembered = data.partition(b"\0")
    if remembered:
        _remember(remembered)
    registry = parse_registry(to_text(text, "registry.toml"), "registry.toml", _own())
    for name, entry in registry.models.items():
        if name in _own() or entry.name != name or not entry.url.startswith("http") or "/" in name:
            raise Wrong(f"{name!r} became {entry!r}")
    if registry.serial is not None and registry.serial < 1:
        raise Wrong(f"serial {registry.serial}")


def _remember(content: bytes) -> None:
    """Learnt and read again it is the same."""
    try:
        memory = Memory.load(put("seen.json", content))
    except ConfigError:
        return
    memory.learn("registry.toml", 1 << 62, ["E7620F1842B4E81F"])
    again = Memory.load(Path(memory.path))
    if again.serials != memory.serials or again.revoked != memory.revoked:
        raise Wrong(f"{memory} became {again}"[:600])


def seeds() -> list[bytes]:
    whole = (
        'serial = 7\nrevoked = ["E7620F1842B4E81F"]\n'
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
        b'\0{"serials": {"https://models.example/registry.toml": 7}, "revoked": ["E7620F1842B4E81F"]}',
        b'\0{"serials": [], "revoked": 1}',
    ]
