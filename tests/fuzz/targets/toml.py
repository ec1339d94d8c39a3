"""TOML: read, with every mistake in a line; where each thing stands; and written so that it reads the same."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

from edgedet.toml import locate, parse, read_text, render
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import put

LONGEST = 4096
WORDS = (
    b"[[camera]]", b"[a.b]", b'"""', b"'''", b"\\u0000", b"\\\n", b"{", b"}", b"=", b"1979-05-27T07:32:00Z", b"nan",
    b"0x_1", b"\r\n", b"#", b"[", b"]", b'"a b"', b"\xef\xbb\xbf", b"a.b.c", b"1_0", b"\xc2\xa0", b"'''''",
)  # fmt: skip


def case(data: bytes) -> None:
    text = read_text(put("case.toml", data))
    content = parse(text, Path("case.toml"))
    lines = locate(text)
    count = text.count("\n") + 1
    for path, line in lines.items():
        if not 1 <= line <= count:
            raise Wrong(f"{path} in line {line} of {count}")
    for key in content:
        if (key,) not in lines:
            raise Wrong(f"{key!r} stands nowhere")
    if _plain(content):
        again = tomllib.loads(f"x = {render(content)}")["x"]
        if again != content:
            raise Wrong(f"{content!r} became {again!r}"[:500])


def _plain(value: Any) -> bool:
    """Whether it is of what settings are made of: no dates, no NaN."""
    if isinstance(value, dict):
        return all(map(_plain, value.values()))
    if isinstance(value, list):
        return all(map(_plain, value))
    return isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))


def seeds() -> list[bytes]:
    texts = (
        '[detect]\nconfidence = 0.4 # x\n[[camera]]\nname = "a"\nzones.b = { polygon = [[0, 1], [2, 3]] }\n',
        'a = """x\n\\"""y"""\nb = \'\'\'z\'\'\'\'\'\n"c d".e = 1\n',
        "x = [1,\n 2, # y\n]\n",
        "[[a]]\n[[a.b]]\nc = {d = {e = [{f = 1}]}}\n",
        "a.b.c.d.e.f.g.h.i.j = [[[[[[[1]]]]]]]",
        'a = "\\ud800"',
        "a = 1e5\n",
        "[a\n",
    )
    return [text.encode() for text in texts]
