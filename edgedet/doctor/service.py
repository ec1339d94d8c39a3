"""The systemd service, and whether what runs is what is installed."""

from __future__ import annotations

import re
from importlib.metadata import version as installed

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning
from edgedet.doctor.processes import own

OFTEN = 3
"""Restarts from which on it is worth a look."""
_VERSION = re.compile(r"/versions/([^/]+)/")
_PATH = re.compile(r"path=(\S+)")


def service(context: Context) -> Finding:
    """It is installed, runs, starts with the machine, and doesn't start over and over."""
    unit, facts = context.unit, context.unit.facts
    name = unit.name
    if not facts:
        return note("there is no systemd in charge here")
    if not unit.installed:
        return note(f"{name} isn't installed", "sudo deploy/install.sh")
    program = _PATH.search(facts.get("ExecStart", ""))
    if program and not (context.root / program[1].lstrip("/")).exists():
        return error(f"{name}: its program {program[1]} isn't there", "sudo deploy/install.sh --upgrade")
    state, restarts = facts.get("ActiveState", ""), int(facts.get("NRestarts") or 0)
    if state == "failed" or facts.get("SubState") == "auto-restart":
        why = _last_words(context) or facts.get("Result", "")
        return error(
            f"{name} failed: {why}",
            f"mend that, then: sudo systemctl reset-failed {name}; sudo systemctl restart {name}",
        )
    enabled = facts.get("UnitFileState", "") not in ("disabled", "masked")
    if state not in ("active", "activating", "reloading"):
        return note(f"{name} doesn't run", f"sudo systemctl enable --now {name}")
    if restarts >= OFTEN:
        return warning(
            f"{name} runs, after {restarts} restarts: {_last_words(context)}", f"journalctl -u {name} -p warning"
        )
    if not enabled:
        return warning(f"{name} runs, but won't start with the machine", f"sudo systemctl enable {name}")
    return ok(f"{name} is {state} and starts with the machine" + (f", {restarts} restarts" if restarts else ""))


def version(context: Context) -> Finding:
    """What runs is what is installed."""
    here = installed("edgedet")
    current = context.root / "opt/edgedet/current"
    if current.is_symlink():
        if not current.exists():
            return error(
                f"/opt/edgedet/current leads to {current.readlink()}, which isn't there",
                "sudo deploy/install.sh --upgrade",
            )
        here = current.resolve().name
    running = {pid: found[1] for pid, words in own(context).items() if (found := _VERSION.search(words[0]))}
    old = {pid: each for pid, each in running.items() if each != here}
    if old:
        return warning(
            f"edgedet {', '.join(sorted(set(old.values())))} runs, and {here} is installed",
            f"sudo systemctl restart {context.unit.name}",
        )
    return ok(f"edgedet {here}" + (", which runs" if running else ""))


def _last_words(context: Context) -> str:
    """The last line that the program itself logged as an error, else the last at all; not what systemd says of it."""
    command = ["journalctl", f"_SYSTEMD_UNIT={context.unit.name}", "-n", "1", "-o", "cat", "--no-pager"]
    for more in (["-p", "err"], []):
        ran = context.run([*command, *more], 5.0)
        if ran.code == 0 and ran.out and not ran.out.startswith("-- No entries"):
            return ran.out.splitlines()[-1].removeprefix("edgedet: error: ")
    return ""
