"""The machine: what runs on it, its processors, heat, clock and disk."""

from __future__ import annotations

import logging
import platform
import shutil
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from prometheus_client.core import Metric

from edgedet.board import THROTTLE_BITS
from edgedet.config import RetentionConfig
from edgedet.events.places import Places
from edgedet.events.store import StoreError
from edgedet.events.store.budget import daily_bytes, level_for
from edgedet.events.store.database import reading
from edgedet.events.store.retention import free_wanted
from edgedet.metrics.families import counter, gauge, info
from edgedet.metrics.measured import Measured

log = logging.getLogger(__name__)

_SINCE_BOOT = " since boot"


def machine_metrics(report: Mapping[str, Any]) -> Iterator[Metric]:
    """What runs, since when, and how the board is.

    Args:
        report: what the monitor said just now.
    """
    build = {"version": version("edgedet"), "python": platform.python_version(), "machine": platform.machine()}
    yield info("edgedet_build", "What runs here.", build)
    model = {"model": Path(report["model"]).name, "runtime": report["runtime"], "threads": str(report["threads"])}
    yield info("edgedet_model", "The model in use.", model)
    yield gauge("edgedet_uptime_seconds", "Seconds since the start.", (), [((), report["uptime_s"])])
    yield gauge(
        "edgedet_clock_time_seconds",
        "What this machine takes the time to be, in seconds since 1970; Prometheus knows better.",
        (),
        [((), time.time())],
    )
    yield counter(
        "edgedet_system_cpu_seconds",
        "Seconds the processors of the whole machine have spent, by what on; guest time is in user.",
        ("mode",),
        [((mode,), spent) for mode, spent in psutil.cpu_times()._asdict().items() if not mode.startswith("guest")],
    )
    if report["temperature_c"] is not None:
        yield gauge(
            "edgedet_temperature_celsius", "The hottest zone of the board.", (), [((), report["temperature_c"])]
        )
    if report["throttled"] is not None:
        yield from _throttled(report["throttled"])


def _throttled(said: list[str]) -> Iterator[Metric]:
    now = [text for text in THROTTLE_BITS.values() if not text.endswith(_SINCE_BOOT)]
    for name, text, ending in (
        ("edgedet_throttled", "1 while the firmware complains of this condition.", ""),
        ("edgedet_throttled_since_boot", "1 if the firmware has complained of this condition since boot.", _SINCE_BOOT),
    ):
        rows = [((each.replace(" ", "_"),), float(each + ending in said)) for each in now]
        yield gauge(name, text, ("condition",), rows)


def storage_metrics(control: Measured) -> Iterator[Metric]:
    """The disk events are kept on, and what may still be written today; nothing where none are, or it is gone."""
    root = control.storage
    if root is None:
        return
    try:
        disk = shutil.disk_usage(root)
    except OSError as error:
        log.debug("%s: %s", root, error)
        return
    wanted = control.settings.config.retention.min_free_mb * 1e6
    for name, text, value in (
        ("size", "Bytes the disk of the events holds in all.", disk.total),
        ("used", "Bytes of it that are in use.", disk.used),
        ("free", "Bytes of it that may still be written.", disk.free),
        ("min_free", "Bytes of it that are left free: below, the oldest goes.", free_wanted(wanted, disk.total)),
    ):
        yield gauge(f"edgedet_storage_{name}_bytes", text, (), [((), value)])
    try:
        yield from _budget(root, control.settings.config.retention)
    except StoreError as error:
        log.debug("%s", error)


def _budget(root: Path, retention: RetentionConfig) -> Iterator[Metric]:
    with reading(Places(root).database) as db:
        written = daily_bytes(db, datetime.now(UTC).date(), days=1)[-1]
    limit = retention.write_gb_per_day * 1e9
    yield gauge("edgedet_storage_written_today_bytes", "Bytes written since 0:00 UTC.", (), [((), written)])
    if limit:
        yield gauge("edgedet_storage_write_limit_bytes", "Bytes that may be written in a day.", (), [((), limit)])
    yield gauge(
        "edgedet_storage_write_level",
        "What may still be written today: 0 everything, 1 no continuous recording, 2 short clips, 3 pictures only.",
        (),
        [((), float(level_for(written, limit)))],
    )
