"""The real picamera2 on libcamera's virtual camera: the bed's own checks."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess

import pytest

from tests.places import ROOT


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="making a Debian needs root")
@pytest.mark.skipif(shutil.which("debootstrap") is None, reason="debootstrap isn't here; apt install debootstrap")
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the virtual camera is for x86-64 here")
def test_with_the_real_picamera2() -> None:
    script = ROOT / "deploy" / "testbed" / "picam.sh"
    result = subprocess.run(["bash", str(script)], capture_output=True, text=True, timeout=1800)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "checks passed" in result.stdout
    assert "FAIL" not in result.stdout
