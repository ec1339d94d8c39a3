"""One of several cameras: its name, and what it has otherwise than the rest."""

from __future__ import annotations

from edgedet.config.model import DetectConfig
from edgedet.config.motion import MotionConfig
from edgedet.config.privacy import PrivacyConfig
from edgedet.config.record import RecordConfig
from edgedet.config.rules import RuleConfig
from edgedet.config.section import Section, key
from edgedet.config.source import SourceConfig
from edgedet.config.tracking import TrackingConfig
from edgedet.config.zones import LineConfig, ZoneConfig


class CameraConfig(Section):
    """A camera, complete: what it leaves out of the file is taken from the tables for all of them.

    In the file it is a ``[[camera]]`` with a name and the tables below. A key it gives replaces that of the table for
    all; a zone, line or rule is added to those for all, or replaces the one of its name.
    """

    name: str = key("camera", "what it is called: letters, digits, - and _")
    source: SourceConfig = SourceConfig()
    detect: DetectConfig = DetectConfig()
    motion: MotionConfig = MotionConfig()
    tracking: TrackingConfig = TrackingConfig()
    zones: dict[str, ZoneConfig] = key({}, "parts of the picture, by name")
    lines: dict[str, LineConfig] = key({}, "lines across the picture, by name")
    rules: dict[str, RuleConfig] = key({}, "what is worth an event, by name")
    record: RecordConfig = RecordConfig()
    privacy: PrivacyConfig = PrivacyConfig()
