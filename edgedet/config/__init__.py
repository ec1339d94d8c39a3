"""Every setting, its default and what it means: the typed shape of ``edgedet.toml``.

How the layers (flags, environment, file, defaults) become one :class:`Config` is :mod:`edgedet.settings`.
"""

from __future__ import annotations

from edgedet.config.model import DetectConfig, ModelConfig
from edgedet.config.monitor import MonitorConfig
from edgedet.config.output import MjpegConfig, OutputConfig
from edgedet.config.section import Section
from edgedet.config.source import SourceConfig

__all__ = [
    "Config",
    "DetectConfig",
    "MjpegConfig",
    "ModelConfig",
    "MonitorConfig",
    "OutputConfig",
    "Section",
    "SourceConfig",
]


class Config(Section):
    """The whole of ``edgedet.toml``."""

    source: SourceConfig = SourceConfig()
    model: ModelConfig = ModelConfig()
    detect: DetectConfig = DetectConfig()
    mjpeg: MjpegConfig = MjpegConfig()
    output: OutputConfig = OutputConfig()
    monitor: MonitorConfig = MonitorConfig()
