"""The Debian package: made, installed without a network, used, upgraded, removed, purged. Minutes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import ROOT
from tests.testbed.roots import Root, need

BUILD = ROOT / "deploy" / "deb" / "build.sh"
PHOTO = ROOT / "edgedet" / "capture" / "photos" / "hopper.jpg"
SETTINGS = "/etc/edgedet/edgedet.toml"
WANTED = "etc/systemd/system/multi-user.target.wants/edgedet.service"


def build(folder: Path, arch: str) -> Path:
    need("dpkg-deb", "python3.11")
    subprocess.run([BUILD, "--suite", "bookworm", "--arch", arch, "--out", folder], check=True)
    (package,) = folder.glob(f"edgedet_*_{arch}.deb")
    return package


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("deb"), "amd64")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Root]:
    root = Root(tmp_path / "root", "bookworm", "amd64")
    yield root
    root.remove()


def newer(package: Path, folder: Path) -> Path:
    """The same package as revision 2, with one file more and one less."""
    tree = folder / "tree"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN" / "control"
    control.write_text(control.read_text().replace("-1+deb12", "-2+deb12"))
    (tree / "usr/lib/edgedet/new").touch()
    (tree / "usr/share/fish/vendor_completions.d/edgedet.fish").unlink()
    result = folder / package.name.replace("-1+deb12", "-2+deb12")
    subprocess.run(["dpkg-deb", "-Zgzip", "-z1", "--build", "--root-owner-group", tree, result], check=True)
    shutil.rmtree(tree)
    return result


def install(root: Root, package: Path, code: int = 0) -> str:
    place = root.put(package, f"/tmp/{package.name}")
    said = root.run("apt-get", "install", "-y", place, offline=True, code=code)
    (root.folder / place.lstrip("/")).unlink()
    return said


def works(root: Root) -> None:
    """The command, the service's file and the settings are as they must be; a picture is understood."""
    assert root.run("edgedet", "--version").startswith("edgedet 0.")
    photo = root.put(PHOTO, "/tmp/hopper.jpg")
    line = root.run("runuser", "-u", "edgedet", "--", "edgedet", "detect", "--json", photo, offline=True)
    (found,) = [json.loads(text) for text in line.splitlines() if text.startswith("{")]
    assert [d["label"] for d in found["detections"]] == ["person"]
    root.run("edgedet", "config", "check", SETTINGS)
    root.run("systemd-analyze", "verify", "--recursive-errors=yes", "/usr/lib/systemd/system/edgedet.service")
    assert root.run("dpkg", "--verify", "edgedet") == ""


@pytest.mark.slow
def test_its_whole_life(package: Path, root: Root, tmp_path: Path) -> None:
    before, groups = root.files(), root.run("getent", "group")
    install(root, package)
    works(root)
    assert root.run("stat", "-c", "%U:%G %a", SETTINGS).strip() == "edgedet:edgedet 640"
    assert "video" in root.run("id", "-nG", "edgedet").split()
    assert (root.folder / WANTED).is_symlink()

    root.run("systemctl", "disable", "edgedet")
    root.run("sh", "-c", f"echo '# mine' >> {SETTINGS}")
    install(root, newer(package, tmp_path))
    works(root)
    assert (root.folder / "usr/lib/edgedet/new").exists(), "the new revision's file isn't there"
    assert not (root.folder / "usr/share/fish/vendor_completions.d/edgedet.fish").exists()
    assert "# mine" in (root.folder / SETTINGS.lstrip("/")).read_text(), "the settings were written over"
    assert not (root.folder / WANTED).is_symlink(), "an upgrade enabled what the administrator had disabled"

    root.run("apt-get", "remove", "-y", "edgedet", offline=True)
    assert not (root.folder / "usr/lib/edgedet").exists()
    assert (root.folder / SETTINGS.lstrip("/")).exists(), "settings must outlive a removal"
    root.run("apt-get", "purge", "-y", "edgedet", offline=True)
    left = root.files() - before
    assert left <= {"etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-"}, f"left behind: {sorted(left)}"
    assert root.run("getent", "passwd", "edgedet", code=2) == ""
    users = {line.split(":")[0] for line in set(root.run("getent", "group").splitlines()) - set(groups.splitlines())}
    assert users <= {"render", "input", "gpio"}, "groups that sysusers.d made for devices may stay, no other"


@pytest.mark.slow
def test_it_and_the_installer_refuse_each_other(package: Path, root: Root) -> None:
    current = root.folder / "opt/edgedet/current"
    current.mkdir(parents=True)
    said = install(root, package, code=100)
    assert "install.sh --uninstall" in said
    assert not (root.folder / "usr/lib/edgedet").exists()
    current.rmdir()
    install(root, package)
    shutil.copytree(ROOT / "deploy", root.folder / "tmp/deploy")
    assert "apt remove edgedet" in root.run("bash", "/tmp/deploy/install.sh", "--no-start", offline=True, code=2)


@pytest.mark.slow
def test_lintian_has_nothing_to_say_that_is_not_explained(package: Path) -> None:
    need("lintian")
    done = subprocess.run(["lintian", "--fail-on", "error", "--allow-root", package], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_an_arm64_one_is_made_here_and_runs_there(tmp_path: Path) -> None:
    root = Root(tmp_path / "root", "bookworm", "arm64")
    try:
        install(root, build(tmp_path, "arm64"))
        works(root)
        root.run("apt-get", "purge", "-y", "edgedet", offline=True)
        assert not (root.folder / "etc/edgedet").exists()
    finally:
        root.remove()
