"""The system calls a sandboxed interpreter may make, by number.

From the kernel's ``arch/x86/entry/syscalls/syscall_64.tbl`` and ``include/uapi/asm-generic/unistd.h`` (aarch64).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """A processor's system calls.

    Attributes:
        audit: AUDIT_ARCH_* of ``linux/audit.h``.
        calls: their numbers by name.
        beyond: from this number on they belong to another interface; 0: there is none.
    """

    audit: int
    calls: dict[str, int]
    beyond: int = 0


FREE = (
    *("read", "write", "close", "fstat", "lseek", "pread64", "poll", "ppoll", "dup", "dup2", "dup3", "memfd_create"),
    *("munmap", "mremap", "madvise", "brk", "getrandom", "membarrier"),
    *("futex", "set_robust_list", "rseq", "sched_yield", "sched_getaffinity", "getcpu", "gettid", "getpid"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall"),
    *("clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "sysinfo", "exit", "exit_group"),
)
"""Those it may make as it likes: on what is open, on its own memory, threads and signals, and on clocks."""


def _numbers(table: str) -> dict[str, int]:
    """A table of names, each followed by its number."""
    words = table.split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


X86_64 = Machine(
    audit=0xC000003E,
    calls=_numbers(
        """
        read 0  write 1  close 3  fstat 5  poll 7  lseek 8  mmap 9  mprotect 10  munmap 11  brk 12
        rt_sigaction 13  rt_sigprocmask 14  rt_sigreturn 15  pread64 17  sched_yield 24  mremap 25  madvise 28
        dup 32  dup2 33  nanosleep 35  getpid 39  clone 56  exit 60  fcntl 72  gettimeofday 96  sysinfo 99
        sigaltstack 131  gettid 186  futex 202  sched_getaffinity 204  restart_syscall 219  clock_gettime 228
        clock_getres 229  clock_nanosleep 230  exit_group 231  tgkill 234  ppoll 271  set_robust_list 273
        dup3 292  getcpu 309  getrandom 318  memfd_create 319  membarrier 324  rseq 334  clone3 435
        """
    ),
    beyond=0x40000000,  # the x32 interface
)

AARCH64 = Machine(
    audit=0xC00000B7,
    calls=_numbers(
        """
        dup 23  dup3 24  fcntl 25  close 57  lseek 62  read 63  write 64  pread64 67  ppoll 73  fstat 80
        exit 93  exit_group 94  futex 98  set_robust_list 99  nanosleep 101  clock_gettime 113  clock_getres 114
        clock_nanosleep 115  sched_getaffinity 123  sched_yield 124  restart_syscall 128  tgkill 131
        sigaltstack 132  rt_sigaction 134  rt_sigprocmask 135  rt_sigreturn 139  getcpu 168  gettimeofday 169
        getpid 172  gettid 178  sysinfo 179  brk 214  munmap 215  mremap 216  clone 220  mmap 222  mprotect 226
        madvise 233  getrandom 278  memfd_create 279  membarrier 283  rseq 293  clone3 435
        """
    ),
)

MACHINES = {"x86_64": X86_64, "aarch64": AARCH64}
"""By ``os.uname().machine``."""
