"""One case in a process of its own, of which nothing need be left: ``python -m tests.chaos.one NAME SEED``."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
import traceback
from pathlib import Path

import pytest

from tests.chaos.bed import Bed, Missing
from tests.chaos.case import cases


def main(name: str, seed: str) -> None:
    """Run it; the last line says ``[verdict, seen]`` in JSON: ``kept``, ``broken`` or ``not run``."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # what was mounted and started is put away first
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are started to ignore it
    case = cases()[name]
    try:
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder, Bed(Path(folder), f"{seed}/{name}") as bed:
            verdict, seen = "kept", case.look(bed)
    except (Missing, pytest.skip.Exception) as error:
        verdict, seen = "not run", str(error)
    except BaseException as error:
        traceback.print_exc()
        verdict, seen = "broken", " ".join(f"{type(error).__name__}: {error}".split())
    print(json.dumps([verdict, seen]))


if __name__ == "__main__":
    main(*sys.argv[1:])
