"""The layers, brought together: every table of every camera, and where each value in force is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edgedet.config import NAMED, SECTIONS, CameraConfig, Config
from edgedet.keys import KEYS, keys_of
from edgedet.settings.build import build
from edgedet.settings.given import Camera, Given, Table, Tables

OWN = [name for name in CameraConfig.model_fields if name in SECTIONS]
"""The sections a camera can have its own of."""


class Assembly:
    """A configuration in the making.

    Args:
        tables: what the file says for all cameras.
        cameras: its ``[[camera]]``.
        over: what variables and flags say, by key name.
        problems: a line is added for each thing that is wrong.

    Attributes:
        config: the configuration; of no use if there are problems.
        origins: where each value is from, by key name.
        places: where each named table and each camera stands, by name: ``zones.porch``, ``camera.front``.
    """

    def __init__(
        self, tables: Tables, cameras: Sequence[Camera], over: Mapping[str, Given], problems: list[str]
    ) -> None:
        self._tables, self._over, self._problems = tables, over, problems
        self.origins: dict[str, str] = {}
        self.places: dict[str, str] = {}
        values: dict[str, Any] = {name: self._section(name, Table(name)) for name in SECTIONS}
        values |= {kind: self._named(kind, tables.named.get(kind, {})) for kind in NAMED}
        self._remember(tables, "")
        self._refuse_one_source_for_many(cameras)
        values["camera"] = tuple(map(self._camera, cameras))
        every = {name: over[name].origin if name in over else self.origins.get(name, "default") for name in KEYS}
        self.origins = every | {name: origin for name, origin in self.origins.items() if name not in every}
        self.config = Config(**{name: value for name, value in values.items() if value is not None})

    def _section(self, name: str, own: Table) -> Any:
        """A section of all layers: a camera's own table over that for all, variables and flags over both."""
        shared = self._tables.sections.get(name, Table(name))
        over = {KEYS[full].short: given for full, given in self._over.items() if KEYS[full].section == name}
        table = Table(own.name if own.keys else name, own.origin or shared.origin, shared.keys | own.keys | over)
        return build(SECTIONS[name], table, self._problems)

    def _named(self, kind: str, tables: Mapping[str, Table]) -> dict[str, Any]:
        """All zones, lines or rules."""
        built = {name: build(NAMED[kind], table, self._problems) for name, table in tables.items()}
        return {name: section for name, section in built.items() if section is not None}

    def _camera(self, camera: Camera) -> CameraConfig:
        tables = camera.tables
        values: dict[str, Any] = {name: self._section(name, tables.sections.get(name, Table(name))) for name in OWN}
        for kind in NAMED:
            shared, own = self._tables.named.get(kind, {}), tables.named.get(kind, {})
            values[kind] = self._named(kind, shared | own)
        layers = (tables.sections, self._tables.sections)
        if "source.uri" not in self._over and not any("uri" in t["source"].keys for t in layers if "source" in t):
            self._problems.append(
                f'{camera.origin}: {camera.label}: source.uri is missing; add source = {{ uri = "rtsp://..." }}'
            )
        self.places[camera.label] = camera.origin
        self.origins[f"{camera.label}.name"] = camera.named_at
        self._remember(tables, f"{camera.label}.")
        return CameraConfig(name=camera.name, **{name: value for name, value in values.items() if value is not None})

    def _remember(self, tables: Tables, owner: str) -> None:
        """Where the values of these tables are from, as far as no variable or flag replaces them."""
        for name, table in tables.sections.items():
            for short, given in table.keys.items():
                if f"{name}.{short}" not in self._over:
                    self.origins[f"{owner}{name}.{short}"] = given.origin
        for kind, named in tables.named.items():
            for name, table in named.items():
                self.places[f"{owner}{kind}.{name}"] = table.origin
                for short in keys_of(NAMED[kind], kind):
                    origin = table.keys[short].origin if short in table.keys else "default"
                    self.origins[f"{owner}{kind}.{name}.{short}"] = origin

    def _refuse_one_source_for_many(self, cameras: Sequence[Camera]) -> None:
        """A flag that says where pictures come from means one camera; beside several it could mean any of them."""
        if len(cameras) > 1 and (given := self._over.get("source.uri")):
            self._problems.append(
                f"{given.origin}: source.uri: there are {len(cameras)} cameras ({cameras[0].origin}), each with its "
                "own; leave it out"
            )
