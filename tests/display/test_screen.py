from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from edgedet.config import CameraConfig, Config, ZoneConfig
from edgedet.display.service import Display
from edgedet.drawing.overlay import draw
from edgedet.errors import OutputError
from edgedet.types import Image
from tests.display.desk import SIZE, WINDOW, Cameras, Desk, Shown, desk, result, scenery, shown, until

FREE_OF_CAPTION = 0.88
"""Of the picture's height; below stands its age, which changes."""


@pytest.fixture(scope="module")
def screen() -> Iterator[Desk]:
    with desk() as each:
        yield each


def same(seen: Image, wanted: Image, off: int = 0) -> bool:
    rows = int(wanted.shape[0] * FREE_OF_CAPTION)
    return seen.shape == wanted.shape and int(cv2.absdiff(seen[:rows], wanted[:rows]).max()) <= off


def drawn(image: Image, width: int, height: int, boxes: bool = True) -> Image:
    """What the overlay gives for a picture of this size."""
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    found = result(image).detections.scale(width / image.shape[1], height / image.shape[0])
    return draw(small, found if boxes else found[:0])


def test_it_shows_the_frame_and_the_boxes(screen: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with shown(monkeypatch, screen) as each:
        each.put(result(scenery()))
        wanted = drawn(scenery(), *WINDOW)
        until(lambda: same(screen.window(), wanted))
        each.put(result(scenery(shift=70)))
        until(lambda: same(screen.window(), drawn(scenery(shift=70), *WINDOW)))
        assert each.display.report()["driver"] == "x11"
        until(lambda: each.display.report()["drawn"] >= 2)


@pytest.mark.slow
def test_a_new_size_keeps_the_aspect(screen: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with shown(monkeypatch, screen) as each:
        each.put(result(scenery()))
        until(lambda: same(screen.window(), drawn(scenery(), *WINDOW)))
        screen.resize(400, 440)
        wide, high = 400, 250
        top = (440 - high) // 2
        until(lambda: same(screen.window()[top : top + high], drawn(scenery(), wide, high)))
        seen = screen.window()
        assert seen.shape == (440, 400, 3)
        assert not seen[:top].any()
        assert not seen[top + high :].any()
        each.put(result(scenery(300, 600)))  # the camera was turned
        until(lambda: same(screen.window()[:, 90:310], drawn(scenery(300, 600), 220, 440)))
        assert not screen.window()[:, :90].any()


def test_keys_turn_boxes_and_zones_and_pause(screen: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = ZoneConfig(polygon=[[0.6, 0.7], [0.9, 0.7], [0.9, 0.85], [0.6, 0.85]])
    control = Cameras()
    with shown(monkeypatch, screen, CameraConfig(name="front", zones={"porch": zone}), control=control) as each:
        each.put(result(scenery()))
        plain, boxed = drawn(scenery(), *WINDOW, boxes=False), drawn(scenery(), *WINDOW)
        until(lambda: same(screen.window()[:300], boxed[:300]) and not same(screen.window(), boxed))
        screen.press("z")
        until(lambda: same(screen.window(), boxed))
        screen.press("z")
        until(lambda: not same(screen.window(), boxed))
        control.config = Config(camera=(CameraConfig(name="front"),))  # the settings were read again
        until(lambda: same(screen.window(), boxed))
        screen.press("b")
        until(lambda: same(screen.window(), plain))
        screen.press("space")
        each.put(result(scenery(shift=90)))
        each.put(result(scenery(shift=95)))
        time.sleep(0.5)
        assert not same(screen.window(), drawn(scenery(shift=95), *WINDOW, boxes=False))
        screen.press("space")
        until(lambda: same(screen.window(), drawn(scenery(shift=95), *WINDOW, boxes=False)))


@pytest.mark.slow
def test_full_screen_and_back(screen: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with shown(monkeypatch, screen, full_screen=True) as each:
        each.put(result(scenery()))
        until(lambda: same(screen.see(), drawn(scenery(), *SIZE)))
        screen.press("f")
        until(lambda: screen.place()[2:] == WINDOW and same(screen.window(), drawn(scenery(), *WINDOW)))


def test_s_saves_what_is_seen_in_its_full_size(screen: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with shown(monkeypatch, screen, control=Cameras(storage=tmp_path)) as each:
        one = result(scenery())
        each.put(one)
        until(lambda: same(screen.window(), drawn(scenery(), *WINDOW)))
        screen.press("space")  # what comes now isn't what is seen
        each.put(result(scenery(shift=90)))
        each.put(result(scenery(shift=95)))
        screen.press("s", "b", "s")
        files = tmp_path / "snapshots"
        until(lambda: len(list(files.glob("*.jpg"))) == 2)
        first, second = sorted(files.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        assert first.name == f"front-{one.frame.wall:%Y%m%d-%H%M%S}.jpg"
        assert second.stem == f"{first.stem}-2"
        for path, boxes in ((first, True), (second, False)):
            seen = cv2.imread(str(path))
            wanted = draw(one.frame.image, one.detections if boxes else one.detections[:0])
            assert seen.shape == wanted.shape
            assert cv2.absdiff(seen, wanted).mean() < 4, "JPEG's own loss, no more"


@pytest.mark.slow
def test_number_keys_choose_a_camera(screen: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    cameras = [CameraConfig(name=name) for name in ("front", "yard")]
    images = {"front": scenery(), "yard": scenery(shift=100)}
    with shown(monkeypatch, screen, *cameras) as each:
        each.put(*(result(image, name) for name, image in images.items()))
        halves = {name: drawn(image, 360, 225) for name, image in images.items()}
        both = (slice(0, 360), slice(360, 720))

        def together() -> bool:
            seen = screen.window()[112:337]
            return all(same(seen[:, where], halves[name]) for name, where in zip(images, both, strict=True))

        until(together)
        screen.press("2")
        until(lambda: same(screen.window(), drawn(images["yard"], *WINDOW)))
        screen.press("7")  # there is no such camera
        screen.press("1")
        until(lambda: same(screen.window(), drawn(images["front"], *WINDOW)))
        screen.press("0")
        until(together)


@pytest.mark.slow
def test_a_private_camera_is_blanked_though_paused(screen: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    control = Cameras()
    with shown(monkeypatch, screen, control=control) as each:
        each.put(result(scenery()))
        until(lambda: same(screen.window(), drawn(scenery(), *WINDOW)))
        screen.press("space")
        control.private.add("front")
        until(lambda: np.count_nonzero(screen.window().any(axis=2)) < 0.02 * WINDOW[0] * WINDOW[1])
        each.put(result(scenery(shift=40)))
        screen.press("space")
        time.sleep(1.2)
        assert np.count_nonzero(screen.window().any(axis=2)) < 0.02 * WINDOW[0] * WINDOW[1]
        control.private.clear()
        time.sleep(0.6)
        each.put(result(scenery(shift=50)))
        until(lambda: same(screen.window(), drawn(scenery(shift=50), *WINDOW)))


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
def test_a_key_ends_the_program(screen: Desk, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    with shown(monkeypatch, screen) as each:
        pid = each.pid()
        screen.press(key)
        assert each.stopped.wait(5)
        until(lambda: Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z")  # its window is gone at once
        each.put(result(scenery()))  # still comes, until all has ended
        assert each.thread.is_alive()
        each.display.close()
        each.thread.join(5)
        assert each.error is None
        assert not Path(f"/proc/{pid}").exists()


def test_the_x_server_ends_and_takes_only_the_display_along(monkeypatch: pytest.MonkeyPatch) -> None:
    with desk() as other, shown(monkeypatch, other) as each:
        each.put(result(scenery()))
        until(lambda: each.display.report()["drawn"] > 0)
        other.process.kill()
        each.thread.join(5)
        assert isinstance(each.error, OutputError)
        assert "gone with the desktop or X server" in str(each.error)
        assert "detection goes on" in str(each.error)
        assert not each.stopped.is_set()
        each.put(result(scenery()))
        assert each.display.report()["driver"] is None
        with pytest.raises(OutputError, match=f"no desktop answers at DISPLAY={other.name}"):
            each.display.open()


@pytest.mark.slow
def test_a_window_that_nobody_sees_costs_nothing(screen: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with shown(monkeypatch, screen) as each:
        each.put(result(scenery()))
        until(lambda: same(screen.window(), drawn(scenery(), *WINDOW)))
        number, process = screen.number(), psutil.Process(each.pid())
        screen.show(number, False)
        time.sleep(0.3)
        used = sum(process.cpu_times()[:2])
        for shift in range(20):
            each.put(result(scenery(shift=shift)))
            time.sleep(0.1)
        assert sum(process.cpu_times()[:2]) - used < 0.15
        screen.show(number, True)
        until(lambda: same(screen.window(), drawn(scenery(shift=19), *WINDOW)))


@pytest.mark.slow
def test_it_opens_again_where_the_driver_crashed(screen: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with shown(monkeypatch, screen) as each:
        os.kill(each.pid(), signal.SIGSEGV)
        each.thread.join(5)
        assert "signal 11" in str(each.error)
        each.display.open()
        each.thread.__init__(target=each.display.run)  # type: ignore[misc]
        each.thread.start()
        each.put(result(scenery()))
        until(lambda: same(screen.window(), drawn(scenery(), *WINDOW)))


@pytest.mark.slow
def test_a_program_that_is_killed_leaves_no_window(screen: Desk) -> None:
    code = (
        "import time; from edgedet.config import Config; from edgedet.display.service import Display;"
        "from tests.display.desk import Cameras; d = Display(Config(), Cameras(), print); d.open();"
        "print(d._drawer._process.pid, flush=True); time.sleep(60)"
    )
    program = subprocess.Popen([sys.executable, "-c", code], env=screen.environ(), stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    pid = int(program.stdout.readline())
    program.kill()
    program.wait()
    program.stdout.close()

    def is_gone() -> bool:
        try:
            with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
                return file.read().split()[2] == "Z"
        except OSError:
            return True

    until(is_gone)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "there is no screen"),
        ({"DISPLAY": ":4711"}, "no desktop answers at DISPLAY=:4711"),
        ({"DISPLAY": ":4711", "WAYLAND_DISPLAY": "wayland-9"}, "DISPLAY=:4711 and WAYLAND_DISPLAY=wayland-9"),
        ({"SDL_VIDEODRIVER": "dummy"}, "SDL_VIDEODRIVER=dummy shows nothing here"),
        ({"SDL_VIDEODRIVER": "offscreen"}, "SDL_VIDEODRIVER=offscreen shows nothing here"),
    ],
)
def test_without_a_screen_it_says_so(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    if find_spec("pygame") is None:
        pytest.skip("needs pygame-ce: pip install edgedet[display]")
    if not environ and os.path.exists("/dev/dri"):  # noqa: PTH110
        pytest.skip("this machine has a console's screen")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(OutputError, match=words) as caught:
        Shown(Cameras())
    assert "leave out --display" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "Traceback" not in capfd.readouterr().err


def test_an_end_while_it_opens_is_no_error(screen: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", screen.name)
    display = Display(Config(), Cameras(), print)
    opening = threading.Thread(target=display.open)
    opening.start()
    until(lambda: display._drawer is not None)
    start = time.monotonic()
    display.close()
    opening.join(5)
    display.run()
    assert time.monotonic() - start < 1.8, "the program has two seconds for its end"
    assert display.report()["driver"] is None
