"""Settings, system, packages."""

from __future__ import annotations

from datetime import UTC, datetime

from edgedet.doctor.command import Ran
from edgedet.doctor.gather import read_settings
from tests.doctor.case import ERROR, NOTE, OK, WARNING, Case
from tests.doctor.rig import Rig

BOOKWORM = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'
_MEMORY = (
    "MemTotal: 4000000 kB\nMemAvailable: {} kB\nSwapTotal: 200000 kB\nSwapFree: {} kB\n"
    "CmaTotal: {} kB\nCmaFree: {} kB\n"
)

FOR_ONE = "ImportError: numpy.core.multiarray failed to import\nAttributeError: _ARRAY_API not found"
"""What tflite-runtime 2.14 says under NumPy 2."""
FOR_ONE_TOO = (
    'File "simplejpeg/_jpeg.pyx", line 1, in init simplejpeg._jpeg\n'
    "ValueError: numpy.dtype size changed, may indicate binary incompatibility. "
    "Expected 96 from C header, got 88 from PyObject"
)
"""What simplejpeg 1.7 says under NumPy 2."""
FOR_TWO = FOR_ONE_TOO.replace("got 88", "got ?").replace("96", "88").replace("?", "96")
"""And what one would say that was built for NumPy 2 alone, under NumPy 1."""


def _settings(rig: Rig, text: str, mode: int = 0o640):
    file = rig.folder / "edgedet.toml"
    file.write_text(text)
    file.chmod(mode)
    config, problems, found = read_settings(file, {})
    return rig.context(settings=config, problems=problems, file=found, user="")


def _os(text: str):
    return lambda rig: rig.write("etc/os-release", text) and rig.context()


def _memory(available: int = 2_000_000, swap: int = 200_000, cma: int = 0, free: int = 0, **settings: str):
    def make(rig: Rig):
        rig.write("proc/meminfo", _MEMORY.format(available, swap, cma, free))
        return rig.set(**settings).context()

    return make


def _current(version: str, there: bool = True, running: str = ""):
    def make(rig: Rig):
        if there:
            rig.write(f"opt/edgedet/versions/{version}/bin/python")
        (rig.root / "opt/edgedet").mkdir(parents=True, exist_ok=True)
        (rig.root / "opt/edgedet/current").symlink_to(f"versions/{version}")
        if running:
            rig.process(77, f"/opt/edgedet/versions/{running}/bin/python", "/opt/edgedet/current/bin/edgedet", "run")
        return rig.context()

    return make


CASES = [
    Case("settings", "valid", lambda rig: _settings(rig, "[detect]\nconfidence = 0.4\n"), OK, ("valid",)),
    Case("settings", "no file", lambda rig: rig.context(), NOTE, ("defaults", "config init")),
    Case(
        "settings", "unknown key", lambda rig: _settings(rig, "[detect]\nconfidance = 1\n"), ERROR, ("confidance", ":2")
    ),
    Case("settings", "no TOML", lambda rig: _settings(rig, "detect = [\n"), ERROR, ("edgedet.toml",)),
    Case("settings", "everybody may write", lambda rig: _settings(rig, "", 0o666), WARNING, ("chmod o-w",)),
    Case(
        "settings",
        "a password everybody may read",
        lambda rig: _settings(rig, '[source]\nuri = "rtsp://admin:hunter2@10.0.0.7/live"\n', 0o644),
        WARNING,
        ("password", "chmod 640"),
    ),
    Case("machine", "64-bit", lambda rig: rig.context(), OK, ("aarch64",)),
    Case("machine", "32-bit userland", lambda rig: rig.context(bits=32), WARNING, ("64-bit kernel", "new card")),
    Case("machine", "32-bit kernel", lambda rig: rig.context(bits=32, machine="armv7l"), WARNING, ("armv7l", "tflite")),
    Case("system", "bookworm", _os(BOOKWORM), OK, ("bookworm",)),
    Case("system", "bullseye", _os(BOOKWORM.replace("12", "11")), ERROR, ("too old", "new card")),
    Case("system", "another system", _os('ID=ubuntu\nPRETTY_NAME="Ubuntu 24.04"\n'), NOTE, ("Ubuntu 24.04",)),
    Case("python", "3.11", lambda rig: rig.context(), OK, ("3.11",)),
    Case("python", "3.9", lambda rig: rig.context(python=(3, 9)), ERROR, ("too old",)),
    Case("python", "3.15", lambda rig: rig.context(python=(3, 15)), WARNING, ("newer", "/usr/bin/python3 -m venv")),
    Case("version", "the one that runs", _current("1.2", running="1.2"), OK, ("1.2, which runs",)),
    Case("version", "an old one runs", _current("1.3", running="1.2"), WARNING, ("1.2 runs", "restart edgedet")),
    Case("version", "leads nowhere", _current("1.3", there=False), ERROR, ("versions/1.3", "--upgrade")),
    Case("clock", "synchronised", lambda rig: rig.answer("timedatectl", out="yes").context(), OK),
    Case("clock", "not kept", lambda rig: rig.answer("timedatectl", out="no").context(), WARNING, ("set-ntp true",)),
    Case(
        "clock", "the kernel says", lambda rig: rig.context(kernel_clock=lambda: False), WARNING, ("not synchronised",)
    ),
    Case("clock", "nobody says", lambda rig: rig.context(kernel_clock=lambda: None), NOTE),
    Case(
        "clock",
        "1970",
        lambda rig: rig.context(now=lambda: datetime(1970, 1, 1, tzinfo=UTC)),
        ERROR,
        ("1970-01-01", "isn't set"),
    ),
    Case("memory", "enough", _memory(), OK, ("MB available",)),
    Case("memory", "hardly any", _memory(available=90_000), WARNING, ("close other programs",)),
    Case("memory", "swapped", _memory(swap=20_000), WARNING, ("swap in use",)),
    Case("cma", "enough", _memory(cma=262_144, free=200_000, source__uri="picam:"), OK, ("256 MB",)),
    Case("cma", "used up", _memory(cma=65_536, free=9_000, source__uri="picam:"), WARNING, ("cma-256", "config.txt")),
    Case("cma", "not needed", _memory(cma=65_536, free=9_000), OK),
    Case(
        "numpy",
        "there",
        lambda rig: rig.context(numpy=Ran(0, "2.1.0\n/v/numpy/__init__.py")),
        OK,
        ("2.1.0 from /v/numpy",),
    ),
    Case(
        "numpy",
        "not there",
        lambda rig: rig.context(numpy=Ran(1, "", "ModuleNotFoundError: No module named 'numpy'")),
        ERROR,
        ("isn't installed", "-m pip install numpy"),
    ),
    Case("numpy", "crashes", lambda rig: rig.context(numpy=Ran(-11)), ERROR, ("SIGSEGV", "--force-reinstall")),
    Case("opencv", "loads", lambda rig: rig.answer(" cv2 ", out="4.11").context(), OK, ("4.11",)),
    Case(
        "opencv", "not there", lambda rig: rig.answer(" cv2 ", 3).context(), ERROR, ("install opencv-python-headless",)
    ),
    Case("opencv", "hangs", lambda rig: rig.answer(" cv2 ", 124).context(), ERROR, ("hangs",)),
    Case("opencv", "for NumPy 1", lambda rig: rig.answer(" cv2 ", 1, err=FOR_ONE).context(), ERROR, ("'numpy<2'",)),
    Case(
        "opencv",
        "the desktop's",
        lambda rig: rig.answer(" cv2 ", 1, err="ImportError: libGL.so.1: cannot open shared object file").context(),
        ERROR,
        ("libGL.so.1", "uninstall -y opencv-python"),
    ),
    Case(
        "runtime",
        "LiteRT",
        lambda rig: rig.answer("ai_edge", out="2.3.0").answer("tflite_runtime", 3).context(),
        OK,
        ("ai-edge-litert 2.3.0",),
    ),
    Case(
        "runtime",
        "tflite-runtime under NumPy 2",
        lambda rig: rig.answer("ai_edge", 3).answer("tflite_runtime", 1, err=FOR_ONE).context(),
        ERROR,
        ("built for NumPy 1", "'numpy<2' 'opencv-python-headless<4.12'"),
    ),
    Case(
        "runtime",
        "neither",
        lambda rig: rig.answer("ai_edge", 3).answer("tflite_runtime", 3).context(),
        ERROR,
        ("neither", "install ai-edge-litert"),
    ),
    Case(
        "runtime",
        "32-bit, none",
        lambda rig: rig.answer("ai_edge", 3).answer("tflite_runtime", 3).context(bits=32, machine="armv7l"),
        ERROR,
        ("no 32-bit package", "edgedet[tflite]"),
    ),
    Case(
        "runtime",
        "32-bit, Python 3.13",
        lambda rig: rig.answer("ai_edge", 3).answer("tflite_runtime", 3).context(bits=32, python=(3, 13)),
        ERROR,
        ("no interpreter at all", "new card"),
    ),
    Case(
        "runtime",
        "crashes, and the other runs",
        lambda rig: rig.answer("ai_edge", -4).answer("tflite_runtime", out="2.14.0").context(),
        NOTE,
        ("SIGILL",),
    ),
    Case(
        "runtime",
        "not the one that is asked for",
        lambda rig: (
            rig.set(model__runtime="tflite-runtime").answer("ai_edge", out="2.3").answer("tflite_runtime", 3).context()
        ),
        ERROR,
        ("asks for tflite-runtime", 'model.runtime = "auto"'),
    ),
]
