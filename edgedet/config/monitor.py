"""What is reported about the program itself."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from edgedet.config.section import Seconds, Section, key


class MonitorConfig(Section):
    """What is reported about the program itself."""

    interval: Seconds = key(5, "seconds between status lines", ge=0.1)
    report: Path | None = key(None, "file for the last measurements as JSON", "--report")
    log_level: Literal["debug", "info", "warning", "error"] = key("info", "how much is logged", "--log-level")
