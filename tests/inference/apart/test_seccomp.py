"""The filter, run by a machine of our own: for every processor, on any."""

from __future__ import annotations

import errno
import struct

import pytest

from edgedet.inference.apart.sandbox.bpf import ALLOW, ERRNO, KILL, Program
from edgedet.inference.apart.sandbox.seccomp import DENIED, filter_for
from edgedet.inference.apart.sandbox.syscalls import FREE, MACHINES, Machine

PID = 4321
ENOSYS = ERRNO | errno.ENOSYS


def judge(program: Program, audit: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """What the kernel would answer."""
    data = struct.pack("<IIQ6Q", number, audit, 0, *(*arguments, *[0] * (6 - len(arguments))))
    at = accumulator = 0
    while True:
        code, then, otherwise, value = struct.unpack("=HBBI", program[at])
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x54:
            accumulator &= value
        elif code == 0x15:
            at += then if accumulator == value else otherwise
        elif code == 0x35:
            at += then if accumulator >= value else otherwise
        else:
            assert code == 0x06
            return int(value)


@pytest.fixture(params=sorted(MACHINES))
def machine(request: pytest.FixtureRequest) -> Machine:
    return MACHINES[request.param]


def test_only_what_is_listed_is_free(machine: Machine) -> None:
    program = filter_for(machine, PID)
    free = {number for number in range(1024) if judge(program, machine.audit, number, (0, 0, 7)) == ALLOW}
    assert free == {machine.calls[name] for name in FREE if name in machine.calls}


def test_calls_with_arguments(machine: Machine) -> None:
    program, calls = filter_for(machine, PID), machine.calls

    def of(name: str, *arguments: int) -> int:
        return judge(program, machine.audit, calls[name], arguments)

    assert of("mmap", 0, 4096, 0b011) == ALLOW
    assert of("mmap", 0, 4096, 0b101) == of("mprotect", 0, 4096, 0b111) == DENIED
    assert of("clone", 0x3D0F00) == ALLOW  # what pthread_create(3) asks for
    assert of("clone", 17) == DENIED  # what fork(2) asks for
    assert of("clone3") == ENOSYS
    assert of("tgkill", PID, PID, 6) == ALLOW
    assert of("tgkill", PID - 1, PID - 1, 9) == DENIED
    assert of("fcntl", 1, 1030) == ALLOW
    assert of("fcntl", 1, 4) == DENIED


def test_another_processor_ends_the_process(machine: Machine) -> None:
    program = filter_for(machine, PID)
    for audit in (0x40000003, 0x40000028, machine.audit + 1, machine.audit - 1):
        assert judge(program, audit, machine.calls["read"]) == KILL


def test_x32_ends_the_process() -> None:
    machine = MACHINES["x86_64"]
    assert judge(filter_for(machine, PID), machine.audit, 0x40000000) == KILL


def test_it_is_short_enough(machine: Machine) -> None:
    assert len(filter_for(machine, PID)) < 4096  # BPF_MAXINSNS
