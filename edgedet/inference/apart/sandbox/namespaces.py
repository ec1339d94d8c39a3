"""A user, network, IPC and host name namespace of one's own: namespaces(7)."""

from __future__ import annotations

import ctypes
import os

_CLONE_NEWUTS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWNET = 0x04000000, 0x08000000, 0x10000000, 0x40000000


def leave() -> str:
    """Go where no network is; why it can't be, or an empty text.

    A distribution may forbid it to plain users, and edgedet's unit does (``RestrictNamespaces=``).
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC | _CLONE_NEWUTS):
        return os.strerror(ctypes.get_errno())
    return ""
