"""The load model as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edgedet.config.record import RecordConfig
from tests.fleet.simulated.load import CLIP_S, COUNTS, need

ROWS = (
    ("connections", "broker: connections", ""),
    ("messages_s", "broker: messages taken", "/s"),
    ("in_kbit_s", "broker: network in", " kbit/s"),
    ("out_kbit_s", "broker: network out, echoes and one archive", " kbit/s"),
    ("broker_cores", "broker: processor", " cores"),
    ("broker_mb", "broker: memory", " MB"),
    ("samples_s", "Prometheus: samples", "/s"),
    ("series", "Prometheus: series", ""),
    ("scrape_kbit_s", "Prometheus: network in", " kbit/s"),
    ("prometheus_cores", "Prometheus: processor", " cores"),
    ("prometheus_mb", "Prometheus: memory", " MB"),
    ("tsdb_mb_day", "Prometheus: disk", " MB/day"),
    ("events_s", "archive: events", "/s"),
    ("catalogue_mb_day", "archive: events as JSON", " MB/day"),
    ("clips_gb_day", "archive: clips", " GB/day"),
)
HEAD = """# What a fleet needs

Written by `python -m tests.fleet.simulated.load --write` from the figures of a simulated fleet of {most:g} cameras
({machine}, {date}), for {events:g} events of each camera in a day, scraped every {every} s, nothing recorded all day.

| | {heads} |
|---|{rules}
"""
TAIL = """
Without pictures (`mqtt.snapshots = false`) the broker takes {bare} kbit/s for 10,000 cameras. Each figure is a
straight line over the number of cameras: measured up to {most:g}, and a guess beyond. Processor times are those of that
machine, and of a broker with one more listener, who hears everything. Bytes are MQTT's and HTTP's own; TLS and TCP/IP
add some 74 to each packet. Clips are reckoned, not measured: {clip:.0f} s of {bitrate} kbit/s for each event, by the
settings' defaults. Prometheus' disk is the most it can be: its chunks had {chunk:.0f} samples when they were measured,
full ones have 120 and need less for each.

* **Broker.** One mosquitto uses one core. It writes all that it keeps every `autosave_interval`, {saved:.0f} kB for
  each camera here: with many cameras leave the pictures out, or take longer. Where the table says more than half a
  core, take a cluster, such as EMQX: nothing is used that isn't in MQTT 5.
* **Prometheus.** Where the table says more than you have, let one scrape each site, and a central one federate.
"""


def page(figures: Mapping[str, Any], events: float) -> str:
    """The table for 10, 100 and 10,000 cameras, with so many events of each in a day."""
    most = max(figures["stages"], key=lambda each: each["cameras"])
    found = {count: need(figures, count, events) for count in COUNTS}
    rows = [
        f"| {label} | {' | '.join(f'{short(found[count][name])}{unit}' for count in COUNTS)} |"
        for name, label, unit in ROWS
    ]
    head = HEAD.format(
        most=most["cameras"], machine=figures["machine"], date=figures["date"], events=events, every=figures["every"],
        heads=" | ".join(f"{count:,} cameras" for count in COUNTS), rules="---|" * len(COUNTS),
    )  # fmt: skip
    bare = need(figures, COUNTS[-1], events, pictures=False)["in_kbit_s"]
    saved = most["saved_kb"] / most["cameras"]
    chunk = figures["block"]["samples"] / figures["block"]["series"]
    tail = TAIL.format(
        bare=short(bare), most=most["cameras"], bitrate=RecordConfig().bitrate, saved=saved, clip=CLIP_S, chunk=chunk
    )
    return head + "\n".join(rows) + "\n" + tail


def short(value: float) -> str:
    """Two digits that count.

    >>> short(0.0123), short(1234.5), short(20003)
    ('0.012', '1,200', '20,000')
    """
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10 else f"{rounded:g}"
