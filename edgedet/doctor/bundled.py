"""The doctor's findings in the bundle that somebody is asked for who asks for help."""

from __future__ import annotations

from dataclasses import replace

from edgedet.control import Control
from edgedet.doctor.examine import examine
from edgedet.doctor.gather import gather
from edgedet.doctor.report import as_text

LEFT_OUT = ("model",)
"""Checks that would take the running camera's processors from it; what an inference costs is in its own report."""


def bundled(control: Control) -> str:
    """What the doctor says of the running program, with its settings in force.

    Args:
        control: the running program.
    """
    context = gather(control.settings.file)
    return as_text(examine(replace(context, settings=control.settings.config), without=LEFT_OUT))
