"""The whole program with its display."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.display.desk import desk, until
from tests.e2e.program import assert_refused, edgedet, running


@pytest.fixture(autouse=True)
def no_screen_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec("pygame") is None:
        pytest.skip("needs pygame-ce: pip install edgedet[display]")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.skipif(Path("/dev/dri").exists(), reason="this machine has a console's screen")
def test_without_a_screen_it_doesnt_start(tmp_path: Path) -> None:
    assert_refused(edgedet("run", "--display", "--no-web", cwd=tmp_path), "there is no screen", "leave out --display")


@pytest.mark.slow
def test_q_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk() as screen:
        monkeypatch.setenv("DISPLAY", screen.name)
        with running(tmp_path, "--display", "--no-web", "--seconds", 90) as program:
            program.wait_for("display: x11, .*q quit")
            until(lambda: screen.window().std() > 20)
            screen.press("q")
            assert program.process.wait(10) == 0
            assert "error" not in program.text()


@pytest.mark.slow
def test_the_x_server_ends_and_detection_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk() as screen:
        monkeypatch.setenv("DISPLAY", screen.name)
        with running(tmp_path, "--display", "--no-web", "--seconds", 60) as program:
            program.wait_for("display: x11")
            until(lambda: screen.window().std() > 20)
            screen.process.kill()
            program.wait_for("error display stopped: the window: gone with the desktop or X server")
            seen = program.text().count(" fps (capture ")
            until(lambda: program.text().count(" fps (capture ") > seen + 1, 20)
            os.kill(program.process.pid, 2)
            assert program.process.wait(10) == 0
            assert "Traceback" not in program.text()
