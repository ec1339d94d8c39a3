"""Where events are kept."""

from __future__ import annotations

from pathlib import Path

from edgedet.config.section import Section, key


class StorageConfig(Section):
    """Where events, clips and pictures are kept. What may never be kept stays in memory and isn't written at all."""

    path: Path | None = key(None, "folder for events, clips and pictures; unset: nothing is kept", "--storage")
