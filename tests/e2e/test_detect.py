"""``edgedet detect``, ``inspect`` and ``bench``: the contracts others build on, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.e2e.program import assert_refused, edgedet
from tests.places import MODEL, ROOT, shared

PHOTO = ROOT / "edgedet/capture/photos/hopper.jpg"


def lines_of(*arguments: object) -> list[dict[str, object]]:
    result = edgedet("detect", *arguments, "--json")
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_picture() -> None:
    (line,) = lines_of(PHOTO)
    assert list(line) == ["source", "index", "time", "width", "height", "detections"]
    assert (line["source"], line["index"], line["width"], line["height"]) == (str(PHOTO), 0, 512, 600)
    (person,) = line["detections"]  # type: ignore[misc]
    assert set(person) == {"label", "class_id", "score", "box"}
    assert person["label"] == "person"
    assert 0.5 <= person["score"] <= 1
    x1, y1, x2, y2 = person["box"]
    assert 0 <= x1 < x2 <= 512
    assert 0 <= y1 < y2 <= 600


QUICK = "-m", "starter-256"
"""For whole films, where what is found doesn't matter much."""


def test_every_frame_of_the_video() -> None:
    lines = lines_of(shared("data/videos/one-by-one-person-detection.mp4"), *QUICK)
    assert [line["index"] for line in lines] == list(range(1394))
    assert lines[-1]["time"] == pytest.approx(139.3)
    assert sum(bool(line["detections"]) for line in lines) > 1394 * 0.4


def test_annotated_copies(tmp_path: Path) -> None:
    result = edgedet("detect", PHOTO, PHOTO.with_name("chelsea.jpg"), "--save", tmp_path / "new" / "found")
    assert result.returncode == 0, result.stderr
    assert "person" in result.stdout
    copy, original = cv2.imread(str(tmp_path / "new/found/hopper.jpg")), cv2.imread(str(PHOTO))
    assert copy.shape == original.shape
    assert (np.abs(copy.astype(int) - original) > 60).any()  # something was drawn


@pytest.mark.parametrize(
    "image",
    [
        np.full((1, 1, 3), 128, np.uint8),
        np.full((40, 30), 128, np.uint8),
        np.full((40, 30, 4), 128, np.uint8),
        np.full((40, 30, 3), 40000, np.uint16),
        np.full((4500, 5000, 3), 128, np.uint8),
    ],
    ids=["1x1", "grey", "RGBA", "16-bit", "22 megapixels"],
)
def test_pictures_of_every_kind(tmp_path: Path, image: np.ndarray) -> None:
    path = tmp_path / "odd.png"
    cv2.imwrite(str(path), image)
    (line,) = lines_of(path)
    assert (line["height"], line["width"]) == image.shape[:2]


def test_inspect() -> None:
    result = edgedet("inspect", MODEL, "--json")
    facts = json.loads(result.stdout)
    assert facts["input"]["shape"] == [1, 320, 320, 3]
    assert facts["input"]["dtype"] == "int8"
    assert facts["input"]["zero_point"] == -2
    assert (facts["head"], facts["num_anchors"], facts["labels"]) == ("ssd-raw", 2434, ["person", "cat", "dog"])
    assert facts["size_bytes"] == MODEL.stat().st_size
    assert len(facts["sha256"]) == 64
    assert facts["runtime"].startswith(("litert", "tflite-runtime"))
    assert "2,434 anchors" in edgedet("inspect", MODEL).stdout


def test_bench() -> None:
    result = edgedet("bench", "--threads", 1, "--rounds", 1, "--frames", 12, "--json")
    facts = json.loads(result.stdout)
    assert {"model", "runtime", "invoke_fps", "rss_mb", "startup_s"} <= set(facts)
    assert facts["threads"] == 1
    assert facts["invoke_ms"]["p50"] <= facts["invoke_ms"]["p95"]
    assert 0.3 < facts["pipeline_ratio"] < 1.5
    assert facts["pipeline_fps"] > 0
    assert facts["cpu_ms_per_frame"] > facts["stages_ms"]["invoke"] * 0.5
    assert {"preprocess", "invoke", "decode", "publish"} <= set(facts["stages_ms"])


def damaged(tmp_path: Path, content: bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_models_that_are_none(tmp_path: Path) -> None:
    model = MODEL.read_bytes()
    random = np.random.default_rng(0).bytes(50_000)
    for name, content, words in (
        ("empty.tflite", b"", ("empty",)),
        ("cut.tflite", model[: len(model) // 2], ("cut short",)),
        ("random.tflite", random, ("not a TFLite model",)),
        ("page.tflite", b"<!doctype html><html>404", ("web page",)),
        ("lfs.tflite", b"version https://git-lfs.github.com/spec/v1\n", ("Git LFS",)),
        ("noise.tflite", model[:8] + random, ("damaged",)),
    ):
        path = damaged(tmp_path, content, name)
        assert_refused(edgedet("detect", PHOTO, "-m", path), str(path), *words)
    assert_refused(edgedet("detect", PHOTO, "-m", tmp_path / "none.tflite"), "no such model file")
    assert_refused(edgedet("detect", PHOTO, "-m", tmp_path), "folder")


def test_models_of_another_task() -> None:
    classifier = shared("data/backbones/tf2_mobilenet_v2_1.0_224_ptq.tflite")
    assert_refused(edgedet("detect", PHOTO, "-m", classifier), "not a detector", "[1, 1001]")
    segmenter = shared("data/backbones/deeplabv3_mnv2_pascal_quant.tflite")
    assert_refused(edgedet("inspect", segmenter), "not a detector")


def test_labels_that_do_not_match(tmp_path: Path) -> None:
    labels = damaged(tmp_path, b"one\ntwo\n", "labels.txt")
    assert_refused(edgedet("detect", PHOTO, "-l", labels), "2 labels for a model of 3 classes")
    assert_refused(edgedet("detect", PHOTO, "-l", tmp_path / "none.txt"), "none.txt")


def test_pictures_that_are_none(tmp_path: Path) -> None:
    cut = damaged(tmp_path, PHOTO.read_bytes()[:300], "cut.jpg")
    empty = damaged(tmp_path, b"", "empty.jpg")
    text = damaged(tmp_path, b"hello\n" * 100, "text.mp4")
    for path in (cut, empty, text, tmp_path / "none.jpg"):
        assert_refused(edgedet("detect", path, "--json"), str(path))


def test_a_video_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    video = shared("data/videos/bottle-detection.mp4")
    content = bytearray(video.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 60_000] = bytes(60_000)
    path = damaged(tmp_path, bytes(content), "broken.mp4")
    result = edgedet("detect", path, "--json", *QUICK)
    assert_refused(result, str(path))
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) > 100
    path = damaged(tmp_path, video.read_bytes()[:middle], "cut.mp4")
    assert_refused(edgedet("detect", path, "--json", *QUICK), str(path))


def test_outputs_that_cannot_be_written(tmp_path: Path) -> None:
    file = damaged(tmp_path, b"", "file")
    assert_refused(edgedet("detect", PHOTO, "--save", file / "found"), "found")
    assert_refused(edgedet("detect", PHOTO, "--report", "/nowhere/report.json"), "/nowhere/report.json")
    with Path("/dev/full").open("w") as full:
        import subprocess
        import sys

        command = [sys.executable, "-m", "edgedet", "detect", str(PHOTO), "--json"]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "no space left" in result.stderr


def test_a_pipe_that_closes_ends_it_quietly() -> None:
    import subprocess

    from tests.e2e.program import PROGRAM

    photos = [str(PHOTO)] * 40
    program = subprocess.Popen(
        [*PROGRAM, "detect", *photos, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.readline()
    program.stdout.close()
    errors = program.stderr.read()
    program.stderr.close()
    assert program.wait(timeout=30) == 0, errors
    assert "Traceback" not in errors
    assert "rror" not in errors
