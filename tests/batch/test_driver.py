"""Every unit is done once, whatever happens to the workers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgedet.batch.output import Output
from edgedet.batch.run import Means, run
from edgedet.batch.work import Item
from edgedet.errors import ConfigError, ModelError, OutputError
from tests.batch.jobs import Obedient


def go(folder: Path, job: Obedient, keys: list[str], chunk: int = 1, workers: int = 2) -> tuple[list[str], list[dict]]:  # type: ignore[type-arg]
    """Run to the end; what came of it."""
    items = [Item(key) for key in keys]
    output, _ = run(job, items, Means(folder, workers), chunk, lambda _: chunk > 1)
    with output:
        return [json.loads(line)["source"] for line in output.lines()], output.failures()


@pytest.fixture
def job(tmp_path: Path) -> Obedient:
    (tmp_path / "diary").touch()
    return Obedient(tmp_path / "diary")


def begun(job: Obedient) -> list[str]:
    return job.diary.read_text().splitlines()


def test_what_fails_is_listed_and_the_rest_is_done_in_order(tmp_path: Path, job: Obedient) -> None:
    lines, failed = go(tmp_path / "out", job, ["a", "broken-1", "b", "bug-1", "c"], chunk=2)
    assert lines == ["a", "b", "c"]
    assert [each["source"] for each in failed] == ["broken-1", "bug-1"]
    assert failed[0]["reason"] == "broken-1: can't be decoded; copy it again"
    assert "ZeroDivisionError: by zero" in failed[1]["reason"]
    assert (tmp_path / "out/files/b").read_text() == "b"


def test_a_deadly_item_is_put_aside_and_costs_its_neighbours_nothing(tmp_path: Path, job: Obedient) -> None:
    lines, failed = go(tmp_path / "out", job, ["a", "die-1", "b", "c", "hunger-1", "d"], chunk=3)
    assert lines == ["a", "b", "c", "d"]
    assert [each["source"] for each in failed] == ["die-1", "hunger-1"]
    assert "killed by SIGKILL" in failed[0]["reason"]
    assert "tried 3 times" in failed[0]["reason"]
    assert "not enough memory" in failed[1]["reason"]
    assert begun(job).count("die-1") == begun(job).count("hunger-1") == 3


def test_what_only_dies_beside_others_succeeds_alone(tmp_path: Path, job: Obedient) -> None:
    mending = Obedient(job.diary, mends_after=1)
    lines, failed = go(tmp_path / "out", mending, ["a", "die-1", "b"])
    assert (lines, failed) == (["a", "die-1", "b"], [])
    assert begun(job)[-1] == "die-1"  # at the end, when nothing is beside it


def test_a_second_start_does_nothing_again(tmp_path: Path, job: Obedient) -> None:
    first = go(tmp_path / "out", job, ["a", "b", "broken-1"])
    before = begun(job)
    assert go(tmp_path / "out", job, ["a", "b", "broken-1"], workers=1) == first
    assert begun(job) == before


def test_a_lost_shard_is_made_again(tmp_path: Path, job: Obedient) -> None:
    go(tmp_path / "out", job, ["a", "b", "c"])
    (tmp_path / "out/work/shards/0000/0000001.jsonl").unlink()
    lines, _ = go(tmp_path / "out", job, ["a", "b", "c"])
    assert lines == ["a", "b", "c"]
    assert sorted(begun(job)) == ["a", "b", "b", "c"]


def test_other_inputs_are_refused(tmp_path: Path, job: Obedient) -> None:
    go(tmp_path / "out", job, ["a", "b"])
    with pytest.raises(ConfigError, match=r"begun with inputs 2 \(fingerprint \w+\), now it is 2"):
        go(tmp_path / "out", job, ["a", "c"])


def test_another_setting_is_refused_by_its_name(tmp_path: Path) -> None:
    Output(tmp_path, {"settings": {"detect": {"confidence": 0.5, "iou": 0.5}}}).__exit__(None, None, None)
    with pytest.raises(ConfigError, match=r"begun with settings\.detect\.iou 0\.5, now it is 0\.4"):
        Output(tmp_path, {"settings": {"detect": {"confidence": 0.5, "iou": 0.4}}})


def test_a_second_driver_is_refused(tmp_path: Path, job: Obedient) -> None:
    output, _ = run(job, [Item("a")], Means(tmp_path / "out", 1), 1, lambda _: False)
    with output, pytest.raises(OutputError, match="another batch is at work"):
        go(tmp_path / "out", job, ["a"])


def test_a_job_that_cannot_begin_ends_the_run(tmp_path: Path, job: Obedient) -> None:
    with pytest.raises(ModelError, match="check the path"):
        go(tmp_path / "out", Obedient(job.diary, refuses=True), ["a", "b"])


def test_when_all_die_the_run_ends(tmp_path: Path, job: Obedient) -> None:
    with pytest.raises(OutputError, match="workers died before anything was done"):
        go(tmp_path / "out", job, [f"die-{i}" for i in range(9)])


def test_two_workers_share_the_units(tmp_path: Path, job: Obedient) -> None:
    output, session = run(job, [Item("a"), Item("b")], Means(tmp_path / "out", 2), 1, lambda _: False)
    with output:
        assert len({row.worker for row in output.rows()}) == session.workers == 2
