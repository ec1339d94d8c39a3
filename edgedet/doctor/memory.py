"""Memory, swap, and what is set aside for the camera."""

from __future__ import annotations

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, note, ok, warning
from edgedet.doctor.picamera import wanted

LEAST_MB = 200
"""Megabytes that should be available: about what edgedet takes with one camera and the bundled model."""
CMA_MB = 64
"""Megabytes of contiguous memory free for a camera module's buffers: some at 1280x720, and more at full size."""
SWAPPED = 0.5
"""The part of the swap space in use from which on the card is worn for want of memory."""


def memory(context: Context) -> Finding:
    """There is memory left, and it isn't made up for by the card."""
    facts = meminfo(context)
    if "MemTotal" not in facts:
        return note("there is no /proc/meminfo")
    available, total = facts.get("MemAvailable", facts.get("MemFree", 0)), facts["MemTotal"]
    swap, free = facts.get("SwapTotal", 0), facts.get("SwapFree", 0)
    text = f"{available:.0f} of {total:.0f} MB available"
    if available < LEAST_MB:
        return warning(text, "close other programs; systemctl --type=service --state=running lists them")
    if swap and (swap - free) / swap > SWAPPED:
        return warning(f"{text}; {swap - free:.0f} of {swap:.0f} MB swap in use", "close other programs, then reboot")
    return ok(text + (f", {swap - free:.0f} of {swap:.0f} MB swap in use" if swap else ", no swap"))


def contiguous(context: Context) -> Finding:
    """CMA, which the buffers of a camera module are made of."""
    facts = meminfo(context)
    if not facts.get("CmaTotal"):
        return note("this kernel sets none aside")
    free, total = facts.get("CmaFree", 0), facts["CmaTotal"]
    text = f"{free:.0f} of {total:.0f} MB free"
    if wanted(context) and free < CMA_MB:
        return warning(
            f"{text}: a camera module's buffers may not fit",
            "write dtoverlay=vc4-kms-v3d,cma-256 into /boot/firmware/config.txt in place of dtoverlay=vc4-kms-v3d, "
            "then reboot",
        )
    return ok(text)


def meminfo(context: Context) -> dict[str, float]:
    """``/proc/meminfo``, in MB; see ``proc_meminfo(5)``."""
    facts = {}
    for line in (context.text("proc/meminfo") or "").splitlines():
        name, _, value = line.partition(":")
        if value.strip().endswith("kB"):
            facts[name] = int(value.split()[0]) / 1024
    return facts
