from __future__ import annotations

from pathlib import Path

import pytest

pygame = pytest.importorskip("pygame", exc_type=ImportError)

from edgedet.display.driver import CONSOLE, candidates, explain  # noqa: E402


@pytest.mark.parametrize(
    ("environ", "drivers"),
    [
        ({}, [CONSOLE]),
        ({"DISPLAY": ""}, [CONSOLE]),
        ({"DISPLAY": ":0"}, ["x11"]),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ["wayland"]),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, ["x11", "wayland"]),
        ({"DISPLAY": ":0", "SDL_VIDEODRIVER": "kmsdrm"}, ["kmsdrm"]),
    ],
)
def test_what_is_tried(environ: dict[str, str], drivers: list[str]) -> None:
    assert candidates(environ) == drivers


def test_a_desktop_that_is_named_is_never_left_for_the_console() -> None:
    text = explain(["x11"], "x11: x11 not available", {"DISPLAY": ":0"})
    assert text == (
        "display: no desktop answers at DISPLAY=:0 (x11: x11 not available); start edgedet on the desktop as the user "
        "who is logged in there, or leave out --display"
    )


def test_the_console_without_a_screen_and_with_one(tmp_path: Path) -> None:
    nothing = explain([CONSOLE], "kmsdrm not available", {}, tmp_path)
    assert nothing.startswith("display: there is no screen")
    card = tmp_path / "card0"
    card.touch()
    taken = explain([CONSOLE], "kmsdrm not available", {}, tmp_path)
    assert "if a desktop runs on it, set DISPLAY=:0" in taken
    assert "apt install libgbm1" in taken


def test_a_user_who_may_not_use_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "card1").touch()
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "usermod -aG video,render,input" in explain([CONSOLE], "kmsdrm not available", {}, tmp_path)


def test_the_drivers_of_this_library() -> None:
    """The reason for pygame-ce: pygame's own SDL has no driver for the console."""
    assert getattr(pygame, "IS_CE", False)
    libraries = Path(pygame.__file__).parents[1] / "pygame_ce.libs"
    if not libraries.is_dir():
        pytest.skip("pygame-ce doesn't come from its wheel here")
    sdl = next(path.read_bytes() for path in libraries.glob("libSDL2-2*"))
    for word in (b"KMSDRM", b"wayland", b"libX11.so"):
        assert word in sdl
