"""``edgedet fleet`` as an operator runs it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.script import edgedet

pytest.importorskip("cryptography", reason="needs edgedet[web]")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def fleet(tmp_path: Path) -> Run:
    return lambda *args: edgedet("fleet", *args, cwd=tmp_path)


def test_from_the_first_certificate_to_the_last(fleet: Run, tmp_path: Path) -> None:
    done = fleet("issue", "porch")
    assert (done.returncode, "make it: edgedet fleet ca" in done.stderr) == (2, True)
    assert fleet("ca").returncode == 0
    assert fleet("issue", "porch", "yard").returncode == 0
    done = fleet("issue", "roof", "porch")
    assert (done.returncode, done.stderr.startswith("edgedet: error: porch: has a certificate; ")) == (2, True)
    assert not (tmp_path / "fleet/cameras/roof.pem").exists()
    assert fleet("revoke", "yard").stdout.startswith("yard: 1 revoked; give fleet/crl.pem to the broker")
    assert fleet("check", "porch").returncode == 0
    done = fleet("check", "porch", "yard")
    assert (done.returncode, "edgedet fleet renew yard" in done.stderr) == (2, True)
    assert fleet("renew", "yard").returncode == 0
    listed = {row["name"]: row["state"] for row in json.loads(fleet("list", "--json").stdout)}
    assert listed == {"porch": "good", "yard": "good"}
    assert fleet("renew").stdout == "nothing to renew\n"


def test_a_brokers_keeps_its_names_when_it_is_renewed(fleet: Run, tmp_path: Path) -> None:
    x509 = pytest.importorskip("cryptography.x509")
    fleet("ca")
    fleet("issue", "--server", "broker.local", "--also", "192.168.1.5")
    file = tmp_path / "fleet/servers/broker.local.pem"
    before = x509.load_pem_x509_certificate(file.read_bytes())
    assert fleet("renew", "broker.local").returncode == 0
    after = x509.load_pem_x509_certificate(file.read_bytes())
    names = [each.extensions.get_extension_for_class(x509.SubjectAlternativeName).value for each in (before, after)]
    assert list(names[0]) == list(names[1])
    assert before.serial_number != after.serial_number


def test_no_secret_is_printed(fleet: Run) -> None:
    said = [fleet("ca"), fleet("issue", "porch"), fleet("list"), fleet("renew", "porch")]
    assert not [done for done in said if "PRIVATE" in done.stdout + done.stderr]
