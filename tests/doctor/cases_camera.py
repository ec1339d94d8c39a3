"""Camera modules and their packages, other cameras, encoder, model."""

from __future__ import annotations

import errno
import json
import os
import struct
from typing import Any

from edgedet.doctor.picamera import DEBIAN
from edgedet.doctor.video import QUERYCAP, REQBUFS
from tests.doctor.case import ERROR, NOTE, OK, WARNING, Case
from tests.doctor.cases_system import FOR_ONE_TOO, FOR_TWO
from tests.doctor.rig import Rig, free_port
from tests.places import ROOT

_NONE = "ModuleNotFoundError: No module named '{}'"
_SYMBOL = "ImportError: /usr/lib/x/_libcamera.so: undefined symbol: _ZN9libcamera8controls2AfE"
_PACKAGES = "ii  libcamera0.5 {}\nii  python3-libcamera {}\nii  libcamera-ipa {}\nun  libcamera-dev"


def _module(name: str, code: int = 0, err: str = "", out: str = "", there: bool = True):
    """A Pi on whose camera module's packages an import ends so."""

    def make(rig: Rig):
        if there:
            rig.write(f"{DEBIAN}/{name}/__init__.py")
        rig.answer("version_info", out="3.11").answer(f" {name} ", code, out, err)
        return rig.pi().set(source__uri="picam:").context()

    return make


def _pair(library: str, binding: str, code: int = 0):
    return lambda rig: (
        rig.set(source__uri="picam:").answer("dpkg-query", code, _PACKAGES.format(library, binding, library)).context()
    )


def _listed(uri: str, *models: str, code: int = 0, err: str = "", locked: str = ""):
    def make(rig: Rig):
        rig.answer(
            "global_camera_info", code, "log\n" + json.dumps([[model, f"/base/{model}"] for model in models]), err
        )
        if locked:
            media = rig.write("dev/media0").stat()
            device = f"{os.major(media.st_dev):02x}:{os.minor(media.st_dev):02x}:{media.st_ino}"
            rig.write("proc/locks", f"1: POSIX  ADVISORY  WRITE 812 {device} 0 EOF\n").touch()
            rig.process(812, *locked.split())
        return rig.pi().set(source__uri=uri).context()

    return make


class Device:
    """A V4L2 driver: answers :func:`fcntl.ioctl`."""

    def __init__(self, busy: bool = False, capture: bool = True) -> None:
        self.busy, self.capture = busy, capture

    def __call__(self, handle: int, request: int, argument: bytearray) -> int:
        if request == QUERYCAP:
            argument[84:92] = struct.pack("=II", 0x80000000, 1 if self.capture else 0x00800000)
        elif request == REQBUFS and self.busy:
            raise OSError(errno.EBUSY, "busy")
        return 0


def _device(device: Any, holder: str = "", there: bool = True):
    def make(rig: Rig):
        if there:
            rig.write("dev/video0")
        if holder:
            rig.process(55, *holder.split())
            (rig.root / "proc/55/fd").mkdir()
            (rig.root / "proc/55/fd/7").symlink_to("/dev/video0")
        return rig.set(source__uri="0").context(ioctl=device)

    return make


def _denied(rig: Rig):
    rig.write("dev/video0").chmod(0)
    if os.geteuid() == 0:  # root may open it all the same; what the driver says then is the same to us
        return rig.set(source__uri="/dev/video0").context(ioctl=_refuse)
    return rig.set(source__uri="/dev/video0").context()


def _refuse(*_: Any) -> int:
    raise PermissionError(errno.EACCES, "denied")


def _answers(rig: Rig):
    return rig.set(source__uri=f"rtsp://admin:hunter2@127.0.0.1:{rig.listen()}/live").context()


def _recording(tmp: Rig, **settings: Any) -> Rig:
    return tmp.set(storage__path=tmp.folder, **settings)


def _encoder(code: int, out: str = "", err: str = ""):
    return lambda rig: _recording(rig).answer("trial encoder", code, out, err).context()


def _broken_model(rig: Rig):
    file = rig.folder / "cut.tflite"
    file.write_bytes((ROOT / "models/starter-256-int8.tflite").read_bytes()[:4000])
    return rig.set(model__path=file).real()


def _wrong_card(rig: Rig):
    (rig.folder / "mine.tflite").write_bytes(b"not what the card says")
    (rig.folder / "mine.json").write_text(json.dumps({"sha256": "0" * 64}))
    return rig.set(model__path=rig.folder / "mine.tflite").real()


def _cost(ms: float):
    told = {"name": "m.tflite", "runtime": "litert 2.3.0", "threads": 4, "invoke_ms": ms, "invokes": 9}
    return lambda rig: rig.answer("trial model", out=json.dumps(told)).context()


CASES = [
    Case("simplejpeg", "loads", _module("simplejpeg", out="1.8.1"), OK, ("1.8.1",)),
    Case("simplejpeg", "not on a PC", lambda rig: rig.context(), NOTE, ("no Raspberry Pi",)),
    Case(
        "simplejpeg",
        "apt's, and pip's NumPy 2",
        _module("simplejpeg", 1, FOR_ONE_TOO),
        ERROR,
        ("built for NumPy 1, and NumPy 2 is here", "install --upgrade simplejpeg"),
    ),
    Case("simplejpeg", "pip's, and apt's NumPy 1", _module("simplejpeg", 1, FOR_TWO), ERROR, ("built for NumPy 2",)),
    Case("picamera2", "loads", _module("picamera2", out="0.3.31"), OK, ("0.3.31",)),
    Case("picamera2", "not on a PC", lambda rig: rig.context(), NOTE),
    Case(
        "picamera2",
        "not installed",
        _module("picamera2", 3, there=False),
        ERROR,
        ("apt install python3-picamera2",),
    ),
    Case(
        "picamera2", "not seen from the environment", _module("picamera2", 3), ERROR, ("include-system-site-packages",)
    ),
    Case("picamera2", "pip's alone", _module("picamera2", 1, _NONE.format("libcamera")), ERROR, ("python3-libcamera",)),
    Case(
        "picamera2", "undefined symbol", _module("picamera2", 1, _SYMBOL), ERROR, ("undefined symbol", "full-upgrade")
    ),
    Case(
        "picamera2", "for simplejpeg's sake", _module("picamera2", 1, f"simplejpeg\n{FOR_TWO}"), ERROR, ("simplejpeg",)
    ),
    Case("picamera2", "crashes", _module("picamera2", -11), ERROR, ("SIGSEGV",)),
    Case(
        "picamera2",
        "a Pi that wants none",
        lambda rig: rig.pi().answer(" picamera2 ", 3).context(),
        NOTE,
        ("python3-picamera2",),
    ),
    Case(
        "picamera2",
        "another Python than Debian's",
        lambda rig: (
            rig.write(f"{DEBIAN}/picamera2/__init__.py")
            and rig.set(source__uri="picam:").answer(" picamera2 ", 3).answer("version_info", out="3.13").context()
        ),
        ERROR,
        ("for Python 3.13", "/usr/bin/python3 -m venv --clear"),
    ),
    Case("libcamera", "a pair", _pair("0.5.2-1", "0.5.2-1"), OK, ("0.5.2-1",)),
    Case("libcamera", "an upgrade stopped half way", _pair("0.6.0-1", "0.5.2-1"), WARNING, ("0.6.0-1", "full-upgrade")),
    Case("libcamera", "not there", lambda rig: rig.set(source__uri="picam:").context(), ERROR, ("apt install",)),
    Case("camera", "a module", _listed("picam:", "imx708"), OK, ("imx708",)),
    Case("camera", "a module by its model", _listed("picam:imx219", "imx708", "imx219"), OK, ("imx219",)),
    Case("camera", "two, and an index of 5", _listed("picam:5", "imx708", "imx219"), ERROR, ("picam:1 imx219",)),
    Case("camera", "no module", _listed("picam:"), ERROR, ("ribbon cable",)),
    Case("camera", "picamera2 broken", _listed("picam:", code=1, err=_SYMBOL), ERROR, ("undefined symbol",)),
    Case(
        "camera",
        "a module in use",
        _listed("picam:", "imx708", locked="rpicam-vid -t 0"),
        ERROR,
        ("rpicam-vid (process 812)",),
    ),
    Case("camera", "a module we use", _listed("picam:", "imx708", locked="/opt/e/bin/edgedet run"), OK),
    Case("camera", "the test camera", _listed("picam:test?stall=3"), NOTE, ("test camera",)),
    Case("camera", "USB, free", _device(Device()), OK, ("/dev/video0: there, and free",)),
    Case("camera", "USB, busy", _device(Device(busy=True), "vlc"), ERROR, ("vlc (process 55)", "fuser -v /dev/video0")),
    Case("camera", "USB, ours", _device(Device(busy=True), "/v/bin/edgedet run"), OK, ("running edgedet",)),
    Case("camera", "USB, unplugged", _device(Device(), there=False), ERROR, ("no such camera", "plug it in")),
    Case("camera", "USB, only its descriptions", _device(Device(capture=False)), ERROR, ("no pictures",)),
    Case("camera", "USB, permission", _denied, ERROR, ("permission denied", "usermod -aG video cam")),
    Case("camera", "network, answers", _answers, OK, ("answers",)),
    Case(
        "camera",
        "network, refused",
        lambda rig: rig.set(source__uri=f"rtsp://admin:hunter2@127.0.0.1:{free_port()}/live").context(),
        ERROR,
        ("refused", "source.uri"),
    ),
    Case(
        "camera",
        "network, no such name",
        lambda rig: rig.set(source__uri="rtsp://admin:hunter2@camera.invalid/live").context(),
        ERROR,
        ("camera.invalid:554", "no such name"),
    ),
    Case(
        "camera",
        "no such file",
        lambda rig: rig.set(source__uri="/nowhere/film.mp4").context(),
        ERROR,
        ("no such file",),
    ),
    Case("camera", "the demo", lambda rig: rig.context(), NOTE, ("source.uri",)),
    Case("encoder", "really here", lambda rig: _recording(rig).real(), OK, ("films are made by",), slow=True),
    Case("encoder", "none works", _encoder(1, "record.encoder: no hardware encoder works here"), ERROR, ('"auto"',)),
    Case(
        "encoder",
        "PyAV broken",
        _encoder(1, "", "ImportError: libavcodec.so.61: no such file"),
        ERROR,
        ("reinstall av",),
    ),
    Case("encoder", "nothing is recorded", lambda rig: rig.context(), NOTE, ("storage.path",)),
    Case("card", "the bundled one", lambda rig: rig.real(), OK, ("unchanged",)),
    Case("card", "another file than its card's", _wrong_card, ERROR, ("sha256", "edgedet models pull"), slow=True),
    Case(
        "card",
        "no such file",
        lambda rig: rig.set(model__path="/nowhere.tflite").real(),
        ERROR,
        ("nowhere.tflite",),
        slow=True,
    ),
    Case(
        "model",
        "really here",
        lambda rig: rig.set(model__threads=1).real(),
        OK,
        ("ms an inference", "1 thread,", "litert"),
        slow=True,
    ),
    Case("model", "cut off", _broken_model, ERROR, ("cut.tflite", "edgedet models list")),
    Case("model", "slow", _cost(2500.0), WARNING, ("0.4 a second", "a smaller model")),
    Case("model", "crashes", lambda rig: rig.answer("trial model", -11).context(), ERROR, ("SIGSEGV",)),
    Case(
        "model",
        "runs in the camera",
        lambda rig: rig.set(model__path="/m/x.rpk").context(),
        NOTE,
        ("inside the camera",),
    ),
    Case(
        "model",
        "no delegate",
        lambda rig: rig.set(model__delegate="libedgetpu.so.1").real(),
        ERROR,
        ("libedgetpu.so.1", "delegate_fallback"),
        slow=True,
    ),
]
