"""Certificates: reading one, judging it, and making one's own."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edgedet.disk import disk_error, sync_folder
from edgedet.errors import ConfigError
from edgedet.web.database import give
from edgedet.web.hosts import own_names

DAYS = 825
"""How long a generated certificate is good: what Apple's devices accept at most of one that a user trusts."""
SOON = timedelta(days=14)
"""Before its end it is said that a certificate will end."""


def own_addresses() -> list[str]:
    """The addresses of this machine, without those of a single link."""
    found = ["127.0.0.1", "::1"]
    for addresses in psutil.net_if_addrs().values():
        for each in addresses:
            if each.family in (socket.AF_INET, socket.AF_INET6) and "%" not in each.address:
                found.append(each.address)
    return sorted(set(found))


def generate(names: Iterable[str]) -> tuple[bytes, bytes]:
    """A key (ECDSA, P-256) and a certificate that it signed itself (RFC 5280), both as PEM.

    It is no authority: who trusts it trusts this camera, and nothing its key might sign.

    Args:
        names: host names and addresses it is for.

    Raises:
        ConfigError: one of them can't stand in a certificate.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"edgedet {socket.gethostname()}"[:64])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_general(each) for each in sorted(set(names))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return private, made.public_bytes(serialization.Encoding.PEM)


def write_pair(cert_file: Path, key_file: Path, names: Iterable[str]) -> None:
    """Make a certificate for this machine and write it, the key for its owner alone (0600).

    Args:
        cert_file, key_file: where; what is there is replaced.
        names: what else the machine is called, besides its own names and addresses.

    Raises:
        ConfigError: a name can't stand in a certificate. OutputError: a file can't be written.
    """
    key, cert = generate([*own_names(), *own_addresses(), *names])
    try:
        for file, content, mode in ((key_file, key, 0o600), (cert_file, cert, 0o644)):
            _write(file, content, mode)
    except OSError as error:
        raise disk_error(cert_file.parent, error) from None


def read(cert_file: Path) -> x509.Certificate:
    """The first certificate of a file. Raises ConfigError if there is none."""
    try:
        return x509.load_pem_x509_certificates(cert_file.read_bytes())[0]
    except OSError as error:
        raise ConfigError(f"{cert_file}: can't be read ({error.strerror}); check web.cert_file") from None
    except ValueError:
        raise ConfigError(f"{cert_file}: no certificate; web.cert_file wants one in PEM form") from None


def fingerprint(cert: x509.Certificate) -> str:
    """Its SHA-256, as browsers show it: ``AB:CD:...``."""
    return cert.fingerprint(hashes.SHA256()).hex(":").upper()


def complaint(cert: x509.Certificate, now: datetime) -> str | None:
    """What browsers will say against its dates; None: nothing. UTC."""
    begins, ends = cert.not_valid_before_utc, cert.not_valid_after_utc
    if now >= ends:
        return f"expired on {ends:%Y-%m-%d}; browsers will warn: renew it, or make one with edgedet web cert --force"
    if now < begins:
        return f"not valid before {begins:%Y-%m-%d}, and it is {now:%Y-%m-%d} here; set the clock, or get another one"
    if ends - now < SOON:
        return f"expires on {ends:%Y-%m-%d}; renew it"
    return None


def context_of(cert_file: Path, key_file: Path) -> ssl.SSLContext:
    """TLS 1.2 and 1.3 with a certificate.

    Raises:
        ConfigError: the files can't be read, or don't belong together.
    """
    read(cert_file)
    try:
        key_file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{key_file}: can't be read ({error.strerror}); check web.key_file and its owner") from None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    load(context, cert_file, key_file)
    return context


def load(context: ssl.SSLContext, cert_file: Path, key_file: Path) -> None:
    """Take a certificate for all connections from now on. Raises ConfigError if it can't be used."""
    try:
        context.load_cert_chain(cert_file, key_file, password=lambda: "")
    except ssl.SSLError as error:
        if "KEY_VALUES_MISMATCH" in str(error) or "KEY_TYPE_MISMATCH" in str(error):
            raise ConfigError(f"{key_file}: not the key of {cert_file}; give the two that belong together") from None
        raise ConfigError(f"{key_file}: no private key without a password, in PEM form; check web.key_file") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{key_file}: can't be used ({error}); check web.key_file") from None


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        pass
    try:
        return x509.DNSName(name.encode("idna").decode())
    except (UnicodeError, ValueError):
        raise ConfigError(f"{name}: no name for a certificate; correct web.names") from None


def _write(file: Path, content: bytes, mode: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_name(f".{file.name}.new")
    with contextlib.suppress(FileNotFoundError):
        new.unlink()
    with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    give(new)
    new.replace(file)
    sync_folder(file.parent)
