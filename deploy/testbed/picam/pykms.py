"""Stands in for the binding to the kernel's display: picamera2 imports it, and nothing is shown here."""

from __future__ import annotations

from typing import Any


class _Names(type):
    def __getattr__(cls, name: str) -> None:
        return None


class PixelFormat(metaclass=_Names):
    """Pixel formats by their names: picamera2 makes a table of them."""


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (), {})
