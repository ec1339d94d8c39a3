"""The model: what is said of it, whether it runs, and what it costs."""

from __future__ import annotations

import json
from typing import Any

from edgedet.doctor.command import LATE, Ran
from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning
from edgedet.doctor.processes import own

LOAD = 60.0
"""Seconds for a model that was never seen before: it is tried in a child of that child first."""
SLOW = 1.0
"""Frames a second below which somebody who walks by may not be seen."""
CHOOSE = "edgedet models list shows others"


def attempt(context: Context, what: str, given: Any, timeout: float) -> Ran:
    """Try something in a child; see :mod:`edgedet.doctor.trial`."""
    return context.python("-m", "edgedet.doctor.trial", what, given.model_dump_json(), timeout=timeout)


def card(context: Context) -> Finding:
    """The model's file is the one its card speaks of."""
    ran = attempt(context, "card", context.config.model, 20.0)
    if ran.code == LATE:
        return warning("the model's file wasn't read within 20 s: it hangs, or this machine is very busy", CHOOSE)
    if ran.code != 0:
        return error(_why(ran), f"get it again: edgedet models pull NAME; {CHOOSE}")
    known = json.loads(ran.out.splitlines()[-1])
    name = f"{known['name']}, sha256 {known['sha256'][:12]}"
    if known["bundled"]:
        return ok(f"{name}: comes with edgedet, unchanged")
    if known["checked"]:
        return ok(f"{name}: as its card says")
    if known["card"]:
        return note(f"{name}: its card names no checksum")
    return note(f"{name}: has no card: what its input and outputs mean is taken from the file alone")


def cost(context: Context) -> Finding:
    """The model runs; what an inference costs, and with what."""
    path = context.config.model.path
    if path is not None and path.suffix.lower() == ".rpk":
        return note(f"{path.name}: runs inside the camera, so it isn't timed here")
    ran = attempt(context, "model", context.config.model, LOAD)
    if ran.code == LATE:
        return warning(f"the model wasn't loaded within {LOAD:.0f} s: it hangs, or this machine is very busy", CHOOSE)
    if ran.code != 0:
        delegate = context.config.model.delegate
        remedy = f"see above for {delegate}, or set model.delegate_fallback = true" if delegate in _why(ran) else CHOOSE
        return error(_why(ran), remedy if delegate else CHOOSE)
    told = json.loads(ran.out.splitlines()[-1])
    fps = 1000 / told["invoke_ms"]
    busy = ", beside the running edgedet" if own(context) else ""
    text = (
        f"{told['name']}: {told['invoke_ms']:.1f} ms an inference, {fps:.1f} a second at most "
        f"({told['runtime']}, {told['threads']} thread{'s' if told['threads'] > 1 else ''}, "
        f"median of {told['invokes']}{busy})"
    )
    if fps < SLOW:
        return warning(text, f"a smaller model: {CHOOSE}")
    return ok(text)


def _why(ran: Ran) -> str:
    if ran.code == 1 and ran.out:
        return ran.out.splitlines()[-1]
    return f"the model can't be tried: it {ran.end}" if ran.code < 0 else f"the model can't be tried: {ran.end}"
