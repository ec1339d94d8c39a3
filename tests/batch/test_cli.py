"""The commands, as a person would run them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.batch.bed import cut
from tests.e2e.program import assert_refused, edgedet
from tests.places import MODEL, shared


def lines(path: Path) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("grace_hopper.bmp", "kite_and_cold.jpg"):
        shutil.copy(shared(f"data/photos/{name}"), folder)
    (folder / "m-broken.jpg").write_text("no picture")
    return folder


def test_the_same_lines_as_detect_and_what_failed_beside_them(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = edgedet("batch", "detect", inputs, "-o", out, "--workers", 1, "-m", MODEL, "--price-per-hour", 2, timeout=120)
    assert run.returncode == 1, run.stderr
    assert "Traceback" not in run.stderr
    assert "1 failed, the first:" in run.stderr
    failed = lines(out / "failed.jsonl")
    assert [Path(each["source"]).name for each in failed] == ["m-broken.jpg"]
    plain = edgedet("detect", inputs / "grace_hopper.bmp", inputs / "kite_and_cold.jpg", "--json", "-m", MODEL)
    assert (out / "results.jsonl").read_text() == plain.stdout
    report = json.loads((out / "report.json").read_text())
    assert (report["run"]["items"], report["run"]["failed"], report["cost"]["for_items"]) == (3, 1, 3)


def test_where_a_label_is_seen_and_what_changed(inputs: Path, tmp_path: Path) -> None:
    (inputs / "m-broken.jpg").unlink()
    cut(shared("data/videos/one-by-one-person-detection.mp4"), inputs, 1)
    base = ("batch", "detect", inputs, "--workers", 1, "-m", MODEL, "--only", "person")
    strict = edgedet(*base, "-o", tmp_path / "strict", "-c", 0.99, timeout=120)
    assert strict.returncode == 0, strict.stderr
    assert lines(tmp_path / "strict/found.jsonl") == []
    run = edgedet(*base, "-o", tmp_path / "out", "--compare", tmp_path / "strict/results.jsonl", timeout=120)
    assert run.returncode == 0, run.stderr
    found = lines(tmp_path / "out/found.jsonl")
    assert str(inputs / "grace_hopper.bmp") in {each["source"] for each in found}
    assert {each["label"] for each in found} == {"person"}
    changes = lines(tmp_path / "out/changes.jsonl")
    assert [len(each["appeared"]) for each in changes if "grace" in each["source"]] == [1]
    assert " of 3 clips changed: " in run.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("detect", "nowhere", "-o", "out"), ("nowhere: no such file",)),
        (("detect", ".", "-o", "out", "--cluster", "clips/"), ("--cluster clips/", "no address")),
        (("detect", ".", "-o", "out", "--project", "9"), ("--project", "--price-per-hour")),
        (("detect", ".", "-o", "out", "--only", "unicorn"), ("--only unicorn", "it knows")),
        (("replay", "a.mp4", "-o", "out", "--settings-of", "nobody"), ("--settings-of nobody",)),
        (("quantize", "a.tflite", "-o", "out", "--eval", "a.json"), ("add --sweep",)),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert_refused(edgedet("batch", *arguments, cwd=tmp_path), *words)
    assert not (tmp_path / "out").exists()
