"""Landlock (landlock(7)): a ruleset that handles everything the kernel knows of, and allows nothing."""

from __future__ import annotations

import ctypes
import os

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
"""System calls; their numbers are the same on every processor."""

_CREATE_RULESET_VERSION = 1
_PR_SET_NO_NEW_PRIVS = 38

_FILES = {1: 13, 2: 14, 3: 15, 5: 16}
"""From each version on, how many rights of the file system there are: from execute to, at last, ioctl on devices."""
_NETWORK_SINCE, _NETWORK = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11


class _Ruleset(ctypes.Structure):
    """``struct landlock_ruleset_attr``."""

    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


def restrict() -> str:
    """Allow this thread, and those it starts, no file, no port and no signal to others; why not, or an empty text."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _CREATE_RULESET_VERSION)
    if version < 1:
        return os.strerror(ctypes.get_errno())
    ruleset, size = _everything(version)
    fd = libc.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), 0)
    if fd < 0:
        return os.strerror(ctypes.get_errno())
    try:
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return os.strerror(ctypes.get_errno()) if libc.syscall(_RESTRICT_SELF, fd, 0) else ""
    finally:
        os.close(fd)


def _everything(version: int) -> tuple[_Ruleset, int]:
    """A ruleset of all that a version of the interface knows, and its size there."""
    rights = max(count for since, count in _FILES.items() if since <= version)
    ruleset = _Ruleset((1 << rights) - 1, 0, 0)
    size = 8
    if version >= _NETWORK_SINCE:
        ruleset.network, size = _NETWORK, 16
    if version >= _SCOPES_SINCE:
        ruleset.scopes, size = _SCOPES, 24
    return ruleset, size
