"""Detections become stretches of time, and stretches are compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgedet.batch.changes import changed, read_spans, to_line, to_lines
from edgedet.batch.spans import Span, spans
from edgedet.errors import DataError


def seen(source: str, time: float, *labels: str, score: float = 0.5) -> str:
    found = [{"label": label, "class_id": 0, "score": score, "box": [0, 0, 1, 1]} for label in labels]
    return json.dumps({"source": source, "index": 0, "time": time, "width": 9, "height": 9, "detections": found})


def event(source: str, begin: float, end: float) -> str:
    zones = {"zones": ["porch"], "lines": []}
    values = {"label": "dog", "rule": "dog", "begin": begin, "end": end, "best_score": 0.8, **zones}
    return json.dumps({"source": source, "camera": "front", **values})


def test_a_gap_ends_a_stretch() -> None:
    lines = [
        seen("a", 0.0, "dog"),
        seen("a", 0.9, "dog", score=0.9),
        seen("a", 2.0, "dog", "cat"),
        seen("b", 0.0, "dog"),
    ]
    assert dict(spans(lines)) == {
        "a": [Span("a", "dog", 0.0, 0.9, 0.9), Span("a", "cat", 2.0, 2.0, 0.5), Span("a", "dog", 2.0, 2.0, 0.5)],
        "b": [Span("b", "dog", 0.0, 0.0, 0.5)],
    }
    assert len(dict(spans(lines, gap=2.0))["a"]) == 2


def test_an_event_is_a_stretch_with_its_rule_and_zones() -> None:
    assert dict(spans([event("a", 1.0, 4.0)]))["a"] == [Span("a", "dog", 1.0, 4.0, 0.8, "dog", ("porch",))]


def test_changes_are_told_by_clip() -> None:
    before = dict(spans([event("a", 1.0, 4.0), event("b", 0.0, 2.0)]))
    after = dict(spans([event("a", 1.0, 9.0), event("c", 0.0, 2.0)]))
    found = list(changed(before, after, ["a", "b", "c", "d"]))
    assert [clip for clip, _ in found] == ["a", "b", "c"]
    first = json.loads(to_line(*found[0]))
    assert first["changed"][0]["differences"] == {"duration": {"before": 3.0, "after": 8.0}}
    assert json.loads(to_line(*found[1]))["disappeared"][0]["label"] == "dog"
    assert list(to_lines(found, 4))[-1] == "3 of 4 clips changed: 1 stretches appeared, 1 disappeared, 1 are others"


@pytest.mark.parametrize("text", ["no json", "[1]", '{"source": "a"}', '{"time": 1, "detections": []}'])
def test_what_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text(text)
    with pytest.raises(DataError, match="no results of edgedet batch"):
        read_spans(path, 1.0)


def test_results_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="can't be read"):
        read_spans(tmp_path / "results.jsonl", 1.0)
