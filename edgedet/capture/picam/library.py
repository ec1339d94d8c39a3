"""Finding picamera2, and saying what is wrong where it can't be imported."""

from __future__ import annotations

from typing import Any

from edgedet.errors import SourceError

_VENV = "an environment made with python3 -m venv --system-site-packages"


def load_picamera2() -> Any:
    """The class picamera2.Picamera2.

    Raises:
        SourceError: it isn't visible here, or what it needs doesn't fit together; with what to do.
    """
    try:
        from picamera2 import Picamera2
    except ModuleNotFoundError as error:
        raise SourceError(
            f"{error.name or 'picamera2'} isn't visible to this Python; it comes with Debian's package: sudo apt "
            f"install python3-picamera2, then {_VENV}"
        ) from None
    except Exception as error:  # what a broken installation raises is anybody's guess
        raise SourceError(_broken(error)) from None
    return Picamera2


def _broken(error: Exception) -> str:
    """Why picamera2 is here but can't be imported: nearly always parts that were built for one another's versions."""
    said = " ".join(str(error).split()) or type(error).__name__
    if "numpy.dtype size changed" in said or "numpy.core.multiarray" in said or "_ARRAY_API" in said:
        return (
            f"picamera2 doesn't fit this NumPy ({said}); the system's packages want the system's NumPy: "
            "pip uninstall numpy simplejpeg in this environment, or pip install 'numpy<2'"
        )
    if isinstance(error, ImportError) and ("undefined symbol" in said or "libcamera" in said or ".so" in said):
        return (
            f"picamera2 and libcamera don't fit together ({said}); bring both to one state: sudo apt update && sudo "
            "apt full-upgrade, and remove libcamera or picamera2 that pip installed or you built yourself"
        )
    return (
        f"picamera2 can't be imported ({type(error).__name__}: {said}); sudo apt install --reinstall python3-picamera2"
    )
