"""What a start loads, and what it leaves alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.capture.clips import write_video

NOT_NEEDED = (
    "ssl",
    "urllib.request",
    "numpy.random",
    "numpy.ma",
    "imutils",
    "edgedet.capture.picam",
    "edgedet.governor.service",
    "edgedet.outbox",
    "edgedet.zoo.registry",
)
"""Each costs a start 3 to 30 ms on a workstation, several times that on a small board, and memory."""


_RUN = """
import sys
from edgedet.cli import main
try:
    main()
finally:
    print("LOADED", *sys.modules, file=sys.stderr)
"""


def _loaded(*arguments: object) -> set[str]:
    """Every module that is there when a run of the program ends."""
    command = [sys.executable, "-c", _RUN, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return set(done.stderr.rpartition("LOADED")[2].split())


def test_a_film_is_looked_at_without_what_it_does_not_need(tmp_path: Path) -> None:
    film = write_video(tmp_path / "film.mp4")
    loaded = _loaded("run", "--source", film, "--no-web", "--jsonl", "-", "--frames", 1, "--governor", "off")
    assert {"cv2", "av", "edgedet.inference.detector"} <= loaded
    assert not loaded & set(NOT_NEEDED)


def test_help_loads_no_library_for_pictures() -> None:
    assert not _loaded("--help") & {"numpy", "cv2", "av", "pydantic", "edgedet.config"}


def test_what_a_command_is_made_of_is_left_out_of_the_search_for_cycles() -> None:
    code = (
        "import gc, sys; from edgedet import cli; import click; "
        "found = cli.cli.get_command(click.Context(cli.cli), 'run'); "
        "first = gc.get_freeze_count(); cli.cli.get_command(click.Context(cli.cli), 'run'); "
        "print(found.name, gc.isenabled(), first > 50_000, gc.get_freeze_count() == first)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["run", "True", "True", "True"]


def test_ctrl_c_while_its_libraries_are_loaded_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    command = [sys.executable, "-m", "edgedet", "--help"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
