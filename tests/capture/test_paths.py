from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from edgedet.capture import open_source
from edgedet.capture.paths import open_paths
from edgedet.capture.player import Player
from edgedet.config import SourceConfig
from edgedet.errors import SourceError, printable
from tests.capture.clips import jpeg, numbered, write_video


def picture(path: Path, number: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg(numbered(number)))
    return path


def play(source: Player) -> list[tuple[str, int]]:
    source.open()
    return [(Path(frame.source).name, frame.index) for frame in iter(source.read, None)]


def test_a_folder_in_the_order_people_count(tmp_path: Path) -> None:
    for name in ("10.jpg", "9.JPG", "sub/1.png", ".hidden.jpg"):
        picture(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    assert play(open_paths([str(tmp_path)])) == [("9.JPG", 0), ("10.jpg", 0), ("1.png", 0)]


def test_a_glob_mixes_pictures_and_videos(tmp_path: Path) -> None:
    picture(tmp_path / "2.jpg")
    picture(tmp_path / "11.jpg")
    write_video(tmp_path / "10.mp4", 3)
    shown = play(open_paths([str(tmp_path / "*.*")]))
    assert shown == [("2.jpg", 0), ("10.mp4", 0), ("10.mp4", 1), ("10.mp4", 2), ("11.jpg", 0)]


def test_paths_in_the_order_given(tmp_path: Path) -> None:
    one, two = picture(tmp_path / "1.jpg"), picture(tmp_path / "2.jpg")
    source = open_paths([str(two), str(one)])
    assert not source.live
    assert play(source) == [("2.jpg", 0), ("1.jpg", 0)]


def test_a_name_with_wildcards_in_it_is_taken_as_it_is(tmp_path: Path) -> None:
    assert play(open_paths([str(picture(tmp_path / "[1]*.jpg"))])) == [("[1]*.jpg", 0)]


def test_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    picture(tmp_path / "a.jpg")
    assert play(open_paths(["~/a.jpg"])) == [("a.jpg", 0)]


def test_what_leads_nowhere_is_an_error_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    here = str(picture(tmp_path / "a.jpg"))
    for path, says in {
        str(tmp_path / "gone.jpg"): "no such file or folder",
        str(tmp_path / "*.bmp"): "no file matches",
        str(tmp_path / "empty"): "no pictures in this folder",
        str(tmp_path / "pipe"): "neither a file nor a folder",
        "x" * 5000: "no such file or folder",
        "a\0b": "no such file or folder",
    }.items():
        for opener in (lambda p: open_paths([here, p]), lambda p: open_source(SourceConfig(uri=p))):
            with pytest.raises(SourceError) as caught:
                opener(path)
            assert str(caught.value).startswith(printable(f"{path}: {says}"))


def test_an_unknown_scheme_names_the_known_ones() -> None:
    with pytest.raises(SourceError, match=r"^rtmp://\*\*\*@cam/x: unknown kind of source rtmp:; .*rtsp:") as caught:
        open_source(SourceConfig(uri="rtmp://me:secret@cam/x"))
    assert "secret" not in str(caught.value)


def test_a_broken_file_does_not_hold_up_the_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    picture(tmp_path / "1.jpg")
    (tmp_path / "2.jpg").write_bytes(b"")
    picture(tmp_path / "3.jpg")
    source = open_paths([str(tmp_path)])
    source.open()
    seen = [Path(frame.source).name for frame in (source.read(), source.read()) if frame is not None]
    assert seen == ["1.jpg", "3.jpg"]
    assert "2.jpg: the file is empty" in caplog.text
    with pytest.raises(SourceError, match=r"2\.jpg: the file is empty"):
        source.read()


def test_several_broken_files_are_counted(tmp_path: Path) -> None:
    for name in ("1.jpg", "2.jpg", "3.jpg"):
        (tmp_path / name).write_bytes(b"")
    source = open_paths([str(tmp_path)])
    source.open()
    with pytest.raises(SourceError, match=r"^3 of 3 files are broken, the first: .*1\.jpg: the file is empty"):
        source.read()
    assert source.read() is None


def test_a_folder_played_like_a_camera_shows_so_many_a_second(tmp_path: Path) -> None:
    for name in ("1.jpg", "2.jpg", "3.jpg"):
        picture(tmp_path / name)
    source = open_source(SourceConfig(uri=str(tmp_path), fps=10))
    assert source.live
    source.open()
    stamps = [frame.monotonic for frame in iter(source.read, None)]
    assert stamps[2] - stamps[0] >= 0.19


def test_a_folder_loops_past_a_broken_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    picture(tmp_path / "1.jpg")
    (tmp_path / "2.jpg").write_bytes(b"")
    source = open_source(SourceConfig(uri=str(tmp_path), loop=True, as_fast=True))
    source.open()
    frames = list(itertools.islice(iter(source.read, None), 5))
    assert [frame.index for frame in frames] == list(range(5))
    assert caplog.text.count("the file is empty") == 1  # not once a round


def test_a_loop_of_nothing_but_broken_files_ends(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(b"")
    source = open_source(SourceConfig(uri=str(tmp_path), loop=True))
    source.open()
    with pytest.raises(SourceError, match="the file is empty"):
        source.read()
