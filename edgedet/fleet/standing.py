"""Whether a camera's certificate can be used, and what mends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from edgedet.errors import ConfigError
from edgedet.fleet import register
from edgedet.fleet.authority import revoked_serials
from edgedet.fleet.folder import FleetFolder

SOON = timedelta(days=30)
"""From here before its end on a certificate is to be renewed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a certificate stands.

    Attributes:
        name: whose.
        server: whether it is a broker's.
        state: ``good``, ``ends soon``, ``expired``, ``revoked``, ``missing``, ``lost`` or ``damaged``.
        until: its end, UTC; None where it can't be read.
        remedy: what to do; empty where it is good.
    """

    name: str
    server: bool
    state: str
    until: datetime | None
    remedy: str

    @property
    def usable(self) -> bool:
        """Whether a camera can connect with it."""
        return self.state in ("good", "ends soon")

    def __str__(self) -> str:
        until = f", {'since' if self.state == 'expired' else 'until'} {self.until:%Y-%m-%d}" if self.until else ""
        return f"{self.name}: its certificate is {self.state}{until}" + (f"; {self.remedy}" if self.remedy else "")


def standing(folder: FleetFolder, name: str, server: bool = False) -> Standing:
    """How the certificate of a name stands, as its file is here. Raises ConfigError for a fleet that can't be read."""
    file = folder.pair(name, server)
    again = f"edgedet fleet renew {name} --folder {folder.path}, then roll it out"
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        if not any(row.name == name for row in register.read(folder)):
            return Standing(name, server, "missing", None, f"none was issued: edgedet fleet issue {name}")
        lost = f"{file} is gone: edgedet fleet revoke {name}, then {again}"
        return Standing(name, server, "lost", None, lost)
    except OSError as error:
        raise ConfigError(f"{file}: can't be read ({error.strerror}); check its permissions") from None
    try:
        cert = x509.load_pem_x509_certificates(content)[0]
        matched = serialization.load_pem_private_key(content, None).public_key() == cert.public_key()
    except (ValueError, TypeError):
        matched = False
    if not matched:
        return Standing(name, server, "damaged", None, f"{file} has no certificate with its key: {again}")
    return _judged(Standing(name, server, "good", cert.not_valid_after_utc, ""), cert, folder, again)


def _judged(good: Standing, cert: x509.Certificate, folder: FleetFolder, again: str) -> Standing:
    now, until = datetime.now(UTC), cert.not_valid_after_utc
    if f"{cert.serial_number:x}" in revoked_serials(folder):
        return Standing(good.name, good.server, "revoked", until, f"give it another: {again}")
    if until <= now:
        return Standing(good.name, good.server, "expired", until, again)
    if until - now < SOON:
        return Standing(good.name, good.server, "ends soon", until, again)
    return good


def everybody(folder: FleetFolder) -> Iterator[Standing]:
    """How every certificate stands whose name ever got one, sorted. Raises ConfigError as :func:`standing`."""
    for server, name in sorted({(row.server, row.name) for row in register.read(folder)}):
        yield standing(folder, name, server)
