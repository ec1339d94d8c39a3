"""What a process may still do that runs a model nobody vouches for: compute, in memory it has been given.

Of the layers the filter of system calls must be had, the others should be.

====================== =========================================================================================
:mod:`.seccomp`        no system calls but those of computing: no file, socket, process or program can be opened
:mod:`.landlock`       no place in the file system, no port, no signal: the same again, by other means
:mod:`.namespaces`     a network of its own, without any interface
:mod:`.limits`         how much memory, how many open files and threads
====================== =========================================================================================

What it doesn't keep: a model may still compute for ever (its parent ends what doesn't answer), find nothing or wrong
things, and use whatever the kernel or the processor lets through.
"""

from __future__ import annotations

from pathlib import Path

from edgedet.inference.apart.sandbox import landlock, limits, namespaces, seccomp


def enter(threads: int) -> tuple[list[str], list[str]]:
    """Take everything from this process that isn't needed to compute, for good.

    Args:
        threads: how many the interpreter will start.

    Returns:
        The layers that stand now, and those that can't be had here, each with the reason.

    Raises:
        OSError: the filter can't be had, without which this is no sandbox.
    """
    running = sum(1 for _ in Path("/proc/self/task").iterdir())
    if running != 1:  # a filter is for the thread that installs it and those it starts
        raise OSError(f"{running} threads run already, and would be outside of it")
    layers, missing = ["limits"], []
    alone = namespaces.leave()
    limits.apply(threads, own_namespace=not alone)
    for name, reason in (("namespaces", alone), ("landlock", landlock.restrict())):
        if reason:
            missing.append(f"{name} ({reason})")
        else:
            layers.append(name)
    seccomp.install()
    return [*layers, "seccomp"], missing
