"""Every setting, its default and what it means: the typed shape of ``edgedet.toml``.

How the layers (flags, environment, file, defaults) become one :class:`Config` is :mod:`edgedet.settings`.
"""

from __future__ import annotations

from edgedet.config.archive import ArchiveConfig
from edgedet.config.camera import CameraConfig
from edgedet.config.collect import CollectConfig
from edgedet.config.display import DisplayConfig
from edgedet.config.drift import DriftConfig
from edgedet.config.governor import GovernorConfig
from edgedet.config.gpio import GpioConfig
from edgedet.config.live import LiveConfig
from edgedet.config.metrics import MetricsConfig
from edgedet.config.model import DetectConfig, ModelConfig
from edgedet.config.monitor import MonitorConfig
from edgedet.config.motion import MotionConfig
from edgedet.config.mqtt import MqttConfig
from edgedet.config.notify import NotifyConfig
from edgedet.config.output import MjpegConfig, OutputConfig
from edgedet.config.privacy import PrivacyConfig
from edgedet.config.record import RecordConfig
from edgedet.config.retention import RetentionConfig
from edgedet.config.rules import RuleConfig
from edgedet.config.section import Section, key
from edgedet.config.service import ServiceConfig
from edgedet.config.source import SourceConfig
from edgedet.config.storage import StorageConfig
from edgedet.config.tracking import TrackingConfig
from edgedet.config.web import WebConfig
from edgedet.config.zones import LineConfig, ZoneConfig
from edgedet.config.zoo import ZooConfig

__all__ = [
    "NAMED",
    "SECTIONS",
    "ArchiveConfig",
    "CameraConfig",
    "CollectConfig",
    "Config",
    "DetectConfig",
    "DisplayConfig",
    "DriftConfig",
    "GovernorConfig",
    "GpioConfig",
    "LineConfig",
    "LiveConfig",
    "MetricsConfig",
    "MjpegConfig",
    "ModelConfig",
    "MonitorConfig",
    "MotionConfig",
    "MqttConfig",
    "NotifyConfig",
    "OutputConfig",
    "PrivacyConfig",
    "RecordConfig",
    "RetentionConfig",
    "RuleConfig",
    "Section",
    "ServiceConfig",
    "SourceConfig",
    "StorageConfig",
    "TrackingConfig",
    "WebConfig",
    "ZoneConfig",
    "ZooConfig",
]


class Config(Section):
    """The whole of ``edgedet.toml``: what is for all cameras, and the cameras there are."""

    source: SourceConfig = SourceConfig()
    model: ModelConfig = ModelConfig()
    detect: DetectConfig = DetectConfig()
    motion: MotionConfig = MotionConfig()
    tracking: TrackingConfig = TrackingConfig()
    zones: dict[str, ZoneConfig] = key({}, "parts of the picture, by name")
    lines: dict[str, LineConfig] = key({}, "lines across the picture, by name")
    rules: dict[str, RuleConfig] = key({}, "what is worth an event, by name")
    record: RecordConfig = RecordConfig()
    storage: StorageConfig = StorageConfig()
    retention: RetentionConfig = RetentionConfig()
    archive: ArchiveConfig = ArchiveConfig()
    privacy: PrivacyConfig = PrivacyConfig()
    mjpeg: MjpegConfig = MjpegConfig()
    output: OutputConfig = OutputConfig()
    web: WebConfig = WebConfig()
    live: LiveConfig = LiveConfig()
    display: DisplayConfig = DisplayConfig()
    mqtt: MqttConfig = MqttConfig()
    notify: NotifyConfig = NotifyConfig()
    metrics: MetricsConfig = MetricsConfig()
    governor: GovernorConfig = GovernorConfig()
    drift: DriftConfig = DriftConfig()
    collect: CollectConfig = CollectConfig()
    gpio: GpioConfig = GpioConfig()
    zoo: ZooConfig = ZooConfig()
    monitor: MonitorConfig = MonitorConfig()
    service: ServiceConfig = ServiceConfig()
    camera: tuple[CameraConfig, ...] = key((), "each [[camera]], complete; what runs is ``cameras``")

    @property
    def cameras(self) -> tuple[CameraConfig, ...]:
        """Each camera, complete, in the order of the file: at least one. Without ``[[camera]]`` it is ``camera``."""
        if self.camera:
            return self.camera
        shared = {name: getattr(self, name) for name in CameraConfig.model_fields if name != "name"}
        return (CameraConfig(name="camera", **shared),)


SECTIONS = {name: type(each.default) for name, each in Config.model_fields.items() if isinstance(each.default, Section)}
"""The tables whose keys are settings, such as ``[detect]``, by name: their types."""
NAMED: dict[str, type[Section]] = {"zones": ZoneConfig, "lines": LineConfig, "rules": RuleConfig}
"""The tables of tables a user names, such as ``[zones.porch]``, by name: the type of each of those."""
