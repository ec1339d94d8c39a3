from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from edgedet.cli import COMMANDS
from edgedet.cli.manpage import escape, manpage
from edgedet.keys import KEYS

LINTERS = {
    "groff": ["groff", "-man", "-ww", "-Tutf8"],
    "mandoc": ["mandoc", "-T", "lint", "-W", "style"],
    "man": ["man", "--warnings", "-E", "UTF-8", "-l"],
}


@pytest.fixture(scope="module")
def page() -> str:
    return manpage()


@pytest.mark.parametrize("tool", LINTERS)
def test_its_readers_find_nothing_wrong(page: str, tool: str, tmp_path: Path) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"needs {tool}")
    (tmp_path / "edgedet.1").write_text(page)
    done = subprocess.run([*LINTERS[tool], str(tmp_path / "edgedet.1")], capture_output=True, text=True)
    said = done.stderr + (done.stdout if tool == "mandoc" else "")
    # no date: the page is made anew for every version, and the same one twice is the same
    assert [line for line in said.splitlines() if "missing date" not in line] == []


def test_every_command_and_key_is_in_it_with_its_flags_and_variables(page: str) -> None:
    for name in COMMANDS:
        assert f'.SS "edgedet {name}' in page
    assert '.SS "edgedet web user add NAME"' in page
    flat = " ".join(page.split())
    for name, key in KEYS.items():
        assert f".B {escape(name)}\n" in page
        assert all(escape(way) in flat for way in (*key.env, *key.flag.split("/")))


@pytest.mark.parametrize(
    ("text", "shown"), [(".br", ".br"), ("'ft B", "'ft B"), (r"a\n b--c", r"a\n b--c"), ('~/`x` ^"', '~/`x` ^"')]
)
def test_text_is_shown_as_it_is(text: str, shown: str) -> None:
    if shutil.which("groff") is None:
        pytest.skip("needs groff")
    source = f'.TH X 1 "" "" ""\n.SH S\n{escape(text)}\n'
    done = subprocess.run(["groff", "-man", "-Tascii", "-P-c"], input=source, capture_output=True, text=True)
    assert shown in done.stdout
