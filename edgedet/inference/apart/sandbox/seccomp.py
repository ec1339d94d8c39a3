"""The filter of system calls: seccomp(2)."""

from __future__ import annotations

import ctypes
import errno
import os
import sys

from edgedet.inference.apart.sandbox.bpf import (
    ALLOW,
    ARCHITECTURE,
    ERRNO,
    KILL,
    NUMBER,
    Program,
    answer,
    argument,
    if_at_least,
    if_equal,
    load,
    unless_equal,
)  # fmt: skip
from edgedet.inference.apart.sandbox.syscalls import FREE, MACHINES, Machine

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 22, 38, 2

_CLONE_THREAD = 0x00010000
_PROT_EXEC = 0x4
_F_DUPFD_CLOEXEC = 1030
_WHOLE = 0xFFFFFFFF

DENIED = ERRNO | errno.EPERM


class _Filter(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def install() -> None:
    """Filter this thread's system calls, and those of the threads it starts, from now on.

    Raises:
        OSError: there are no numbers for this processor, or the kernel has no such filter.
    """
    name = os.uname().machine
    if name not in MACHINES or sys.maxsize < 2**32:
        raise OSError(f"no filter of system calls is known for {name} with this Python; for x86_64 and aarch64 one is")
    program = filter_for(MACHINES[name], os.getpid())
    code = b"".join(program)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    given = _Filter(len(program), code)
    if libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(given)):
        raise OSError(ctypes.get_errno(), f"the kernel takes no filter: {os.strerror(ctypes.get_errno())}")


def filter_for(machine: Machine, pid: int) -> Program:
    """The filter, as a program.

    What isn't listed fails with EPERM: a library that only asks goes on without. A call of another processor's
    interface ends the process, as its numbers mean something else.

    Args:
        machine: whose numbers they are.
        pid: of this process, the only one it may send a signal to: abort(3) does.
    """
    calls = machine.calls
    program = [*load(ARCHITECTURE), *unless_equal(machine.audit, answer(KILL)), *load(NUMBER)]
    if machine.beyond:
        program += if_at_least(machine.beyond, answer(KILL))
    for name in FREE:
        if name in calls:  # some processors have only the newer of two
            program += if_equal(calls[name], answer(ALLOW))
    no_new_code = argument(2, _PROT_EXEC, 0, ALLOW, DENIED)
    program += if_equal(calls["mmap"], no_new_code)
    program += if_equal(calls["mprotect"], no_new_code)
    program += if_equal(calls["clone"], argument(0, _CLONE_THREAD, _CLONE_THREAD, ALLOW, DENIED))
    program += if_equal(calls["clone3"], answer(ERRNO | errno.ENOSYS))  # flags in memory; C libraries then use clone
    program += if_equal(calls["tgkill"], argument(0, _WHOLE, pid, ALLOW, DENIED))
    program += if_equal(calls["fcntl"], argument(1, _WHOLE, _F_DUPFD_CLOEXEC, ALLOW, DENIED))
    return [*program, *answer(DENIED)]
