"""What was issued to whom: a certificate that is lost can be revoked by it, long after its file is gone."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime

from edgedet.disk import disk_error
from edgedet.errors import ConfigError
from edgedet.fleet.folder import FleetFolder


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was issued.

    Attributes:
        name: whose.
        serial: its number, hexadecimal.
        until: its end, ISO 8601, UTC.
        server: whether it is a broker's.
    """

    name: str
    serial: str
    until: str
    server: bool = False

    def over(self, now: datetime) -> bool:
        """Whether it has expired."""
        return datetime.fromisoformat(self.until) <= now


def read(folder: FleetFolder) -> list[Issued]:
    """Everything that was issued, in order. Raises ConfigError if the list can't be read."""
    try:
        lines = folder.issued.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise ConfigError(f"{folder.issued}: can't be read ({error}); get it back from a copy") from None
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            rows.append(Issued(**json.loads(line)))
        except (ValueError, TypeError):
            raise ConfigError(f"{folder.issued}:{number}: damaged; get the file back from a copy") from None
    return rows


def append(folder: FleetFolder, issued: Issued) -> None:
    """Write one down, before it is given to anybody. Raises OutputError if it can't be."""
    try:
        with folder.issued.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(issued)) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise disk_error(folder.issued, error) from None
