from __future__ import annotations

import itertools
import random
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from edgedet.capture.tap import CodecName, EncodedPacket
from edgedet.events.recorder import inspect, parts_of, repair
from edgedet.events.recorder.finish import finish
from edgedet.events.recorder.fragments import FRAGMENT, FragmentWriter
from edgedet.events.recorder.parts import fragments_of, part_path
from tests.events.recorder.film import boxes, film, kept_units, names_in, pictures, stored

WRITER = """
import sys
from pathlib import Path
from edgedet.events.recorder.fragments import FragmentWriter
from edgedet.events.recorder.parts import fragments_of, part_path
from tests.events.recorder.film import film
folder = Path(sys.argv[1])
packets = film(60)
writer = FragmentWriter(part_path(folder, 1), packets[0].stream, packets[0])
for number, packet in enumerate(packets):
    if writer.write(packet):
        print(number, flush=True)
"""


def write(folder: Path, packets: list[EncodedPacket], number: int = 1) -> Path:
    folder.mkdir(exist_ok=True)
    writer = FragmentWriter(part_path(folder, number), packets[0].stream, packets[0])
    for packet in packets:
        writer.write(packet)
    writer.close()
    return writer.path


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("reordered", [False, True])
def test_the_stream_is_kept_to_the_bit_and_the_index_comes_first(
    tmp_path: Path, codec: CodecName, reordered: bool
) -> None:
    if codec == "hevc" and reordered:
        pytest.skip("one codec with B-frames will do")
    packets = film(6, codec=codec, begin=100.0, reordered=reordered)
    folder = tmp_path / "20261121-120000.000-front-7f3a"
    kept = repair(write(folder, packets))
    assert kept is not None
    assert (kept.event_id, kept.kind, kept.path) == (folder.name, "clip", folder / "clip.mp4")
    assert kept.begin == pytest.approx(100.0, abs=0.25)
    assert kept.seconds == pytest.approx(6, abs=0.15)
    assert kept.size == kept.path.stat().st_size
    assert parts_of(folder) == []
    assert names_in(folder) == ["clip.mp4"]
    names = boxes(kept.path)
    assert names.index("moov") < names.index("mdat")
    assert "moof" not in names
    found = stored(kept.path)
    assert [each[2] for each in found] == [kept_units(packet) for packet in packets]
    assert [each[1] for each in found] == [packet.key for packet in packets]
    times = [each[0] for each in found]
    first = times[0] - packets[0].elapsed
    assert times == pytest.approx([packet.elapsed + first for packet in packets], abs=1e-3)
    assert len(pictures(kept.path)) == 60


def test_one_can_seek_in_it(tmp_path: Path) -> None:
    kept = repair(write(tmp_path / "a", film(10)))
    assert kept is not None
    with av.open(str(kept.path)) as container:
        for second in (7.3, 0.0, 4.95, 9.2):
            container.seek(int(second * av.time_base))
            frame = next(container.decode(video=0))
            assert frame.time == pytest.approx(int(second), abs=0.01)


def test_plays_while_it_is_written(tmp_path: Path) -> None:
    packets = film(10)
    writer = FragmentWriter(tmp_path / "a.mp4", packets[0].stream, packets[0])
    for number, packet in enumerate(packets):
        if writer.write(packet):
            assert len(stored(writer.path)) == number
    assert number - len(stored(writer.path)) <= FRAGMENT * 10
    writer.abandon()


def test_ends_where_it_is_told_to(tmp_path: Path) -> None:
    write(tmp_path / "a", film(10, begin=50))
    for _ in finish(tmp_path / "a", until=54.25):
        pass
    kept = inspect(tmp_path / "a" / "clip.mp4")
    assert kept is not None
    assert kept.seconds == pytest.approx(4.3, abs=0.01)


@pytest.mark.parametrize("zeros", [0, 1, 3000])
def test_torn_in_the_middle_of_a_fragments_index(tmp_path: Path, zeros: int) -> None:
    """FFmpeg opens no file whose last ``moof`` is damaged; the fragments before it are whole all the same."""
    path = write(tmp_path / "a", FILM)
    whole, last = path.read_bytes(), fragments_of(path)[-1]
    expected = None
    for cut in (4, 12, 100, 200):
        for old in path.parent.glob("*"):
            old.unlink()
        path = write(tmp_path / "a", FILM)
        path.write_bytes(whole[: last + cut] + bytes(zeros))
        kept = repair(path)
        assert kept is not None
        expected = expected or stored(kept.path)
        assert stored(kept.path) == expected


@example(cut=0.6875, zeros=0)
@given(cut=st.floats(0, 1), zeros=st.integers(0, 3000))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_torn_anywhere_what_is_whole_is_saved(tmp_path: Path, cut: float, zeros: int) -> None:
    folder = tmp_path / "a"
    for path in folder.glob("*"):
        path.unlink()
    packets = FILM
    path = write(folder, packets)
    whole = path.read_bytes()
    kept_bytes = int(len(whole) * cut)
    path.write_bytes(whole[:kept_bytes] + bytes(zeros))
    kept = repair(path)
    assert not parts_of(folder)
    if kept is None:
        assert kept_bytes < len(whole) / 2
        assert names_in(folder) == []
        return
    found = [each[2] for each in stored(kept.path)]
    assert found == [kept_units(packet) for packet in packets[: len(found)]]
    assert len(pictures(kept.path)) == len(found) > 0
    assert len(found) >= 60 * cut - FRAGMENT * 10 - 12


FILM = film(6)


def test_parts_become_one(tmp_path: Path) -> None:
    packets = film(9)
    folder = tmp_path / "a"
    first = write(folder, packets[:52])
    first.write_bytes(first.read_bytes()[:-300])  # torn while it was written
    write(folder, packets[40:70], 2)  # what wasn't safe comes again
    kept = repair(write(folder, packets[70:], 3))
    assert kept is not None
    assert [each[2] for each in stored(kept.path)] == [kept_units(packet) for packet in packets]
    assert len(pictures(kept.path)) == 90


def test_a_second_repair_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a", film(3))
    first = repair(path)
    assert first is not None
    before = first.path.read_bytes()
    assert repair(path) == first == inspect(first.path)
    assert first.path.read_bytes() == before


def test_a_crash_between_the_rename_and_the_tidying(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    kept = repair(write(folder, film(3)))
    left = write(folder, film(3))
    assert repair(left) == kept
    assert names_in(folder) == ["clip.mp4"]


def test_nothing_comes_of_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    for content in (b"", b"junk" * 1000, write(tmp_path / "b", film(1)).read_bytes()[:500]):
        part_path(folder, 1).write_bytes(content)
        assert repair(part_path(folder, 1)) is None
        assert names_in(folder) == []
    assert inspect(folder / "clip.mp4") is None


@pytest.mark.parametrize("seed", range(1))
def test_killed_while_it_writes(tmp_path: Path, seed: int) -> None:
    assert_killed_is_repaired(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 31))
def test_killed_while_it_writes_again_and_again(tmp_path: Path, seed: int) -> None:
    assert_killed_is_repaired(tmp_path, seed)


def assert_killed_is_repaired(folder: Path, seed: int) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    safe = [int(process.stdout.readline())]
    time.sleep(random.Random(seed).uniform(0, 0.02))
    process.kill()
    safe += [int(line) for line in process.stdout]
    process.wait()
    path = part_path(folder, 1)
    assert len(stored(path)) >= safe[-1]
    kept = repair(path)
    assert kept is not None
    found = [each[2] for each in stored(kept.path)]
    assert len(found) >= safe[-1]
    assert found == [kept_units(packet) for packet in itertools.islice(film(60), len(found))]
    assert len(pictures(kept.path)) == len(found)
