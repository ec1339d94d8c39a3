"""What was seen of signed registries, so that none goes back: an old one, signed long ago, is signed all the same."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from edgedet.disk import disk_error, sync_folder
from edgedet.errors import ConfigError


@dataclass(slots=True)
class Memory:
    """Serial numbers and revoked keys, in a file.

    Attributes:
        path: the file, JSON; made when there is something to remember.
        serials: the highest serial number seen, by where the registry is from.
        revoked: ids of keys that a registry has revoked; they stay so.
    """

    path: Path
    serials: dict[str, int] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)

    @classmethod
    def load(cls, path: Path) -> Memory:
        """What is remembered; nothing if there is no such file.

        Raises:
            ConfigError: the file can't be read: to go on as if it weren't there would forget what it guards against.
        """
        try:
            content = json.loads(path.read_bytes())
            serials = {str(name): int(serial) for name, serial in content["serials"].items()}
            return cls(path, serials, set(map(str, content["revoked"])))
        except FileNotFoundError:
            return cls(path)
        except OSError as error:
            raise ConfigError(f"{path}: can't be read ({error.strerror}); check its permissions") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ConfigError(f"{path}: damaged; remove it, and which registries were newest is learnt anew") from None

    def learn(self, origin: str, serial: int, revoked: Collection[str]) -> None:
        """Remember a registry that was verified. What is known already writes nothing.

        Args:
            origin: where it is from.
            serial: its number, not lower than the last.
            revoked: keys that it revokes.

        Raises:
            OutputError: it can't be written down.
        """
        if self.serials.get(origin) == serial and self.revoked.issuperset(revoked):
            return
        self.serials[origin] = serial
        self.revoked.update(revoked)
        content = json.dumps({"serials": self.serials, "revoked": sorted(self.revoked)}, indent=1) + "\n"
        temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("w", encoding="utf-8") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise disk_error(self.path, error) from None
