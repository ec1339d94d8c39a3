"""The settings file that ``edgedet config init`` writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from edgedet.config import NAMED, SECTIONS, CameraConfig, Config, Section
from edgedet.keys import Key, keys_of
from edgedet.toml import render

_CORNERS = [[0.1, 0.5], [0.6, 0.5], [0.6, 1], [0.1, 1]]
EXAMPLES: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "zones": ("porch", {"polygon": _CORNERS}),
    "lines": ("door", {"points": [[0.2, 0.9], [0.8, 0.9]]}),
    "rules": ("person", {"zones": ["porch"]}),
}
"""What shows how a table with a name is written: the name, and the values that aren't the defaults."""
_CAMERA = f"""\
# Several cameras: for each a [[camera]] with its name, its source and what it has otherwise than the tables above.
# It can have its own {", ".join(name for name in CameraConfig.model_fields if name not in ("name", "source"))}.
# [[camera]]
# name = "front"
# source = {{ uri = "rtsp://10.0.0.7/live" }}
# detect = {{ confidence = 0.4 }}
# zones.step = {{ polygon = {render(_CORNERS)} }}
# rules.cat = {{ zones = ["step"] }}
"""


def template() -> str:
    """A settings file with every key commented out: the defaults, and an example of what has none."""
    lines = [
        "# Settings of edgedet. What is commented out is the default; zones, lines, rules and cameras are examples."
    ]
    for name in Config.model_fields:
        if name in SECTIONS:
            lines += ["", f"# {_about(SECTIONS[name])}", f"[{name}]"]
            lines += _keys(keys_of(SECTIONS[name], name).values(), {})
        elif name in NAMED:
            example, values = EXAMPLES[name]
            lines += ["", f"# {_about(NAMED[name])}", f"# [{name}.{example}]"]
            lines += _keys(keys_of(NAMED[name], name).values(), values)
    return "\n".join([*lines, "", _CAMERA])


def _about(table: type[Section]) -> str:
    return (table.__doc__ or "").splitlines()[0]


def _keys(keys: Iterable[Key], values: Mapping[str, object]) -> Iterator[str]:
    for key in keys:
        choices = f" ({', '.join(key.choices)})" if key.choices else ""
        setting = f"# {key.short} = {render(values.get(key.short, key.field.default))}"
        yield f"{setting:<34}  # {key.field.description}{choices}"
