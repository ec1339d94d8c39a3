"""Which of SDL's video drivers shows the picture. In the drawing process only: it loads SDL.

SDL left to itself takes ``offscreen`` or ``dummy`` where there is no screen, and nobody sees anything. So here the
drivers that show something are tried by name, and the one SDL then has is looked at.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pygame

_BLIND = ("offscreen", "dummy")
CONSOLE = "kmsdrm"
"""SDL's driver for a screen without a desktop: the kernel's own mode setting."""


class NoScreen(Exception):
    """There is nothing to show a picture on; the text says why, and what to do."""


def open_driver() -> str:
    """Start SDL's video by the first driver that works; its name.

    ``SDL_VIDEODRIVER``, where it is set, is the only one tried. Else a desktop is used if the environment names one
    (``DISPLAY``, ``WAYLAND_DISPLAY``), and only where it names none the console's screen.

    Raises:
        NoScreen: none works.
    """
    environ, reasons = dict(os.environ), []  # a copy: SDL takes its orders from the environment
    wanted = candidates(environ)
    for name in wanted:
        os.environ["SDL_VIDEODRIVER"] = name
        if name == "x11":  # pixels go to the server through shared memory: GL without a GPU took 60 times as long
            os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
        try:
            pygame.display.init()
        except pygame.error as error:
            reasons.append(f"{name}: {error}")
            continue
        chosen = pygame.display.get_driver().lower()
        if chosen not in _BLIND:
            return chosen
        pygame.display.quit()
        reasons.append(f"{name}: SDL took {chosen}, which shows nothing")
    raise NoScreen(explain(wanted, "; ".join(reasons), environ))


def candidates(environ: Mapping[str, str]) -> list[str]:
    """The drivers worth trying, best first."""
    if named := environ.get("SDL_VIDEODRIVER"):
        return [named]
    desktops = {"DISPLAY": "x11", "WAYLAND_DISPLAY": "wayland"}
    return [driver for variable, driver in desktops.items() if environ.get(variable)] or [CONSOLE]


def explain(wanted: list[str], reasons: str, environ: Mapping[str, str], cards: Path = Path("/dev/dri")) -> str:
    """What is wrong, and what to do, in one line.

    Args:
        wanted: the drivers that were tried.
        reasons: what SDL says about them.
        environ: the environment.
        cards: where the kernel lists its screens.
    """
    if named := environ.get("SDL_VIDEODRIVER"):
        return f"display: SDL_VIDEODRIVER={named} shows nothing here ({reasons}); unset it, or leave out --display"
    if wanted != [CONSOLE]:
        named = " and ".join(f"{key}={environ[key]}" for key in ("DISPLAY", "WAYLAND_DISPLAY") if environ.get(key))
        return (
            f"display: no desktop answers at {named} ({reasons}); start edgedet on the desktop as the user who is "
            "logged in there, or leave out --display"
        )
    if not any(cards.glob("card*")):
        return (
            "display: there is no screen (DISPLAY and WAYLAND_DISPLAY aren't set, the kernel has no /dev/dri/card*); "
            "start edgedet on the desktop, attach a screen, or leave out --display: the browser shows the picture too"
        )
    if not any(os.access(card, os.R_OK | os.W_OK) for card in cards.glob("card*")):
        return (
            "display: the console's screen may not be used by this user; sudo usermod -aG video,render,input $USER, "
            "log in again, or leave out --display"
        )
    return (
        f"display: the console's screen can't be used ({reasons}); if a desktop runs on it, set DISPLAY=:0, else "
        "sudo apt install libgbm1 libegl1 libgles2 libgl1-mesa-dri, or leave out --display"
    )
