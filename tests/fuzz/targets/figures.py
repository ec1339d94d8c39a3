"""Labels and numbers for Prometheus: what was put in comes out again, one sample a line."""

from __future__ import annotations

import math
from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.parser import text_string_to_metric_families

from edgedet.metrics.families import counter, gauge
from tests.fuzz.judge import Wrong
from tests.fuzz.supply import Supply

LONGEST = 512
INCLUDE = ("prometheus_client.exposition",)
WORDS = (b"\n", b"\\", b'"', b"} 1\n", b"\\n", b"\xed\xa0\x80", b"application/openmetrics-text", b"\r", b"\xc2\x85")


class _Metrics:
    def __init__(self, rows: list[tuple[list[str], float]]) -> None:
        self._rows = rows

    def collect(self) -> Iterator[Metric]:
        yield gauge("edgedet_gauge", "A gauge.", ("camera", "label"), self._rows)
        yield counter("edgedet_count", "A counter.", ("camera", "label"), self._rows)


def case(data: bytes) -> None:
    supply = Supply(data)
    rows = []
    for number in range(supply.integer(4)):
        text = supply.text(40).encode("utf-8", "replace").decode()  # as a model's labels are read
        rows.append(([str(number), text], supply.number()))
    registry = CollectorRegistry()
    registry.register(_Metrics(rows))
    encode, _ = choose_encoder(supply.rest().decode("latin-1"))
    body = encode(registry).decode()
    plain = choose_encoder("")[0](registry).decode()
    found = [sample for family in text_string_to_metric_families(plain) for sample in family.samples]
    if len(found) != 2 * len(rows) or not body:
        raise Wrong(f"{len(rows)} rows became {len(found)} samples: {plain!r}"[:600])
    for sample, ((camera, label), value) in zip(found, rows + rows, strict=True):
        same = sample.value == value or (math.isnan(value) and math.isnan(sample.value))
        if sample.labels != {"camera": camera, "label": label} or not same:
            raise Wrong(f"{label!r} {value} became {sample}")


def seeds() -> list[bytes]:
    return [b"", b"\x01\x06person\x10\x10", b'\x02\x04a"b\\\0\0\x03x\ny\x80', b"\x01\x02\xc3\xa9\xff" + b"text/plain"]
