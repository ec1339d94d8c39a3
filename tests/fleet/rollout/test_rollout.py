"""Roll-outs to ten simulated cameras: a good one arrives, a broken one stops at its stage and comes back."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys

import pytest

from tests.places import ROOT

TOOLS = ("systemd-nspawn", "ip", "ssh", "ssh-keygen", "mosquitto", "debootstrap", "git")


@pytest.mark.slow
def test_every_roll_out() -> None:
    if os.geteuid() != 0:
        pytest.skip("booting cameras needs root")
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"needs {', '.join(missing)}")
    if importlib.util.find_spec("ansible") is None or importlib.util.find_spec("cryptography") is None:
        pytest.skip("needs ansible-core and edgedet[web]")
    script = ROOT / "tests/fleet/rollout/run.sh"
    done = subprocess.run(
        ["bash", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=os.environ | {"PYTHON": sys.executable},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert "FAILED" not in done.stdout
