"""The card's first boot."""

from __future__ import annotations

import base64
import os
import shlex
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.places import ROOT

yaml = pytest.importorskip("yaml")
RECIPE = ROOT / "deploy/cloud-init"
KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILVydQg1GCml1OtMWP0hjn+LP/r34s5y/HH0BoEhN3wK me "q" \\ @USER@'


def make(folder: Path, *options: object, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    """Run make.sh; by default without an edgedet of this environment's, and with the system's cloud-init if any."""
    (folder / "key.pub").write_text(KEY + "\n")
    (folder / "card").mkdir(exist_ok=True)
    command = ["bash", RECIPE / "make.sh", "--ssh-key", folder / "key.pub", *options, folder / "card"]
    return subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, env=os.environ | {"PATH": path}, cwd=folder
    )


def card(folder: Path) -> tuple[Any, Any, Any]:
    names = ("user-data", "network-config", "meta-data")
    user, network, meta = (yaml.safe_load((folder / "card" / name).read_text()) for name in names)
    return user, network, meta


def files(user: Any) -> dict[str, str]:
    return {each["path"]: base64.b64decode(each["content"]).decode() for each in user["write_files"]}


def test_what_is_typed_arrives_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "word").write_text('p"a\\ss & w\u00f6rd @SSID@\n')
    settings = '[source]\nuri = "rtsp://me:word@cam/1?a=1&b=@USER@"\n'
    (tmp_path / "edgedet.toml").write_text(settings)
    done = make(
        tmp_path, "--hostname", "porch", "--user", "ann", "--wifi", 'My "net" & @x@', "--password-file",
        tmp_path / "word", "--country", "DE", "--settings", tmp_path / "edgedet.toml", "--source",
        "https://example.org/edgedet.tar.gz", "--sha256", "0" * 64, "--camera", "rtsp://a b/'$(x)", "--extras", "web",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    user, network, meta = card(tmp_path)
    assert (user["hostname"], user["users"][0]["name"]) == ("porch", "ann")
    assert user["users"][0]["ssh_authorized_keys"] == [KEY]
    points = network["network"]["wifis"]["wlan0"]["access-points"]
    assert points == {'My "net" & @x@': {"password": 'p"a\\ss & w\u00f6rd @SSID@'}}
    assert meta["instance-id"].startswith("edgedet-porch-")
    written = files(user)
    assert written["/etc/edgedet-first-boot/edgedet.toml"] == settings
    assert written["/usr/local/sbin/edgedet-first-boot"] == (RECIPE / "first-boot.sh").read_text()
    said = dict(line.split("=", 1) for line in written["/etc/edgedet-first-boot/wanted"].split("\n") if line)
    assert shlex.split(said["CAMERA"]) == ["rtsp://a b/'$(x)"]
    assert said["SHA256"] == "0" * 64
    assert not (tmp_path / "card/edgedet.tar.gz").exists()


def test_by_default_this_checkout_is_on_the_card(tmp_path: Path) -> None:
    done = make(tmp_path)
    assert done.returncode == 0, done.stderr
    with tarfile.open(tmp_path / "card/edgedet.tar.gz") as archive:
        names = set(archive.getnames())
    assert {"edgedet/deploy/install.sh", "edgedet/pyproject.toml", "edgedet/edgedet/__init__.py"} <= names
    assert not [name for name in names if "__pycache__" in name]
    user, network, _ = card(tmp_path)
    assert "SOURCE=file:///boot/firmware/edgedet.tar.gz" in files(user)["/etc/edgedet-first-boot/wanted"]
    assert "wifis" not in network["network"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--hostname", "a_b"], "--hostname: a_b: letters, digits and - only"),
        (["--user", "Ann B"], "--user: Ann B"),
        (["--wifi", "net"], "give --password-file"),
        (["--source", "https://example.org/x.tar.gz"], "give its --sha256 too"),
        (["--settings", "nowhere.toml"], "nowhere.toml: no such file"),
        (["--nope"], "--nope: no such option"),
    ],
)
def test_what_cant_be_is_refused_and_nothing_is_written(tmp_path: Path, options: list[str], said: str) -> None:
    done = make(tmp_path, *options)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert list((tmp_path / "card").iterdir()) == []


def test_a_secret_key_is_no_public_one(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    done = make(tmp_path, "--ssh-key", tmp_path / "secret")
    assert "no public key" in done.stderr


def test_cloud_init_finds_it_valid(tmp_path: Path) -> None:
    if shutil.which("cloud-init", path="/usr/bin") is None:
        pytest.skip("needs cloud-init: apt install cloud-init")
    (tmp_path / "word").write_text("long enough")
    done = make(tmp_path, "--wifi", "net", "--password-file", tmp_path / "word", "--country", "DE")
    assert "Valid" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_the_first_boot_ends_with_edgedet_installed(tmp_path: Path) -> None:
    """In a bookworm root: without a network it fails so that it is tried again, then it installs; a changed archive is
    refused for good."""
    from tests.deploy_recipes.roots import inside, root

    assert make(tmp_path, "--extras", "web", "--settings", settings(tmp_path)).returncode == 0
    user, _, _ = card(tmp_path)
    with root("bookworm") as folder:
        assert inside(folder, "sh", "-c", "apt-get update && apt-get install -y curl").returncode == 0
        shutil.copytree(tmp_path / "card", folder / "boot/firmware")
        for path, text in files(user).items():
            target = folder / path[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
            target.chmod(0o755)
        first = "/usr/local/sbin/edgedet-first-boot"
        done = inside(folder, first, offline=True)
        assert done.returncode not in (0, 3), done.stdout
        assert "network" in done.stdout + done.stderr
        done = inside(folder, first)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "edgedet is installed" in done.stdout
        shown = inside(folder, "edgedet", "config", "show", "--config", "/etc/edgedet/edgedet.toml")
        assert "folder-of-films" in shown.stdout, shown.stdout + shown.stderr
        assert (folder / "etc/edgedet-first-boot/done").exists()
        assert not (folder / "etc/edgedet-first-boot/edgedet.toml").exists()
        with (folder / "boot/firmware/edgedet.tar.gz").open("ab") as archive:
            archive.write(b"x")
        done = inside(folder, first)
        assert done.returncode == 3
        assert "SHA-256 differs" in done.stderr


def settings(folder: Path) -> Path:
    file = folder / "wanted.toml"
    file.write_text('[source]\nuri = "/srv/folder-of-films"\n')
    return file
