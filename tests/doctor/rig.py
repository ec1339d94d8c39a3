"""A made-up machine to look at: its files, its programs' answers, its settings."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edgedet.doctor import Context
from edgedet.doctor.command import MISSING, Ran, run_command
from edgedet.doctor.context import Host, Unit
from edgedet.settings import load

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Rig:
    """A machine on which nothing is wrong, as far as it goes; what a test writes into it is what there is.

    Args:
        folder: an empty one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "root"
        self.root.mkdir()
        self.answers: list[tuple[str, Ran]] = []
        self.asked: list[str] = []
        self._settings: dict[str, str] = {}
        self.at_end: list[Callable[[], object]] = []

    def write(self, path: str, content: str | bytes = "") -> Path:
        """A file of the machine."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def pi(self, model: str = "Raspberry Pi 4 Model B Rev 1.4") -> Rig:
        """Let it be a Raspberry Pi."""
        self.write("proc/device-tree/model", f"{model}\0")
        return self

    def bits(self, bits: int) -> Rig:
        """What the firmware says of throttling."""
        self.write("sys/devices/platform/soc/soc:firmware/get_throttled", f"{bits:x}\n")
        return self

    def answer(self, part: str, code: int = 0, out: str = "", err: str = "") -> Rig:
        """What a command says whose line has a part."""
        self.answers.append((part, Ran(code, out, err)))
        return self

    def set(self, **settings: Any) -> Rig:
        """Settings, ``storage__path="..."``, as they would be typed."""
        self._settings |= {name.replace("__", "."): str(value) for name, value in settings.items()}
        return self

    def listen(self) -> int:
        """A port that something listens on."""
        taken = socket.create_server(("127.0.0.1", 0))
        self.at_end.append(taken.close)
        return int(taken.getsockname()[1])

    def process(self, pid: int, *words: str) -> Rig:
        """A process of the machine."""
        self.write(f"proc/{pid}/cmdline", "\0".join(words) + "\0")
        self.write(f"proc/{pid}/comm", Path(words[0]).name + "\n")
        return self

    def run(self, command: Sequence[str], timeout: float) -> Ran:
        """A runner: the first answer that fits; a program without one isn't there."""
        line = " ".join(command)
        self.asked.append(line)
        return next((ran for part, ran in self.answers if part in line), Ran(MISSING, "", "no such program"))

    def context(self, **over: Any) -> Context:
        """The machine, to be looked at."""
        host: dict[str, Any] = {
            "machine": "aarch64",
            "bits": 64,
            "python": (3, 11),
            "now": lambda: NOON,
            "login": "cam",
            "root_user": False,
        }
        host |= {name: over.pop(name) for name in list(over) if name in Host.__slots__}
        unit = Unit(over.pop("unit", "edgedet.service"), over.pop("facts", {}))
        config = load(self._settings, {}, Path(os.devnull)).config
        given: dict[str, Any] = {
            "settings": config,
            "root": self.root,
            "user": "cam",
            "run": self.run,
            "host": Host(**host),
            "unit": unit,
        }
        return Context(**{**given, **over})

    def real(self, **over: Any) -> Context:
        """The same, but programs are really run."""
        return replace(self.context(**over), run=run_command)

    def close(self) -> None:
        """Let go of ports and brokers."""
        for end in self.at_end:
            end()


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])
