"""Accelerators: Coral's Edge TPU, Hailo's modules, and the IMX500 camera that detects by itself.

Each is looked at where the settings want it; one that is plugged in and isn't used is told of.
"""

from __future__ import annotations

from collections.abc import Iterator

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning

CORAL_USB = {("1a6e", "089a"), ("18d1", "9302")}
"""USB identities of a Coral, before and after its firmware is loaded (libedgetpu, ``99-edgetpu-accelerator.rules``)."""
_LOAD = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"


def accelerators(context: Context) -> Iterator[Finding]:
    """A finding for each accelerator that is wanted or here."""
    config = context.config
    delegate, model = config.model.delegate, str(config.model.path or "")
    kinds = {
        "coral": ("edgetpu" in delegate, has_coral(context), _coral),
        "hailo": ("hailo" in delegate or model.endswith(".hef"), (context.root / "dev/hailo0").exists(), _hailo),
        "imx500": (model.endswith(".rpk"), False, _imx500),
    }
    found = False
    for name, (wanted, here, look) in kinds.items():
        if wanted:
            found = True
            yield look(context)
        elif here:
            found = True
            yield note(f"{name}: plugged in, and not used: model.delegate and model.path don't name it")
    if not found and delegate:
        yield _library(context, delegate)
    elif not found:
        yield note("none is set")


def has_coral(context: Context) -> bool:
    """Whether a Coral is plugged in, at USB or PCIe."""
    if (context.root / "dev/apex_0").exists():
        return True
    identities = (
        (context.text(f"{folder}/idVendor"), context.text(f"{folder}/idProduct"))
        for folder in (each.relative_to(context.root) for each in (context.root / "sys/bus/usb/devices").glob("[0-9]*"))
    )
    return any(each in CORAL_USB for each in identities)


def _coral(context: Context) -> Finding:
    if not has_coral(context):
        return error(
            "coral: set, and not plugged in: no /dev/apex_0 and no USB device of its kind",
            "plug it into a blue (USB 3) port; PCIe: install gasket-dkms and reboot",
        )
    loaded = _library(context, context.config.model.delegate)
    if loaded.fix:
        return loaded
    version = _package(context, "libedgetpu1-std") or _package(context, "libedgetpu1-max")
    return ok(f"coral: here, libedgetpu {version or 'not from a package'}")


def _library(context: Context, library: str) -> Finding:
    ran = context.python("-c", _LOAD, library)
    if ran.code != 0:
        return error(
            f"model.delegate {library} can't be loaded: {ran.end}",
            "sudo apt install libedgetpu1-std" if "edgetpu" in library else "give the whole path of the library",
        )
    return ok(f"model.delegate {library} loads")


def _hailo(context: Context) -> Finding:
    if not (context.root / "dev/hailo0").exists():
        return error("hailo: set, and there is no /dev/hailo0", "sudo apt install hailo-all && sudo reboot")
    driver = context.text("sys/module/hailo_pci/version")
    library = _package(context, "hailort")
    if library is None:
        return error("hailo: its library hailort isn't installed", "sudo apt install hailo-all && sudo reboot")
    if driver is None:
        return warning(f"hailo: hailort {library}; the driver doesn't tell its version", "sudo apt install hailo-all")
    if driver.partition("-")[0] != library.partition("-")[0]:
        return error(
            f"hailo: driver {driver} and library {library} differ: they have to be one version",
            "sudo apt update && sudo apt install --reinstall hailo-all hailort hailo-dkms && sudo reboot",
        )
    return ok(f"hailo: driver and library {driver}")


def _imx500(context: Context) -> Finding:
    missing = [name for name in ("imx500-firmware", "imx500-tools") if _package(context, name) is None]
    if missing:
        return error(f"imx500: {' and '.join(missing)} not installed", "sudo apt install imx500-all && sudo reboot")
    return ok(f"imx500: firmware {_package(context, 'imx500-firmware')}")


def _package(context: Context, name: str) -> str | None:
    """The version of a Debian package; None: it isn't installed."""
    ran = context.run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Version}", name], 5.0)
    status, _, version = ran.out.partition(" ")
    return version.strip() if ran.code == 0 and status.startswith("ii") else None
