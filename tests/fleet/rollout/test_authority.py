"""A fleet's own authority: what openssl thinks of it, and what is said of a certificate that can't be used."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.errors import ConfigError
from edgedet.fleet.names import check_host, check_name
from edgedet.fleet.register import Issued

pytest.importorskip("cryptography", reason="needs edgedet[web]")
from edgedet.fleet.authority import found, issue, revoke
from edgedet.fleet.folder import FleetFolder
from edgedet.fleet.standing import everybody, standing


@pytest.fixture
def fleet(tmp_path: Path) -> FleetFolder:
    made = FleetFolder(tmp_path / "fleet")
    found(made, "a fleet for tests")
    return made


def verified(fleet: FleetFolder, file: Path, purpose: str) -> bool:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl: apt install openssl")
    command = ["openssl", "verify", "-CAfile", fleet.ca_cert, "-crl_check", "-CRLfile", fleet.revoked]
    return subprocess.run([*command, "-purpose", purpose, "-x509_strict", file], capture_output=True).returncode == 0


def test_openssl_takes_a_cameras_for_a_client_and_a_brokers_for_a_server(fleet: FleetFolder) -> None:
    issue(fleet, "porch")
    issue(fleet, "broker.local", ["192.168.1.5"], server=True)
    assert verified(fleet, fleet.pair("porch"), "sslclient")
    assert not verified(fleet, fleet.pair("porch"), "sslserver")
    assert verified(fleet, fleet.pair("broker.local", server=True), "sslserver")
    assert not verified(fleet, fleet.pair("broker.local", server=True), "sslclient")


def test_secrets_are_for_their_owner_alone(fleet: FleetFolder) -> None:
    issue(fleet, "porch")
    assert [file.stat().st_mode & 0o777 for file in (fleet.ca_key, fleet.pair("porch"))] == [0o600, 0o600]
    assert fleet.path.stat().st_mode & 0o077 == 0


def test_a_revoked_one_is_no_longer_good_and_another_is(fleet: FleetFolder) -> None:
    issue(fleet, "porch")
    issue(fleet, "yard")
    assert revoke(fleet, "porch") == 1
    assert not verified(fleet, fleet.pair("porch"), "sslclient")
    assert verified(fleet, fleet.pair("yard"), "sslclient")
    assert standing(fleet, "porch").state == "revoked"
    with pytest.raises(ConfigError, match="porch: has no certificate to revoke"):
        revoke(fleet, "porch")
    issue(fleet, "porch")
    assert verified(fleet, fleet.pair("porch"), "sslclient")
    assert standing(fleet, "porch").state == "good"


def test_a_lost_one_can_be_revoked_without_its_file(fleet: FleetFolder, tmp_path: Path) -> None:
    issue(fleet, "porch")
    stolen = fleet.pair("porch").rename(tmp_path / "stolen.pem")
    assert str(standing(fleet, "porch")).startswith("porch: its certificate is lost; ")
    revoke(fleet, "porch")
    assert not verified(fleet, stolen, "sslclient")


def test_how_each_stands(fleet: FleetFolder) -> None:
    issue(fleet, "fresh")
    issue(fleet, "soon", days=20)
    issue(fleet, "broken")
    fleet.pair("broken").write_text("no certificate")
    issue(fleet, "mixed")
    cert = fleet.pair("mixed").read_text().partition("-----BEGIN PRIVATE")[0]
    key = fleet.pair("fresh").read_text().partition("-----BEGIN PRIVATE")[2]
    fleet.pair("mixed").write_text(f"{cert}-----BEGIN PRIVATE{key}")
    states = {each.name: (each.state, each.usable) for each in everybody(fleet)}
    assert states == {
        "broken": ("damaged", False),
        "fresh": ("good", True),
        "mixed": ("damaged", False),
        "soon": ("ends soon", True),
    }
    assert standing(fleet, "never").state == "missing"


def test_an_expired_one_says_since_when(fleet: FleetFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    issue(fleet, "porch", days=1)

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(UTC) + timedelta(days=3)

    monkeypatch.setattr("edgedet.fleet.standing.datetime", Later)
    said = str(standing(fleet, "porch"))
    assert said.startswith("porch: its certificate is expired, since 20")
    assert "edgedet fleet renew porch" in said


def test_there_is_one_authority(fleet: FleetFolder) -> None:
    key = fleet.ca_key.read_bytes()
    with pytest.raises(ConfigError, match="there is an authority already"):
        found(fleet, "another")
    assert fleet.ca_key.read_bytes() == key


def test_nothing_outlives_the_authority(tmp_path: Path) -> None:
    short = FleetFolder(tmp_path / "short")
    found(short, "a fleet for tests", days=30)
    with pytest.raises(ConfigError, match="give fewer --days"):
        issue(short, "porch")
    assert not short.pair("porch").exists()


@pytest.mark.parametrize("file", ["ca_key", "ca_cert"])
def test_an_authority_that_is_gone_or_anothers(fleet: FleetFolder, tmp_path: Path, file: str) -> None:
    other = FleetFolder(tmp_path / "other")
    found(other, "another fleet")
    getattr(fleet, file).write_bytes(getattr(other, file).read_bytes())
    with pytest.raises(ConfigError, match=r"ca\.key: not the key of .*ca\.crt"):
        issue(fleet, "porch")
    getattr(fleet, file).unlink()
    with pytest.raises(ConfigError, match="not there"):
        issue(fleet, "porch")


@given(st.text(max_size=70))
def test_a_name_is_a_host_name_and_can_be_a_topic(text: str) -> None:
    try:
        name = check_name(text)
    except ConfigError:
        return
    assert name == text.lower()
    assert not set(name) & set("+#/ \0\n$%.")
    assert 0 < len(name) < 64


@pytest.mark.parametrize("name", ["broker", "broker.local", "192.168.1.5", "fe80::1"])
def test_a_brokers_name(name: str) -> None:
    assert check_host(name) == name


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "-a", "*.local"])
def test_no_brokers_name(name: str) -> None:
    with pytest.raises(ConfigError):
        check_host(name)


def test_what_is_over() -> None:
    now = datetime.now(UTC)
    assert Issued("porch", "1", (now - timedelta(seconds=1)).isoformat()).over(now)
    assert not Issued("porch", "1", (now + timedelta(seconds=1)).isoformat()).over(now)
