"""What a download leaves when its program ends before it: in programs of their own, ended for real."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgedet.errors import ModelError
from edgedet.zoo.transfer import fetch
from tests.zoo.server import ModelServer, serve
from tests.zoo.test_transfer import CONTENT, QUICK


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(CONTENT) as running:
        yield running


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "model.tflite.part"


def test_a_disk_that_fills_up_is_one_line_and_the_part_can_go_on(server: ModelServer, part: Path) -> None:
    code = (
        "import resource, sys, pathlib\n"
        "from edgedet.errors import OutputError\n"
        "from edgedet.zoo.transfer import fetch\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (123_456, resource.RLIM_INFINITY))\n"
        "try:\n    fetch(sys.argv[1], pathlib.Path(sys.argv[2]))\n"
        "except OutputError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, server.url, part], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{part}: can't be written (File too large); make room")
    assert part.read_bytes() == CONTENT[:123_456]
    assert fetch(server.url, part, patience=QUICK) is True
    assert part.read_bytes() == CONTENT


def test_two_at_once_dont_mix(server: ModelServer, part: Path) -> None:
    server.acts = [lambda handler: serve(handler, pause=0.2, chunk=50_000)]
    other = multiprocessing.get_context("spawn").Process(target=fetch, args=(server.url, part))
    other.start()
    deadline = time.monotonic() + 20
    while not server.asked and time.monotonic() < deadline:
        time.sleep(0.02)
    with pytest.raises(ModelError, match="being downloaded by another program"):
        fetch(server.url, part, patience=QUICK)
    other.join(20)
    assert other.exitcode == 0
    assert part.read_bytes() == CONTENT


def test_ctrl_c_keeps_the_part_for_later(server: ModelServer, part: Path) -> None:
    server.acts = [lambda handler: serve(handler, pause=0.1, chunk=20_000)]
    code = "import sys, pathlib\nfrom edgedet.zoo.transfer import fetch\nfetch(sys.argv[1], pathlib.Path(sys.argv[2]))"
    child = subprocess.Popen([sys.executable, "-c", code, server.url, part], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while (not part.exists() or part.stat().st_size < 40_000) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGINT)
    child.communicate(timeout=10)
    kept = part.stat().st_size
    assert 0 < kept < len(CONTENT)
    assert fetch(server.url, part, patience=QUICK) is True
    assert part.read_bytes() == CONTENT
    assert server.asked[-1].range == f"bytes={kept}-"
