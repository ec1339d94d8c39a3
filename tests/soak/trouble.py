"""What goes on around a camera: viewers come and go, servers die and come back, settings change."""

from __future__ import annotations

import signal
import sys
import time
import urllib.request
from collections.abc import Callable

from tests.soak.house import House

GONE = 8.0
"""Seconds a server stays away."""


def viewers_of_pictures(house: House) -> None:
    """Five watch motion JPEG for a minute."""
    house.beside(sys.executable, "-m", "tests.web.live.crowd", "mjpeg", "5", house.url, house.token, "60")


def a_viewer_of_video(house: House) -> None:
    """One watches by WebRTC for half a minute, and leaves."""
    house.beside(sys.executable, "-m", "tests.web.live.crowd", "webrtc", "1", house.url, house.token, "30")


def viewer_cut_off(house: House) -> None:
    """Three watch and are killed in the middle of a picture."""
    house.beside(sys.executable, "-m", "tests.web.live.crowd", "mjpeg", "3", house.url, house.token, "60")
    time.sleep(GONE)
    house.helpers[-1].kill()


def camera_gone(house: House) -> None:
    """A camera's server dies and comes back at the same address."""
    server = house.servers["yard"]
    server.kill()
    time.sleep(GONE)
    server.start()


def camera_stalled(house: House) -> None:
    """A camera says nothing more, without hanging up, and goes on later."""
    process = house.servers["camera"].process
    process.send_signal(signal.SIGSTOP)
    try:
        time.sleep(GONE)
    finally:
        process.send_signal(signal.SIGCONT)


def broker_gone(house: House) -> None:
    """The broker is killed and comes back."""
    house.broker.stop(kill=True)
    try:
        time.sleep(GONE)
    finally:
        house.broker.start()


def settings_changed(house: House) -> None:
    """A threshold is edited and taken over."""
    house.threshold = 0.55 if house.threshold == 0.6 else 0.6
    house.write_settings()
    house.edgedet("reload")


def privacy(house: House) -> None:
    """A camera is private for a while."""
    turn(house, "privacy", "true")
    try:
        time.sleep(GONE)
    finally:
        turn(house, "privacy", "false")


def looked_through(house: House) -> None:
    """Somebody pages through the events, reads the log and the figures."""
    for path in ("/api/events", "/metrics", "/api/health/history", "/api/health"):
        ask(house, path)
    house.edgedet("events", "list")


def turn(house: House, switch: str, on: str) -> None:
    """Turn a camera's switch on the page."""
    ask(house, f"/api/cameras/camera/switches/{switch}", f'{{"on": {on}}}'.encode())


def ask(house: House, path: str, body: bytes | None = None) -> bytes:
    """What the page answers."""
    headers = {"Authorization": f"Bearer {house.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(house.url + path, body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


TROUBLES: tuple[Callable[[House], None], ...] = (
    viewers_of_pictures,
    settings_changed,
    camera_gone,
    a_viewer_of_video,
    broker_gone,
    looked_through,
    camera_stalled,
    viewer_cut_off,
    privacy,
)
