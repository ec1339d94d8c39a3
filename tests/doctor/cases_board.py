"""Heat, power, groups, accelerators."""

from __future__ import annotations

from tests.doctor.case import ERROR, NOTE, OK, WARNING, Case
from tests.doctor.rig import Rig


def _degrees(degrees: float):
    return lambda rig: rig.write("sys/class/thermal/thermal_zone0/temp", f"{degrees * 1000:.0f}\n") and rig.context()


def _bits(bits: int):
    return lambda rig: rig.pi().bits(bits).context()


def _supply(milliamperes: int):
    def make(rig: Rig):
        rig.pi("Raspberry Pi 5 Model B Rev 1.0").bits(0)
        rig.write("proc/device-tree/chosen/power/max_current", milliamperes.to_bytes(4, "big"))
        return rig.context()

    return make


def _groups(groups: str, gpio: bool = False, user: str = "cam", code: int = 0):
    def make(rig: Rig):
        for device in ("dev/video0", "dev/dri/renderD128", "dev/gpiochip0"):
            rig.write(device).chmod(0o660)
        rig.answer("id -nG", code, groups)
        return (rig.set(gpio__led="17") if gpio else rig).context(user=user)

    return make


def _coral(library: bool, plugged: bool = True):
    def make(rig: Rig):
        if plugged:
            rig.write("sys/bus/usb/devices/2-1/idVendor", "18d1\n")
            rig.write("sys/bus/usb/devices/2-1/idProduct", "9302\n")
        rig.answer("ctypes.CDLL", 0 if library else 1, err="OSError: libedgetpu.so.1: cannot open shared object file")
        return rig.answer("libedgetpu1-std", out="ii  16.0").set(model__delegate="libedgetpu.so.1").context()

    return make


def _hailo(driver: str, library: str, there: bool = True):
    def make(rig: Rig):
        if there:
            rig.write("dev/hailo0")
            rig.write("sys/module/hailo_pci/version", f"{driver}\n")
        rig.answer("hailort", 0 if library else 1, f"ii  {library}")
        return rig.set(model__path="/usr/share/hailo-models/yolov8s.hef").context()

    return make


def _imx500(installed: bool):
    return lambda rig: (
        rig.answer("imx500-", 0 if installed else 1, "ii  1.2")
        .set(model__path="/usr/share/imx500/nanodet.rpk")
        .context()
    )


CASES = [
    Case("temperature", "cool", _degrees(48), OK, ("48 C",)),
    Case("temperature", "hot", _degrees(77), WARNING, ("77 C", "heat sink")),
    Case("temperature", "too hot", _degrees(83), WARNING, ("slows itself down",)),
    Case("temperature", "no sensor", lambda rig: rig.context(), NOTE),
    Case("throttled", "never", _bits(0), OK),
    Case("throttled", "now", _bits(0x4), WARNING, ("throttled", "fan")),
    Case("throttled", "not a Pi", lambda rig: rig.context(), NOTE),
    Case("power", "enough", _supply(5000), OK, ("5 A",)),
    Case("power", "undervoltage", _bits(0x1), WARNING, ("right now", "supply")),
    Case("power", "undervoltage before", _bits(0x10000), WARNING, ("since boot",)),
    Case("power", "3 A for a Pi 5", _supply(3000), WARNING, ("offers 3 A", "27 W")),
    Case("power", "not a Pi", lambda rig: rig.context(), NOTE),
    Case("groups", "in all", _groups("cam video render"), OK, ("video, render",)),
    Case("groups", "not in video", _groups("cam render"), WARNING, ("not in video", "usermod -aG video cam")),
    Case("groups", "not in gpio", _groups("cam video render", gpio=True), WARNING, ("usermod -aG gpio cam",)),
    Case("groups", "no such user", _groups("", user="edgedet", code=1), WARNING, ("no such user",)),
    Case("groups", "root", _groups("root", user="root"), NOTE, ("install.sh",)),
    Case("accelerator", "none", lambda rig: rig.context(), NOTE, ("none is set",)),
    Case("accelerator", "Coral", _coral(True), OK, ("libedgetpu 16.0",)),
    Case("accelerator", "Coral, no library", _coral(False), ERROR, ("cannot open", "apt install libedgetpu1-std")),
    Case("accelerator", "Coral, unplugged", _coral(True, plugged=False), ERROR, ("not plugged in", "USB 3")),
    Case("accelerator", "Coral, not used", lambda rig: rig.write("dev/apex_0") and rig.context(), NOTE, ("not used",)),
    Case("accelerator", "Hailo", _hailo("4.23.0", "4.23.0"), OK, ("4.23.0",)),
    Case("accelerator", "Hailo, two versions", _hailo("4.23.0", "4.22.0-1"), ERROR, ("4.23.0", "4.22.0", "reinstall")),
    Case(
        "accelerator", "Hailo, no driver", _hailo("", "", there=False), ERROR, ("/dev/hailo0", "apt install hailo-all")
    ),
    Case("accelerator", "Hailo, no library", _hailo("4.23.0", ""), ERROR, ("hailort isn't installed",)),
    Case("accelerator", "IMX500", _imx500(True), OK, ("firmware 1.2",)),
    Case("accelerator", "IMX500, no firmware", _imx500(False), ERROR, ("apt install imx500-all",)),
    Case(
        "accelerator",
        "another delegate, really missing",
        lambda rig: rig.set(model__delegate="libnowhere.so").real(),
        ERROR,
        ("libnowhere.so", "cannot open shared object"),
    ),
]
