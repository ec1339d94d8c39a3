"""What so many cameras cost, and broker restarts while they run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median

from tests.fleet.simulated.fleet import Fleet

LOOKS = 10
RESTARTS = 5
GONE, BACK = 2.0, 6.0
"""Seconds the broker is away, and there again before it is killed the next time."""


def stage(fleet: Fleet, count: int, seconds: float) -> dict[str, float]:
    """Grow to so many cameras, watch them in peace, then kill the broker again and again.

    Args:
        fleet: what runs.
        count: of cameras; 0: what is central alone, and nothing is killed.
        seconds: of watching.
    """
    fleet.grow(count)
    time.sleep(5)
    figures = watch(fleet, seconds) | {"cameras": float(count)}
    if count:
        fleet.broker.wait_saved()
    for _ in range(RESTARTS if count else 0):
        fleet.broker.kill()
        time.sleep(GONE)
        fleet.broker.start()
        time.sleep(BACK)
    return figures


def watch(fleet: Fleet, seconds: float) -> dict[str, float]:
    """What everything takes a second, on the average of so many; memory is the median of some looks."""
    before, began, counted, said = _spent(fleet), time.monotonic(), fleet.wire.counted(), fleet.wire.said()
    starts = _starts(fleet)
    looks: dict[str, list[float]] = {name: [] for name in _parts(fleet)}
    for _ in range(LOOKS):
        time.sleep(seconds / LOOKS)
        for name, used in _parts(fleet).items():
            looks[name].append(used()["rss_mb"])
    after, took = _spent(fleet), time.monotonic() - began
    found = {name: (after[name] - before[name]) / took for name in after}
    found |= {f"{name}_rss_mb": median(each) for name, each in looks.items()}
    found |= _wire(fleet, counted, said)
    found["events_started"] = (_starts(fleet) - starts) / took
    found["saved_kb"] = fleet.broker.saved.stat().st_size / 1e3 if fleet.broker.saved.exists() else 0.0
    found["series"] = fleet.prometheus.value('sum(scrape_samples_scraped{job="edgedet"})')
    found["samples"] = found["series"] / fleet.prometheus.every
    return {name: round(value, 5) for name, value in found.items()}


def _parts(fleet: Fleet) -> Mapping[str, Callable[[], Mapping[str, float]]]:
    return {"cameras": fleet.used, "broker": fleet.broker.used, "prometheus": fleet.prometheus.used}


def _spent(fleet: Fleet) -> dict[str, float]:
    """Processor seconds so far."""
    return {f"{name}_cpu": used()["cpu_s"] for name, used in _parts(fleet).items()}


def _starts(fleet: Fleet) -> int:
    return sum(key.endswith("/start") for key in fleet.archived())


def _wire(
    fleet: Fleet,
    counted: Mapping[str, tuple[int, int]],
    said: Mapping[str, tuple[float, float]],
) -> dict[str, float]:
    """Messages and bytes a second by kind, and what the broker counted itself, between two of its own looks."""
    found: dict[str, float] = {}
    took = max(fleet.wire.said()["bytes_in"][1] - said["bytes_in"][1], 1e-9)
    for kind, (messages, size) in fleet.wire.counted().items():
        messages_before, size_before = counted.get(kind, (0, 0))
        found[f"{kind}_messages"] = (messages - messages_before) / took
        found[f"{kind}_bytes"] = (size - size_before) / took
    for name, (value, at) in fleet.wire.said().items():
        value_before, at_before = said.get(name, (0.0, 0.0))
        if name == "clients":
            found[name] = value
        elif at > at_before:
            found[name] = (value - value_before) / (at - at_before)
    return found
