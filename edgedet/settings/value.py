"""A value by the name that its key has."""

from __future__ import annotations

from typing import Any

from edgedet.config import Config


def value_of(config: Config, name: str) -> Any:
    """A value of the configuration.

    >>> value_of(Config(), "mjpeg.port")
    8080

    Args:
        config: every value.
        name: as in :attr:`edgedet.settings.Settings.origins`: ``detect.iou``, ``camera.front.zones.porch.polygon``.
    """
    value: Any = config
    steps = name.split(".")
    if steps[0] == "camera":
        value = next(camera for camera in config.cameras if camera.name == steps[1])
        steps = steps[2:]
    for step in steps:
        value = value[step] if isinstance(value, dict) else getattr(value, step)
    return value
