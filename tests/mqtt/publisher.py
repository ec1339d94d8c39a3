"""A program with the service in it, to be killed: ``python -m tests.mqtt.publisher FOLDER BROKER PORT SETTINGS``.

It hears of as many events as the file ``count`` in FOLDER says, of which it heard before as far as it got.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.mqtt.house import change, frame, house
from tests.mqtt.mosquitto import Mosquitto

PACE = 0.005
"""Seconds between two events."""


@contextmanager
def publisher(
    folder: Path, broker: Mosquitto, count: int, port: int = 0, **settings: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """The program, in a process of its own; killed with SIGKILL at the end.

    Args:
        folder: for its files; the same one again to start where it was killed.
        broker: where it connects to, unless ``port`` is another's.
        count: how many events it hears of.
        settings: of MQTT.
    """
    folder.mkdir(exist_ok=True)
    hear_of(folder, count)
    command = [sys.executable, "-m", "tests.mqtt.publisher", str(folder), str(broker.folder), str(port or broker.port)]
    with (folder / "stderr.log").open("ab") as log:
        process = subprocess.Popen([*command, json.dumps(settings)], stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def hear_of(folder: Path, count: int) -> None:
    """Let the program in this folder hear of so many events."""
    (folder / "new").write_text(str(count))
    (folder / "new").replace(folder / "count")


def main() -> None:
    folder, broker_folder, port, settings = sys.argv[1:]
    broker = object.__new__(Mosquitto)  # known, but run by somebody else
    broker.folder, broker.port = Path(broker_folder), int(port)
    broker.tls = (broker.folder / "ca.pem").exists()
    number = 0
    with house(Path(folder), broker, **json.loads(settings)) as built:
        while True:
            if number == int((Path(folder) / "count").read_text()):
                time.sleep(0.02)
                continue
            if not built.outbox.knows("mqtt", f"{change(number).event.id}/start"):
                built.service.hear(change(number, "start", frame() if number % 10 == 0 else None))
                time.sleep(PACE)
            number += 1


if __name__ == "__main__":
    main()
