"""What a program and all its children have used, seen from outside: the same way for every loop."""

from __future__ import annotations

import psutil


def processes(pid: int) -> list[psutil.Process]:
    """It and its descendants, those of them that are still there."""
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(pid: int) -> float:
    """Of all threads of all of them, in user and kernel mode, those of children that have ended too."""
    total = 0.0
    for process in processes(pid):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def memory_mb(pid: int) -> float:
    """Resident memory in MiB; pages that several of them share count once (proportional set size)."""
    total = 0
    for process in processes(pid):
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20
