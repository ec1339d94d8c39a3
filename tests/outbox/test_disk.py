"""What a disk may do to it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgedet.outbox import Outbox, fallback
from tests.outbox.test_outbox import drain, take

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount a small disk")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback, "RETRY_S", 0.0)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True)
    if done.returncode:
        pytest.skip("may not mount a small disk here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@needs_root
def test_a_full_disk_loses_nothing(disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    outbox = Outbox(disk / "outbox.db")
    outbox.put("push", "00", {})
    filler = disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(b"x" * 2_000_000)
    for number in range(1, 20):
        assert outbox.put("push", f"{number:02}", {}, b"x" * 10_000)
    assert not outbox.put("push", "05", {})
    assert caplog.text.count("the disk is full; make room") == 1
    assert "until then, messages wait in memory" in caplog.text
    assert outbox.report()["on_disk"] is False
    outbox.done(take(outbox))
    assert take(outbox).key == "01", "what the file couldn't be told is remembered"
    filler.unlink()
    assert outbox.put("push", "20", {})
    assert outbox.report() == {"waiting": {"push": 20}, "dropped": {}, "on_disk": True}
    outbox.close()
    again = Outbox(disk / "outbox.db")
    assert drain(again) == [f"{number:02}" for number in range(1, 21)]
    again.close()


@needs_root
def test_a_disk_that_turns_read_only_and_back(disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    outbox = Outbox(disk / "outbox.db")
    outbox.put("push", "1", {})
    outbox.put("push", "2", {})
    # A file that is open for writing keeps a disk from turning read-only: the outbox meets it after a restart.
    outbox.close()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    outbox = Outbox(disk / "outbox.db")
    assert "can't be written" in caplog.text or "read-only" in caplog.text
    assert outbox.put("push", "3", {})
    assert outbox.report()["on_disk"] is False
    assert take(outbox).key == "3"
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert outbox.put("push", "4", {})
    assert outbox.report()["on_disk"] is True
    assert drain(outbox) == ["1", "2", "3", "4"]
    outbox.close()


def test_a_folder_that_vanishes_and_comes_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "disk"
    outbox = Outbox(folder / "outbox.db")
    outbox.put("push", "1", {})
    folder.rename(tmp_path / "gone")
    folder.touch()  # so that it can't be made anew
    outbox.put("push", "2", {})
    assert "until then, messages wait in memory" in caplog.text
    folder.unlink()
    (tmp_path / "gone").rename(folder)
    assert outbox.put("push", "3", {})
    assert drain(outbox) == ["1", "2", "3"]
    outbox.close()


def test_memory_is_bounded(tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback, "MOST", 3)
    outbox = Outbox(tmp_path / "outbox.db")
    outbox.close()
    for number in range(5):
        outbox.put("push", f"{number}", {})
    assert drain(outbox) == ["2", "3", "4"]
    assert "push: message 0 is given up: the disk takes none, memory is full" in caplog.text


@pytest.mark.parametrize(
    "content", [b"not a database at all, by no means" * 400, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_file_that_is_no_database_is_set_aside(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "outbox.db"
    path.write_bytes(content)
    outbox = Outbox(path)
    assert outbox.put("push", "1", {})
    outbox.close()
    aside = next(tmp_path.glob("outbox.db.corrupt-*"))
    assert aside.read_bytes() == content
    assert f"set aside as {aside.name}" in caplog.text


def test_a_file_with_a_damaged_middle_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox(path)
    for number in range(50):
        outbox.put("push", f"{number}", {"x": "y" * 200})
    outbox.close()
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 4] = b"\x13" * 8192
    path.write_bytes(content)
    outbox = Outbox(path)
    assert outbox.next("push") is None
    assert outbox.put("push", "1", {})
    outbox.close()
    assert list(tmp_path.glob("outbox.db.corrupt-*"))


def test_a_file_damaged_under_way_is_begun_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox(path)
    for number in range(50):
        outbox.put("push", f"{number}", {"x": "y" * 200})
    path.write_bytes(b"\x13" * 100_000)
    path.with_name("outbox.db-wal").write_bytes(b"")
    for number in range(50, 2000):
        outbox.put("push", f"{number}", {"x": "y" * 2000})
        if list(tmp_path.glob("outbox.db.corrupt-*")):
            break
    assert "set aside as outbox.db.corrupt-" in caplog.text
    assert outbox.report()["on_disk"]
    assert outbox.put("push", "new", {})
    outbox.close()


def test_a_place_that_cant_be_written_is_told_in_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "outbox.db").mkdir()
    for place in (tmp_path / "file" / "outbox.db", tmp_path / "outbox.db"):
        caplog.clear()
        outbox = Outbox(place)
        (record,) = caplog.records
        assert record.getMessage().endswith("; until then, messages wait in memory")
        assert "\n" not in record.getMessage()
        outbox.put("push", "1", {})
        assert drain(outbox) == ["1"]
        outbox.put("push", "2", {})
        outbox.close()
        assert "1 messages couldn't be written and are lost" in caplog.text
