from __future__ import annotations

import logging
import os
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edgedet.config.web import WebConfig
from edgedet.errors import ConfigError
from edgedet.web.certificate import complaint, fingerprint, own_addresses, read, write_pair
from edgedet.web.desk import Desk
from edgedet.web.encryption import Encryption
from edgedet.web.folder import web_folder
from edgedet.web.service import WebService
from edgedet.web.sockets import listen
from tests.web.core.serving import GET, ask, port_of, read_all, serving

Pair = tuple[Path, Path]


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    write_pair(*files, ["camera.example.com", "192.0.2.9"])
    return files


def dated(pair: Pair, begins: timedelta, ends: timedelta) -> Pair:
    """The same, but good from and to these times from now."""
    cert_file, key_file = pair
    cert, now = read(cert_file), datetime.now(UTC)
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    builder = (
        x509.CertificateBuilder()
        .subject_name(cert.subject)
        .issuer_name(cert.issuer)
        .public_key(cert.public_key())
        .serial_number(1)
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )
    for each in cert.extensions:
        builder = builder.add_extension(each.value, each.critical)
    cert_file.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return pair


def config_of(pair: Pair, **more: object) -> WebConfig:
    return WebConfig(port=0, tls=True, cert_file=pair[0], key_file=pair[1], **more)  # type: ignore[arg-type]


def shake_hands(service: WebService, cafile: Path, name: str = "127.0.0.1") -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=cafile)
    sock = socket.create_connection(("127.0.0.1", port_of(service)), 5)
    return context.wrap_socket(sock, server_hostname=name)


def test_a_generated_one_names_this_machine_and_is_its_owners(pair: Pair) -> None:
    cert = read(pair[0])
    names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = names.get_values_for_type(x509.DNSName)
    assert {"localhost", "camera.example.com", socket.gethostname().lower()} <= set(hosts)
    addresses = {str(each) for each in names.get_values_for_type(x509.IPAddress)}
    assert {"127.0.0.1", "::1", "192.0.2.9", *own_addresses()} <= addresses
    assert pair[1].stat().st_mode & 0o777 == 0o600
    assert len(fingerprint(cert)) == 95
    assert timedelta(days=820) < cert.not_valid_after_utc - datetime.now(UTC) < timedelta(days=826)
    assert not cert.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_served_for_real(desk: Desk, pair: Pair) -> None:
    with serving(desk, config_of(pair)) as service:
        assert service.url.startswith("https://")
        for name in ("127.0.0.1", "localhost"):
            with shake_hands(service, pair[0], name) as sock:
                assert sock.version() == "TLSv1.3"
                sock.sendall(GET)
                answer = read_all(sock)
            assert answer.startswith(b"HTTP/1.1 200")
            assert b"strict-transport-security: max-age=31536000" in answer
        assert b"HTTP/1.1" not in ask(service, GET)  # plain: nothing is said
        with pytest.raises(ssl.SSLCertVerificationError, match="certificate verify failed"):
            ssl.create_default_context().wrap_socket(
                socket.create_connection(("127.0.0.1", port_of(service)), 5), server_hostname="127.0.0.1"
            )
        assert service.report()["certificate_ends"] is not None


def test_old_tls_is_refused(desk: Desk, pair: Pair) -> None:
    context = ssl.create_default_context(cafile=pair[0])
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with serving(desk, config_of(pair)) as service:
        sock = socket.create_connection(("127.0.0.1", port_of(service)), 5)
        with pytest.raises((ssl.SSLError, OSError)):
            context.wrap_socket(sock, server_hostname="127.0.0.1")
        sock.close()


def test_plain_http_is_sent_on_to_https(desk: Desk, pair: Pair) -> None:
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    with serving(desk, config_of(pair, redirect_port=port)) as service:
        with socket.create_connection(("127.0.0.1", port), 5) as sock:
            sock.sendall(GET)
            answer = read_all(sock)
        assert answer.startswith(b"HTTP/1.1 308")
        assert f"location: {service.url}api/session".encode() in answer


def test_one_that_has_expired_is_told_of_in_one_line_and_still_served(
    desk: Desk, pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    dated(pair, timedelta(days=-10), timedelta(days=-1))
    with serving(desk, config_of(pair)) as service, pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        shake_hands(service, pair[0])
    said = [record.message for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(said) == 1
    assert f"{pair[0]}: expired on " in said[0]
    assert "edgedet web cert --force" in said[0]


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [(1, 10, "not valid before"), (-1, 5, "expires on"), (-1, 100, None), (-10, -1, "expired on")],
)
def test_dates_are_judged(pair: Pair, begins: int, ends: int, said: str | None) -> None:
    dated(pair, timedelta(days=begins), timedelta(days=ends))
    complained = complaint(read(pair[0]), datetime.now(UTC))
    assert (complained is None) if said is None else (said in (complained or ""))


def no_file(cert_file: Path, key_file: Path) -> None:
    cert_file.unlink()


def no_key(cert_file: Path, key_file: Path) -> None:
    key_file.unlink()


def other_key(cert_file: Path, key_file: Path) -> None:
    write_pair(cert_file.with_name("other.pem"), key_file, [])


def no_pem(cert_file: Path, key_file: Path) -> None:
    cert_file.write_bytes(b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")


def no_key_pem(cert_file: Path, key_file: Path) -> None:
    key_file.write_text("nonsense")


def with_password(cert_file: Path, key_file: Path) -> None:
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
        )
    )


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (no_file, "cert.pem: can't be read"),
        (no_key, "key.pem: can't be read"),
        (other_key, "key.pem: not the key of"),
        (no_pem, "cert.pem: no certificate; web.cert_file wants one in PEM form"),
        (no_key_pem, "key.pem: no private key without a password"),
        (with_password, "key.pem: no private key without a password"),
    ],
)
def test_files_that_do_not_fit_are_one_clear_line(
    desk: Desk, pair: Pair, harm: Callable[[Path, Path], None], said: str
) -> None:
    harm(*pair)
    config = config_of(pair)
    service = WebService(config, desk.control, desk.feeds, desk.hub)
    with pytest.raises(ConfigError, match=said):
        service.open()


def test_without_any_the_remedy_is_told(desk: Desk) -> None:
    service = WebService(WebConfig(tls=True, port=0), desk.control, desk.feeds, desk.hub)
    with pytest.raises(ConfigError, match=r"web\.tls: there is no certificate; make one with edgedet web cert"):
        service.open()


def test_a_generated_one_is_found(desk: Desk) -> None:
    config = WebConfig(tls=True, port=0)
    folder = web_folder(config, desk.control.storage)
    write_pair(folder / "cert.pem", folder / "key.pem", [])
    with serving(desk, config) as service, shake_hands(service, folder / "cert.pem") as sock:
        sock.sendall(GET)
        assert read_all(sock).startswith(b"HTTP/1.1 200")


def test_a_renewed_one_is_taken_without_a_restart(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "edgedet")
    encryption = Encryption(config_of(pair), pair[0].parent)
    before = encryption.ends
    encryption.look_again()
    assert caplog.messages == []
    dated(pair, timedelta(days=-1), timedelta(days=100))
    os.utime(pair[0], (1, 1))
    encryption.look_again()
    assert encryption.ends != before
    assert "the new certificate is in use" in caplog.text
    pair[1].write_text("nonsense")
    encryption.look_again()
    assert "the one before stays in use" in caplog.text


@pytest.mark.parametrize("name", ["a..b", "x" * 70])
def test_a_name_that_is_none_is_one_clear_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="no name for a certificate"):
        write_pair(tmp_path / "cert.pem", tmp_path / "key.pem", [name])
