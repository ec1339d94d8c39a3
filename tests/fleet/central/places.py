"""A broker by the fleet's settings, for those who talk to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fleet.simulated.broker import Broker
from tests.fleet.simulated.identity import authority


@contextmanager
def broker(folder: Path, *names: str) -> Iterator[Broker]:
    """One that runs; ``folder/tls`` has certificates for it and for these names."""
    signer = authority(folder / "tls")
    for name in ("server", *names):
        signer.issue(name)
    made = Broker(folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()
