"""The Ansible role."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.places import ROOT

yaml = pytest.importorskip("yaml")
ROLE = ROOT / "deploy/ansible/roles/edgedet"
PLAY = """
- hosts: localhost
  connection: local
  roles: [{role: /mnt/checkout/deploy/ansible/roles/edgedet}]
  vars:
    edgedet_extras: web
    edgedet_settings: |
      [source]
      uri = "demo:"
      %s
    edgedet_credentials: {mqtt_password: s3cret}
"""


def test_every_variable_is_described_and_has_a_default() -> None:
    options = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
    assert options.keys() == defaults.keys()
    for file in ROLE.rglob("*.yml"):
        assert yaml.safe_load(file.read_text()) is not None, file


def test_secrets_are_not_logged() -> None:
    tasks = yaml.safe_load((ROLE / "tasks/configure.yml").read_text())
    assert [task["no_log"] for task in tasks if "/etc/edgedet/credentials/" in str(task)] == [True]


def test_ansible_can_read_it() -> None:
    program = shutil.which("ansible-playbook")
    if program is None:
        pytest.skip("needs ansible-core: pip install ansible-core")
    folder = ROOT / "deploy/ansible"
    command = [program, "--syntax-check", "-i", str(folder / "inventory.example"), str(folder / "site.yml")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_second_run_changes_nothing_and_wrong_settings_are_refused() -> None:
    from tests.deploy_recipes.roots import inside, root

    with root("bookworm") as folder:
        checkout = folder / "mnt/checkout"
        checkout.mkdir(parents=True)
        for name in ("edgedet", "models", "systemd", "deploy", "pyproject.toml", "README.md", "LICENSE"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, checkout / name)
        assert inside(folder, "python3", "-m", "venv", "/mnt/ansible").returncode == 0
        done = inside(folder, "/mnt/ansible/bin/pip", "install", "ansible-core")
        assert done.returncode == 0, done.stderr

        def play(more: str) -> subprocess.CompletedProcess[str]:
            (folder / "mnt/play.yml").write_text(PLAY % more)
            return inside(folder, "/mnt/ansible/bin/ansible-playbook", "-i", "localhost,", "/mnt/play.yml")

        done = play("")
        assert re.search(r"changed=[1-9]\d* +unreachable=0 +failed=0", done.stdout), done.stdout
        assert "s3cret" not in done.stdout
        credential = folder / "etc/edgedet/credentials/mqtt_password"
        assert (credential.read_text(), credential.stat().st_mode & 0o777) == ("s3cret", 0o600)
        done = play("")
        assert re.search(r"changed=0 +unreachable=0 +failed=0", done.stdout), done.stdout
        done = play("loop = 7")
        assert done.returncode != 0
        assert "source.loop: 7 is not true or false" in done.stdout + done.stderr
        assert "loop" not in (folder / "etc/edgedet/edgedet.toml").read_text()
