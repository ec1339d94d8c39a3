"""The service in a booted Debian: the bed's own checks."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.places import ROOT

MISSING = [tool for tool in ("systemd-nspawn", "nsenter", "debootstrap") if shutil.which(tool) is None]


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="booting a Debian needs root")
@pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)}: not here; apt install systemd-container debootstrap")
@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_the_service(suite: str) -> None:
    script = ROOT / "deploy" / "testbed" / "systemd.sh"
    result = subprocess.run(["bash", str(script), suite], capture_output=True, text=True, timeout=1800)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "FAILED" not in result.stdout
