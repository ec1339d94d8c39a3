from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

SAY = (
    "import logging; from edgedet.cli.logs import setup; setup('info'); log = logging.getLogger('edgedet.x'); "
    "log.debug('no'); log.info('hello %d', 1); log.warning('two\\nlines'); "
    "logging.getLogger('aioice.ice').info('Check CandidatePair')"
)


def test_short_lines_without_colour_in_a_file(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SAY], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\d\d:\d\d:\d\d info hello 1\n\d\d:\d\d:\d\d warning two\nlines\n", done.stderr)
    assert done.stdout == ""


def test_the_journals_form_where_stderr_is_the_journal(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    with file.open("w") as stream:
        place = os.fstat(stream.fileno())
        env = os.environ | {"JOURNAL_STREAM": f"{place.st_dev}:{place.st_ino}"}
        subprocess.run([sys.executable, "-c", SAY], stderr=stream, env=env, check=True)
    assert file.read_text() == "<6>hello 1\n<4>two\n<4>lines\n"
    # inherited by a shell whose stderr is another
    done = subprocess.run([sys.executable, "-c", SAY], capture_output=True, text=True, env=env, check=True)
    assert "<6>" not in done.stderr


def on_a_terminal(env: dict[str, str]) -> str:
    master, slave = pty.openpty()
    subprocess.run([sys.executable, "-c", SAY], stderr=slave, env=env, check=True)
    text = os.read(master, 4096).decode()
    os.close(slave)
    os.close(master)
    return text


def test_colour_on_a_terminal_unless_unwanted() -> None:
    plain = {name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "JOURNAL_STREAM")}
    assert "\x1b[33mwarning\x1b[0m two" in on_a_terminal(plain)
    assert "\x1b" not in on_a_terminal(plain | {"NO_COLOR": "1"})
