from __future__ import annotations

import json
from pathlib import Path

from tests.cli.script import edgedet


def test_the_demo_is_always_there(tmp_path: Path) -> None:
    done = edgedet("sources", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert any(line.startswith("demo:  ") for line in done.stdout.splitlines())


def test_json_is_an_array_of_sources(tmp_path: Path) -> None:
    found = json.loads(edgedet("sources", "--json", cwd=tmp_path).stdout)
    assert {"uri", "name", "detail"} == set(found[-1])
    assert "demo:" in [source["uri"] for source in found]
