"""Whether a V4L2 device can be had: asked of its driver, without taking a picture."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

QUERYCAP = 0x80685600
REQBUFS = 0xC0145608
"""Requests of ``linux/videodev2.h``: ``VIDIOC_QUERYCAP`` and ``VIDIOC_REQBUFS``, alike on 32 and 64 bits."""
_CAPABILITIES, _DEVICE_CAPS = 84, 88  # offsets in struct v4l2_capability
_CAPTURE = 0x00000001
_HAS_DEVICE_CAPS = 0x80000000
_VIDEO_CAPTURE, _MMAP = 1, 1  # V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_MMAP


def state(device: Path, ioctl: Callable[..., Any]) -> str:
    """``free``, ``busy``, ``denied``, ``missing``, ``gone`` (its driver no longer has it) or ``no camera``.

    A buffer is asked for and given back: who streams from a device has them all, and the driver refuses.

    Args:
        device: ``/dev/video0``.
        ioctl: :func:`fcntl.ioctl`.
    """
    try:
        handle = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return _of(error)
    try:
        capability = bytearray(104)
        ioctl(handle, QUERYCAP, capability)
        every, own = struct.unpack_from("=II", capability, _CAPABILITIES)
        if not (own if every & _HAS_DEVICE_CAPS else every) & _CAPTURE:
            return "no camera"
        ioctl(handle, REQBUFS, _request(1))
        ioctl(handle, REQBUFS, _request(0))
    except OSError as error:
        return _of(error)
    finally:
        os.close(handle)
    return "free"


def _request(count: int) -> bytearray:
    """A struct v4l2_requestbuffers."""
    return bytearray(struct.pack("=IIIII", count, _VIDEO_CAPTURE, _MMAP, 0, 0))


def _of(error: OSError) -> str:
    known = {
        errno.ENOENT: "missing", errno.EACCES: "denied", errno.EPERM: "denied", errno.EBUSY: "busy",
        errno.ENOTTY: "no camera", errno.EINVAL: "no camera",
    }  # fmt: skip
    return known.get(error.errno or 0, "gone")
