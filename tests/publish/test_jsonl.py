from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest

from edgedet.errors import OutputError
from edgedet.publish.jsonl import JsonlPublisher
from tests.publish.made import found, result, small_disk

PRINTER = """
import sys
from edgedet.errors import OutputError
from edgedet.publish.jsonl import JsonlPublisher
from tests.publish.made import result
lines = JsonlPublisher("-")
lines.open()
try:
    for index in range(20000):
        lines.publish(result(index))
except BrokenPipeError:
    import os
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(0)
except OutputError as error:
    sys.exit(f"told: {error}")
lines.close()
"""


def publish(path: Path, *indices: int) -> None:
    lines = JsonlPublisher(str(path))
    lines.open()
    for index in indices:
        lines.publish(result(index, detections=found((1, 2, 3, 4))))
    lines.close()
    lines.close()


def test_a_line_a_frame(tmp_path: Path) -> None:
    publish(tmp_path / "found.jsonl", 0, 1)
    lines = [json.loads(line) for line in (tmp_path / "found.jsonl").read_text().splitlines()]
    assert lines[1] == {
        "source": "test:",
        "index": 1,
        "time": 0.04,
        "width": 160,
        "height": 120,
        "detections": [{"label": "person", "class_id": 0, "score": 0.9, "box": [1.0, 2.0, 3.0, 4.0]}],
    }


def test_a_file_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    publish(path, 0)
    publish(path, 1, 2)
    assert [json.loads(line)["index"] for line in path.read_text().splitlines()] == [0, 1, 2]


def test_a_half_line_left_by_a_power_cut_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    path.write_text('{"source": "test:", "ind')
    publish(path, 7)
    half, whole = path.read_text().splitlines()
    assert half == '{"source": "test:", "ind'
    assert json.loads(whole)["index"] == 7


def test_each_line_is_on_the_disk_at_once(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    lines = JsonlPublisher(str(path))
    lines.open()
    lines.publish(result(0))
    assert path.read_bytes().endswith(b"\n")
    lines.close()


def test_places_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place, remedy in ((tmp_path, "folder"), (tmp_path / "no" / "x", "folder first"), (tmp_path / "file" / "x", "")):
        with pytest.raises(OutputError, match=remedy or None) as refused:
            JsonlPublisher(str(place)).open()
        assert str(place) in str(refused.value)


def test_a_full_disk_keeps_whole_lines_only(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        lines = JsonlPublisher(str(disk / "found.jsonl"))
        lines.open()
        with pytest.raises(OutputError, match=r"no space left .*free some space"):
            deque(map(lines.publish, map(result, range(10_000))), maxlen=0)
        lines.close()
        data = (disk / "found.jsonl").read_bytes()
        assert data.endswith(b"\n")
        assert [json.loads(line)["index"] for line in data.splitlines()] == list(range(data.count(b"\n")))


def test_a_reader_that_goes_ends_it_without_a_word() -> None:
    program = subprocess.Popen([sys.executable, "-c", PRINTER], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert program.stdout is not None
    assert program.stderr is not None
    assert json.loads(program.stdout.readline())["index"] == 0
    program.stdout.close()
    assert program.wait(30) == 0
    assert program.stderr.read() == b""
    program.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_standard_output_is_told_once() -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        program = subprocess.run([sys.executable, "-c", PRINTER], stdout=full, stderr=subprocess.PIPE, check=False)
    told = program.stderr.decode().splitlines()
    assert len(told) == 1
    assert told[0].startswith("told: standard output: can't be written (no space left")
    assert program.returncode == 1


def test_a_device_is_written_to_as_it_is() -> None:
    publish(Path(os.devnull), 0, 1)
    if Path("/dev/full").exists():
        lines = JsonlPublisher("/dev/full")
        lines.open()
        with pytest.raises(OutputError, match="no space"):
            lines.publish(result(0))
        lines.close()
