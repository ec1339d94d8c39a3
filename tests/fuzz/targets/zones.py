"""Zones drawn in the browser and written into the settings file: what is read again is what was drawn."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from pydantic import ValidationError

from edgedet.errors import ConfigError
from edgedet.settings import Settings, load
from edgedet.web.drawing_edit import KINDS, changes, edited
from edgedet.web.zonemodels import DrawingBody
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import put

ALLOWED = (ValidationError,)  # the web says it in a line: edgedet/web/problems.py
LONGEST = 2048
INCLUDE = ("tomlkit.items", "tomlkit.container", "tomlkit.parser", "tomlkit.api")
_KEYS = (
    "zones", "lines", "rules", "polygon", "points", "labels", "label", "exclude", "direction", "porch", "gate",
    "person", "a", "schedule", "camera", "in", "both",
)  # fmt: skip
WORDS = tuple(json.dumps(key).encode() for key in _KEYS)
_LAYOUTS = (
    "[zones.porch]\npolygon = [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]] # here\n\n[rules.person]\nlabel = 'person'\n",
    "zones.porch.polygon = [[0, 0], [1, 0], [1, 1]]\nlines.gate.points = [[0, 0.5], [1, 0.5]] # two\n",
    "zones = { porch = { polygon = [[0, 0], [1, 0], [1, 1]] } }\nlines.gate = { points = [[0, 0.5], [1, 0.5]] }\n",
    '[[camera]]\nname = "front"\nsource.uri = "0"\nzones.a = { polygon = [[0, 0], [1, 0], [1, 1]] }\n'
    '[[camera]]\nname = "back"\nsource.uri = "1"\n'
    "[camera.zones.b]\npolygon = [\n  [0, 0], # x\n  [1, 0],\n  [1, 1],\n]\n",
    '[zones.porch]\npolygon = [[0, 0], [1, 0], [1, 1]]\n[[camera]]\nname = "front"\nsource.uri = "0"\n',
    "\n# nothing\n",
)


@functools.cache
def _before(layout: int) -> Settings:
    return load({}, {}, put(f"layout-{layout}.toml", _LAYOUTS[layout].encode()))


def case(data: bytes) -> None:
    """The first byte chooses the layout of the file; the rest is the body of the request."""
    layout = data[0] % len(_LAYOUTS) if data else 0
    settings = _before(layout)
    try:
        body = DrawingBody.model_validate_json(data[1:])
    except (RecursionError, UnicodeDecodeError) as error:
        raise Wrong(f"{type(error).__name__} in the body") from None
    now = settings.config.cameras[-1]
    wanted = {kind: given for kind in KINDS if (given := getattr(body, kind)) is not None}
    text = edited(_LAYOUTS[layout], now, wanted, len(settings.config.cameras) == 1)
    try:
        again = load({}, {}, put("edited.toml", text.encode())).config.cameras[-1]
    except ConfigError as error:
        if Path("edited.toml").name in str(error).partition(":")[0] and " (at " in str(error):
            raise Wrong(f"no TOML any more: {text!r}"[:600]) from None
        return  # a rule without its zone, polygons that cross themselves: said to whoever drew them
    for kind in wanted:
        got, meant = getattr(again, kind), wanted[kind]
        if got.keys() != meant.keys() or any(changes(meant[name], got[name]) for name in got):
            return  # zonefile._checked refuses to write that


def seeds() -> list[bytes]:
    square, across = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]], [[0.1, 0.5], [0.9, 0.5]]
    bodies = (
        {"zones": {"porch": {"polygon": square}, "new": {"polygon": square}}},
        {"zones": {}, "lines": {"gate": {"points": across}}},
        {"rules": {"person": {"label": "person", "zones": ["porch"]}}},
        {},
    )
    return [bytes([layout]) + json.dumps(body).encode() for layout in range(len(_LAYOUTS)) for body in bodies]
