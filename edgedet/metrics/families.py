"""Metric families out of plain rows: labels and a number each.

Names, units and suffixes follow https://prometheus.io/docs/practices/naming/.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily

from edgedet.stats import BOUNDS, Histogram

Row = tuple[Sequence[str], float]
"""The labels' values, and the number."""

_UPPER = [*map(str, BOUNDS), "+Inf"]


def counter(name: str, text: str, labels: Sequence[str], rows: Iterable[Row]) -> CounterMetricFamily:
    """What only grows since the start; ``_total`` is added to the name.

    Args:
        name: without that.
        text: what it counts, for people.
        labels: their names.
        rows: their values, and the count.
    """
    family = CounterMetricFamily(name, text, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def gauge(name: str, text: str, labels: Sequence[str], rows: Iterable[Row]) -> GaugeMetricFamily:
    """What goes up and down; arguments as for :func:`counter`."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def histogram(
    name: str, text: str, labels: Sequence[str], rows: Iterable[tuple[Sequence[str], Histogram | None]]
) -> HistogramMetricFamily:
    """Durations by bucket; arguments as for :func:`counter`, with a histogram for the number, None: there is none."""
    family = HistogramMetricFamily(name, text, labels=labels)
    for values, found in rows:
        if found is not None:
            buckets = [(bound, float(count)) for bound, count in zip(_UPPER, found.cumulative(), strict=True)]
            family.add_metric(values, buckets, found.sum)
    return family


def info(name: str, text: str, values: dict[str, str]) -> InfoMetricFamily:
    """Facts in words, as labels of a 1; ``_info`` is added to the name."""
    return InfoMetricFamily(name, text, values)
