"""What counts as pictures that advance, in the words of the service's status."""

from __future__ import annotations

import subprocess

import pytest

from tests.places import ROOT

SCRIPT = ROOT / "deploy/ansible/roles/edgedet/files/healthy.sh"


@pytest.mark.parametrize(
    ("status", "well"),
    [
        ("9.8 fps", True),
        ("9.8 fps, 52 C", True),
        ("0.0 fps, detection is off", True),
        ("porch 0.0 fps, detection is off, yard 0.0 fps", False),
        ("10.0 fps", True),
        ("private", True),
        ("porch 9.8 fps, yard private", True),
        ("0.0 fps", False),
        ("porch 9.8 fps, yard 0.0 fps, 52 C", False),
        ("porch 9.8 fps, yard reconnecting (no answer for 10 s)", False),
        ("reconnecting (rtsp://10.0.0.1: no route)", False),
        ("opening", False),
        ("detector restarting, 9.8 fps", False),
        ("finishes what it records", False),
        ("", False),
    ],
)
def test_status(status: str, well: bool) -> None:
    """The function alone, as the script has it."""
    function = SCRIPT.read_text().partition("advances() {")[2].partition("\n}\n")[0]
    done = subprocess.run(["bash", "-c", f'advances() {{{function}\n}}\nadvances "$1"', "bash", status])
    assert (done.returncode == 0) is well
