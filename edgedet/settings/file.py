"""What a settings file says, where each thing stands, and which of it has no place there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edgedet.config import NAMED, SECTIONS, CameraConfig, Config
from edgedet.keys import keys_of
from edgedet.mistakes import header, label, misnamed, nearest_in_camera, nearest_key, nearest_section, show
from edgedet.settings.given import Camera, Given, Table, Tables
from edgedet.toml import locate, parse, read_text

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_name(text: Any) -> bool:
    """Whether a zone, line, rule or camera can be called so: it becomes part of keys, file names and addresses.

    >>> is_name("front_door-2"), is_name("front door"), is_name("")
    (True, False, False)
    """
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


class SettingsFile:
    """A settings file, read.

    Args:
        path: the file; relative paths in it start from its folder.
        problems: a line is added for each thing that has no place in it.

    Attributes:
        tables: what it says for all cameras.
        cameras: its ``[[camera]]``, in order.

    Raises:
        ConfigError: it can't be read, or is no TOML.
    """

    def __init__(self, path: Path, problems: list[str]) -> None:
        text = read_text(path)
        content = parse(text, path)
        self._path, self._lines, self._problems = path, locate(text), problems
        self.tables, self.cameras = Tables(), list[Camera]()
        for name, value in content.items():
            if name == "camera":
                self._read_cameras(value)
            elif name in Config.model_fields:
                self._read_table(self.tables, name, value, (name,), "")
            else:
                self._say((name,), f"{label(name)}: no such section{nearest_section(name)}")

    def _where(self, way: Sequence[str | int]) -> str:
        """The line of the innermost thing on the way that has one."""
        steps = tuple(way)
        line = next((self._lines[steps[:n]] for n in range(len(steps), 0, -1) if steps[:n] in self._lines), None)
        return f"{self._path}:{line}" if line else str(self._path)

    def _say(self, way: Sequence[str | int], text: str) -> None:
        self._problems.append(f"{self._where(way)}: {text}")

    def _read_table(self, into: Tables, kind: str, value: Any, way: tuple[str | int, ...], owner: str) -> None:
        """A section or, of a kind that has names, all of that kind; ``owner`` is ``camera.front.`` in a camera."""
        if not isinstance(value, dict):
            self._no_table(kind, f"{owner}{kind}", value, way, owner)
        elif kind in SECTIONS:
            into.sections[kind] = self._read_keys(Table(f"{owner}{kind}", self._where(way)), kind, value, way)
        else:
            tables = into.named.setdefault(kind, {})
            for name, inner in value.items():
                full, inner_way = f"{owner}{kind}.{label(name)}", (*way, name)
                if not isinstance(inner, dict):
                    self._no_table(kind, full, inner, inner_way, owner)
                elif not is_name(name):
                    self._say(inner_way, f"{full}: {misnamed(kind)}")
                else:
                    tables[name] = self._read_keys(Table(full, self._where(inner_way)), kind, inner, inner_way)

    def _no_table(self, kind: str, full: str, value: Any, way: Sequence[str | int], owner: str) -> None:
        example = next(iter((SECTIONS | NAMED)[kind].model_fields))
        table = kind if kind in SECTIONS else f"{kind}.NAME"
        remedy = f"{table} = {{ {example} = ... }}" if owner else f"[{table}] and its keys below, such as {example}"
        self._say(way, f"{full}: {show(value)} stands where a table is wanted; write {remedy}")

    def _read_keys(self, table: Table, kind: str, content: dict[str, Any], way: tuple[str | int, ...]) -> Table:
        keys = keys_of((SECTIONS | NAMED)[kind], kind)
        for short, value in content.items():
            full, key_way = f"{table.name}.{label(short)}", (*way, short)
            if short not in keys:
                self._say(key_way, f"{full}: no such key{nearest_key(kind, table.name, short)}")
                continue
            place = keys[short].place(value, self._path.parent)
            table.keys[short] = Given(full, place, self._where(key_way), self._inside(key_way))
        return table

    def _inside(self, way: tuple[str | int, ...]) -> Any:
        return lambda path: self._where((*way, *path))

    def _read_cameras(self, value: Any) -> None:
        if not isinstance(value, list):
            self._say(("camera",), f"camera: {show(value)} stands where a list of tables is wanted; write {_CAMERA}")
            return
        for index, content in enumerate(value):
            if isinstance(content, dict):
                self._read_camera(index, content)
            else:
                text = f"camera {index + 1}: {show(content)} stands where a table is wanted; write {_CAMERA}"
                self._say(("camera", index), text)

    def _read_camera(self, index: int, content: dict[str, Any]) -> None:
        name, way = content.get("name"), ("camera", index)
        known = name if isinstance(name, str) and is_name(name) else ""
        camera = Camera(known, f"camera.{known}" if known else f"camera {index + 1}", self._where(way), "")
        camera.named_at = self._where((*way, "name"))
        if "name" not in content:
            self._say(way, f'{camera.label}: name is missing; add name = "front", or what you call it')
        elif not known:
            self._say((*way, "name"), f"{camera.label}: name: {show(name)}: {misnamed('camera')}")
        elif other := next((each for each in self.cameras if each.name.lower() == known.lower()), None):
            self._say((*way, "name"), f"{camera.label}: {other.named_at} has this name already; choose another")
        for kind, table in content.items():
            if kind in CameraConfig.model_fields and kind != "name":
                self._read_table(camera.tables, kind, table, (*way, kind), f"{camera.label}.")
            elif kind != "name":
                self._say((*way, kind), f"{camera.label}.{label(kind)}: {nearest_in_camera(kind)}")
        self.cameras.append(camera)


_CAMERA = f"{header('camera')} and its keys below, such as name"
