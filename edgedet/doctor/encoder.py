"""What makes films of pictures that don't come encoded."""

from __future__ import annotations

import json

from edgedet.doctor.command import LATE
from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning
from edgedet.doctor.model import attempt
from edgedet.doctor.packages import said

_REMEDY = 'set record.encoder = "auto" or "never" (pictures without films)'


def encoder(context: Context) -> Finding:
    """An H.264 encoder works: the hardware's, or libx264."""
    config = context.config
    record = config.record
    if config.storage.path is None:
        return note("nothing is recorded: storage.path isn't set")
    if record.encoder == "never" or not (record.clips or record.continuous):
        return note("no films are made, as record.encoder or record.clips says")
    ran = attempt(context, "encoder", record, 30.0)
    if ran.code == LATE:
        return warning("no encoder was found within 30 s: it hangs, or this machine is very busy", _REMEDY)
    if ran.code == 1 and ran.out and not ran.err:
        return error(ran.out.splitlines()[-1], _REMEDY)
    if ran.code != 0:
        return error(f"PyAV, which encodes, can't be used: {said(ran)}", f"{context.pip} install --force-reinstall av")
    return ok(f"films are made by {json.loads(ran.out.splitlines()[-1])['why']}")
