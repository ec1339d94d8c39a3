"""The fleet's authority: ECDSA on P-256, certificates and the list of revoked ones as of RFC 5280."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edgedet.errors import ConfigError
from edgedet.fleet import register
from edgedet.fleet.folder import FleetFolder, write
from edgedet.fleet.names import check_host, check_name
from edgedet.fleet.register import Issued

CA_DAYS, DAYS = 7300, 825
"""How long the authority's certificate is good, and others."""
_EARLY = timedelta(days=1)
"""A certificate begins before it is made: a board's clock may be behind."""


def found(folder: FleetFolder, title: str, days: int = CA_DAYS) -> None:
    """Make an authority, and a list of revoked certificates with nothing in it.

    Args:
        folder: where; made if it isn't there.
        title: what the authority is called, for people.
        days: how long it is good.

    Raises:
        ConfigError: there is one already. OutputError: it can't be written.
    """
    if folder.ca_key.exists() or folder.ca_cert.exists():
        raise ConfigError(f"{folder.path}: there is an authority already; all its certificates would be void")
    key, name = ec.generate_private_key(ec.SECP256R1()), _named(title)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)  # signs certificates and lists
    made = (
        _begun(name, key.public_key(), days)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write(folder.ca_key, _private(key), 0o600)
    write(folder.ca_cert, made.public_bytes(serialization.Encoding.PEM), 0o644)
    _list(folder, made, key, [])


def issue(folder: FleetFolder, name: str, also: Sequence[str] = (), days: int = DAYS, server: bool = False) -> Issued:
    """Give a camera, or a broker, a new key and a certificate; what it had is replaced.

    Args:
        folder: of the authority.
        name: the camera's, or the broker's host name.
        also: what else the broker is called.
        days: how long it is good.
        server: whether it is a broker's.

    Raises:
        ConfigError: the name can't be one, or the authority can't be used. OutputError: it can't be written.
    """
    names = [check_host(each) for each in (name, *also)] if server else [check_name(name)]
    ca, ca_key = _open(folder)
    key, usage = ec.generate_private_key(ec.SECP256R1()), ExtendedKeyUsageOID
    made = (
        _begun(_named(name), key.public_key(), days)
        .issuer_name(ca.subject)
        .add_extension(x509.SubjectAlternativeName([_general(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(True, False, False, False, False, False, False, False, False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage.SERVER_AUTH if server else usage.CLIENT_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    if made.not_valid_after_utc > ca.not_valid_after_utc:
        raise ConfigError(f"{folder.ca_cert}: ends {ca.not_valid_after_utc:%Y-%m-%d}, before that; give fewer --days")
    issued = Issued(name, f"{made.serial_number:x}", made.not_valid_after_utc.isoformat(), server)
    register.append(folder, issued)
    write(folder.pair(name, server), made.public_bytes(serialization.Encoding.PEM) + _private(key), 0o600)
    return issued


def revoke(folder: FleetFolder, name: str) -> int:
    """Put all certificates of a name that are still good onto the list of revoked ones.

    Returns:
        How many they were.

    Raises:
        ConfigError: there are none, or the authority can't be used. OutputError: the list can't be written.
    """
    ca, key = _open(folder)
    now, before = datetime.now(UTC), revoked_serials(folder)
    good = [row for row in register.read(folder) if row.name == name and not row.over(now)]
    fresh = [row for row in good if row.serial not in before]
    if not fresh:
        raise ConfigError(f"{name}: has no certificate to revoke; see: edgedet fleet list")
    _list(folder, ca, key, [*before, *(row.serial for row in fresh)])
    return len(fresh)


def revoked_serials(folder: FleetFolder) -> list[str]:
    """The numbers of all that were revoked, hexadecimal. Raises ConfigError if the list can't be read."""
    try:
        listed = x509.load_pem_x509_crl(folder.revoked.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{folder.revoked}: can't be read ({error}); get it back from a copy") from None
    return [f"{each.serial_number:x}" for each in listed]


def _open(folder: FleetFolder) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        ca = x509.load_pem_x509_certificate(folder.ca_cert.read_bytes())
        key = serialization.load_pem_private_key(folder.ca_key.read_bytes(), None)
    except FileNotFoundError as error:
        raise ConfigError(
            f"{error.filename}: not there; the authority's key and certificate are where edgedet fleet ca made them: "
            "give that --folder, or get them back from a copy"
        ) from None
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"{folder.path}: the authority can't be used ({error}); get it back from a copy") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != ca.public_key():
        raise ConfigError(f"{folder.ca_key}: not the key of {folder.ca_cert}; get both back from one copy")
    return ca, key


def _list(folder: FleetFolder, ca: x509.Certificate, key: ec.EllipticCurvePrivateKey, serials: Sequence[str]) -> None:
    """Write the list. It ends with the authority: one that ends earlier would shut every camera out that day."""
    now = datetime.now(UTC)
    listed = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ca.subject)
        .last_update(now - _EARLY)
        .next_update(ca.not_valid_after_utc)
    )
    for serial in serials:
        one = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(now).build()
        listed = listed.add_revoked_certificate(one)
    write(folder.revoked, listed.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), 0o644)


def _begun(name: x509.Name, key: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLY)
        .not_valid_after(now + timedelta(days=days))
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
