"""Classic BPF, as seccomp(2) takes it: just enough of it to look at a system call and answer."""

from __future__ import annotations

import struct

_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
"""BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_JMP|BPF_JGE|BPF_K, BPF_ALU|BPF_AND|BPF_K, BPF_RET|BPF_K."""

NUMBER, ARCHITECTURE = 0, 4
"""Where these stand in ``struct seccomp_data``."""
_ARGUMENTS = 16

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
"""SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ERRNO with the number in its low half."""

Program = list[bytes]
"""Instructions, ``struct sock_filter`` each."""


def load(offset: int) -> Program:
    """Take 32 bits of the call's data into the accumulator."""
    return [_instruction(_LOAD, offset)]


def answer(what: int) -> Program:
    """End with this answer."""
    return [_instruction(_RETURN, what)]


def if_equal(value: int, then: Program) -> Program:
    """``then``, if the accumulator has this value. It must end in an answer where it changes the accumulator."""
    return [_instruction(_EQUAL, value, 0, len(then)), *then]


def unless_equal(value: int, then: Program) -> Program:
    """``then``, if the accumulator has another value."""
    return [_instruction(_EQUAL, value, len(then), 0), *then]


def if_at_least(value: int, then: Program) -> Program:
    """``then``, if the accumulator has at least this value."""
    return [_instruction(_AT_LEAST, value, 0, len(then)), *then]


def argument(number: int, mask: int, value: int, then: int, otherwise: int) -> Program:
    """End with ``then`` if the low 32 bits of an argument, masked, have this value; else with ``otherwise``.

    Little-endian, as all processors are that edgedet runs on.
    """
    return [
        *load(_ARGUMENTS + 8 * number),
        _instruction(_AND, mask),
        *if_equal(value, answer(then)),
        *answer(otherwise),
    ]


def _instruction(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)
