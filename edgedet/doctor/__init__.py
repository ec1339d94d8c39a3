"""``edgedet doctor``: what is wrong with this machine, its settings and its camera, and what mends it.

==============  ====================================================================
finding         what a check found, and how bad that is
context         what the checks look at
gather          a context of this very machine
command         other programs, which may crash
checks          the table of all checks
examine         runs them
report          their findings for people and for programs
==============  ====================================================================

The rest are the checks. Each is a function of a :class:`Context` that gives a :class:`Finding`, or several. None
changes anything. What may crash or hang when it is loaded is loaded in a child process. Nothing here imports NumPy when
it is itself imported: telling why NumPy can't be loaded is part of the work.
"""

from __future__ import annotations

from edgedet.doctor.checks import CHECKS, Check
from edgedet.doctor.context import Context
from edgedet.doctor.examine import examine
from edgedet.doctor.finding import Finding, Severity
from edgedet.doctor.gather import gather

__all__ = ["CHECKS", "Check", "Context", "Finding", "Severity", "examine", "gather"]
