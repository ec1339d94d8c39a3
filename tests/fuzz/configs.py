"""Settings files that are nearly right, the same ones for the same seed."""

from __future__ import annotations

import random

from edgedet.cli.template import template

_VALUES = (
    '""', '"auto"', '"x"', "-1", "0", "1", "1e400", "nan", "-inf", "99999999999999999999", "true", "[]", "{}", "[1, 2]",
    "{ person = 2 }", "{ a.b = 1 }", "1979-05-27", '"\\u0000"', '"rtsp://user:secret@host/x"', "'''\n'''", "0x", "{",
    '"', "]", "=", "\\", "é", "{ person = 0.4, person = 0.5 }", '"a\\nb"',
)  # fmt: skip
_LINES = (
    "[source]", "[[model]]", "[model.path]", "[nonsense]", "[]", "[", "model = 1", "source.uri.x = 1", "= 1", "\x00",
    "\x7f", "#", "confidence = 0.5", "[detect]\n[detect]", "\ufeff", '"a b" = 1', "détection = 1", "[monitor] x",
    "a." * 2000 + "b = 1", "[[camera]]", '[[camera]]\nname = "a"\nsource.uri = "0"', "[camera.zones.b]", "[zones.x.y]",
    "[rules.é]", "[zones.a]\npolygon = [[0, 0], [1, 1], [0, 1], [1, 0]]", "camera = [[]]", "masks = [[[1, 2], 3], []]",
    '[rules.cat]\nzones = ["nowhere"]', "[lines.a]\npoints = [[nan, 0], [inf, 1e400]]", '[[camera.zones]]', "[privacy]",
)  # fmt: skip


def mutate(seed: int) -> bytes:
    """The settings file of this seed."""
    chance = random.Random(seed)
    lines = template().splitlines()
    for _ in range(chance.choice((1, 2, 5, 12))):
        at = chance.randrange(len(lines))
        chance.choice((_uncomment, _value, _value, _key, _insert, _drop))(chance, lines, at)
    content = "\n".join(lines).encode()
    if chance.random() < 0.2:
        broken = bytearray(content)
        for _ in range(chance.choice((1, 5))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        content = bytes(broken)
    if chance.random() < 0.1:
        content = content[: chance.randrange(len(content))]
    return content


def _uncomment(chance: random.Random, lines: list[str], at: int) -> None:
    lines[at] = lines[at].removeprefix("# ")


def _value(chance: random.Random, lines: list[str], at: int) -> None:
    settings = [i for i, line in enumerate(lines) if " = " in line]
    at = chance.choice(settings)
    key = lines[at].removeprefix("# ").partition(" = ")[0]
    lines[at] = f"{key} = {chance.choice(_VALUES)}"


def _key(chance: random.Random, lines: list[str], at: int) -> None:
    line = lines[at].removeprefix("# ")
    if line:
        spot = chance.randrange(len(line))
        lines[at] = line[:spot] + chance.choice(("x", "", "_", ".", " ", '"')) + line[spot + 1 :]


def _insert(chance: random.Random, lines: list[str], at: int) -> None:
    lines.insert(at, chance.choice(_LINES))


def _drop(chance: random.Random, lines: list[str], at: int) -> None:
    del lines[at]
