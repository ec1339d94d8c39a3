"""What a roll-out refuses before it reaches a camera. The addresses are nobody's: a test that got there would fail."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.script import SCRIPT, edgedet
from tests.places import ROOT

yaml = pytest.importorskip("yaml")
RECIPES = ROOT / "deploy/ansible"
HOSTS = """
cameras:
  hosts:
    porch: {ansible_host: 203.0.113.1}
    yard: {ansible_host: 203.0.113.2}
  vars:
    edgedet_config:
      detect: {confidence: 0.6}
      source: {uri: "demo:"}
      zones: {"lawn": {polygon: [[0, 0.5], [1, 0.5], [1, 1]]}}
"""


def play(folder: Path, book: str, *options: object) -> subprocess.CompletedProcess[str]:
    program = shutil.which("ansible-playbook")
    if program is None:
        pytest.skip("needs ansible-core: pip install ansible-core")
    environ = {name: text for name, text in os.environ.items() if not name.startswith("EDGEDET_")}
    environ |= {"ANSIBLE_CONFIG": str(RECIPES / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"}
    command = [program, "-i", folder / "hosts.yml", RECIPES / book, "-e", f"edgedet_program={SCRIPT}", *options]
    return subprocess.run([str(each) for each in command], capture_output=True, text=True, env=environ, timeout=300)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "hosts.yml").write_text(HOSTS)
    yield tmp_path
    assert not list(tmp_path.glob("*.toml"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            '{"edgedet_config_host": {"source": {"uri": "rtsp://{{ nowhere }}/1"}}}',
            "porch: 'nowhere' is undefined; set it in host_vars/porch.yml, or in its group",
        ),
        ('{"edgedet_config_host": {"detect": {"confidence": 7}}}', "detect.confidence: 7"),
        ('{"edgedet_settings": "[source]"}', "porch: edgedet_settings: edgedet_config is set too"),
        ('{"edgedet_name": "cam"}', "porch: edgedet_name: cam is also yard; give each camera a name of its own"),
        ('{"ansible_host": "203.0.113.9"}', "porch: ansible_host: 203.0.113.9 22 is also yard"),
        ('{"edgedet_program": "/nowhere/edgedet"}', "porch: edgedet_program: /nowhere/edgedet can't be run"),
    ],
)
def test_what_cant_work_reaches_no_camera(folder: Path, given: str, said: str) -> None:
    done = play(folder, "rollout.yml", "-e", given)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "PLAY [Roll out]" not in done.stdout
    assert "unreachable=1" not in done.stdout


@pytest.mark.slow
def test_a_card_has_name_settings_and_certificate(folder: Path) -> None:
    import base64
    import tomllib

    pytest.importorskip("cryptography", reason="needs edgedet[web]")
    for command in (["ca"], ["issue", "porch", "yard"]):
        assert edgedet("fleet", *command, cwd=folder).returncode == 0
    (folder / "key.pub").write_text("ssh-ed25519 AAAA me\n")
    done = play(
        folder, "render-cloud-init.yml", "-e", f"edgedet_cards={folder / 'cards'}", "-e",
        f"edgedet_ssh_key={folder / 'key.pub'}", "-e", f"edgedet_fleet={folder / 'fleet'}",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    user = yaml.safe_load((folder / "cards/yard/user-data").read_text())
    files = {each["path"]: base64.b64decode(each["content"]) for each in user["write_files"]}
    settings = tomllib.loads(files["/etc/edgedet-first-boot/edgedet.toml"].decode())
    assert (user["hostname"], settings["mqtt"]["client_id"], settings["mqtt"]["topic"]) == (
        "yard",
        "yard",
        "edgedet/yard",
    )
    assert settings["detect"]["confidence"] == 0.6
    assert settings["zones"]["lawn"]["polygon"] == [[0, 0.5], [1, 0.5], [1, 1]]
    assert files["/etc/edgedet-first-boot/camera.pem"] == (folder / "fleet/cameras/yard.pem").read_bytes()
    assert files["/etc/edgedet-first-boot/ca.crt"] == (folder / "fleet/ca.crt").read_bytes()


def test_a_camera_that_is_in_the_inventory_twice_is_a_mistake() -> None:
    assert "duplicate_dict_key = error" in (RECIPES / "ansible.cfg").read_text()


def test_scripts_are_sound() -> None:
    scripts = [*RECIPES.rglob("*.sh"), *(ROOT / "tests/fleet/rollout").glob("*.sh")]
    assert scripts
    assert [script for script in scripts if subprocess.run(["bash", "-n", script]).returncode] == []
