from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from edgedet.cli import COMMANDS
from edgedet.cli.reference import BEGIN, END, embed, reference
from edgedet.config import NAMED
from edgedet.errors import ConfigError
from edgedet.keys import KEYS
from tests.places import ROOT


def test_every_command_key_flag_and_variable_is_in_it() -> None:
    text = reference()
    assert all(f"`edgedet {name}" in text for name in COMMANDS)
    for name, key in KEYS.items():
        assert f"| `{name}` | " in text
        assert all(variable in text for variable in key.env)
    assert all(f"| `{kind}.NAME.{short}` | " in text for kind, table in NAMED.items() for short in table.model_fields)
    assert "| `edgedet run` | `--seconds FLOAT` |" in text
    assert all(len(set(map(len, rows))) == 1 for rows in tables(text))


def tables(text: str) -> list[list[list[str]]]:
    """The cells of each table's rows; an escaped bar is no border."""
    return [[line.replace("\\|", "").split("|") for line in table.splitlines()] for table in text.split("\n\n")]


def test_embedding_again_changes_nothing_and_needs_the_markers() -> None:
    document = embed(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert document.startswith(f"before\n{BEGIN}\n| command |")
    assert document.endswith(f"|\n{END}\nafter\n")
    assert embed(document) == document
    with pytest.raises(ConfigError, match="has no"):
        embed("nothing")


def test_write_changes_the_file_in_place(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text(f"{BEGIN}\n{END}\n")
    subprocess.run([sys.executable, "-m", "edgedet.cli.reference", "--write", str(file)], check=True)
    assert file.read_text() == f"{BEGIN}\n{reference()}\n{END}\n"


def test_the_readme_has_the_reference_of_this_code() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == embed(readme), "regenerate it: .venv/bin/python -m edgedet.cli.reference --write README.md"
