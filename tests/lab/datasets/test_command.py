"""``edgedet dataset``, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest

from edgedet.lab.datasets.formats import FORMATS, write_dataset
from tests.cli.script import edgedet
from tests.lab.datasets.making import save_picture, small_dataset

pytest.importorskip("PIL")


@pytest.fixture
def source(tmp_path: Path) -> str:
    write_dataset(small_dataset(tmp_path / "in"), tmp_path / "coco", "coco")
    return str(tmp_path / "coco")


def test_info(source: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    done = edgedet("dataset", "info", source, "--json")
    assert json.loads(done.stdout)["classes"]["person"]["boxes"] == 2
    assert "COCO JSON, 3 pictures" in done.stderr
    done = edgedet("dataset", "info", source, "--charts", str(tmp_path / "c.png"))
    assert done.returncode == 0
    assert cv2.imread(str(tmp_path / "c.png")) is not None


def test_check_ends_with_one_if_there_are_errors(source: str) -> None:
    done = edgedet("dataset", "check", source)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "warning: 1 pictures without a box")
    (Path(source) / "images" / "a.png").write_bytes(b"")
    done = edgedet("dataset", "check", source)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "error: 1 picture files that can't be decoded")
    facts = json.loads(edgedet("dataset", "check", source, "--json").stdout)
    assert (facts["passed"], facts["findings"][0]["kind"]) == (False, "undecodable-file")


def test_check_sees_a_picture_in_two_files(tmp_path: Path) -> None:
    for name in ("train", "valid"):
        save_picture(tmp_path / "images" / f"{name}.png")
        content = {
            "images": [{"id": 1, "file_name": f"{name}.png", "width": 64, "height": 48}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5]}],
            "categories": [{"id": 1, "name": "cat"}],
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    both = [str(tmp_path / "train.json"), str(tmp_path / "valid.json")]
    assert edgedet("dataset", "check", both[0]).returncode == 0
    for sources in (both, [str(tmp_path)]):
        done = edgedet("dataset", "check", *sources)
        assert done.returncode == 1
        assert done.stdout.startswith("error: 1 pictures that are in more than one split\n")


def test_convert_says_what_it_does_not_keep(source: str, tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    done = edgedet("dataset", "convert", source, str(tmp_path / "out"), "--to", "yolo", "--labels", "cat")
    assert done.returncode == 0
    assert (
        "not kept, yolo has no place for it: that some classes aren't boxed in 1 pictures, picture ids" in done.stdout
    )
    assert (tmp_path / "out" / "labels" / "train" / "a.txt").read_text().startswith("0 ")
    assert (tmp_path / "out" / "labels" / "val" / "b.txt").read_text() == ""


def test_split_and_links(source: str, tmp_path: Path) -> None:
    done = edgedet("dataset", "split", source, str(tmp_path / "s"), "--parts", "train=0.67,val=0.33", "--link")
    assert done.stdout.splitlines()[0].startswith("train: 2 pictures")
    assert (tmp_path / "s" / "images" / "a.png").is_symlink()
    assert len(json.loads((tmp_path / "s" / "instances.json").read_text())["images"]) == 3


def test_preview(source: str, tmp_path: Path) -> None:
    done = edgedet("dataset", "preview", source, str(tmp_path / "p.png"), "--labels", "cat", "--cell", "100")
    assert done.returncode == 0
    assert cv2.imread(str(tmp_path / "p.png")).shape == (108, 108, 3)


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["info", "{}/none"], "not found; check the name"),
        (["info", "{}", "--charts", "/proc/no/c.png"], "can't be written"),
        (["convert", "{}", "{}"], "something is there already; choose a new folder"),
        (["convert", "{}", "{}/out", "--labels", "bus"], "bus: no class of the datasets"),
        (["split", "{}", "{}/out", "--parts", "train=0.5"], "add up to 1"),
        (["preview", "{}", "{}/p.png", "--ids", "x"], "'x' is no picture's id"),
        (["preview", "{}", "{}/p.png", "--split", "none"], "no picture to show"),
        (["info", "{}", "{}", "--images", "{}"], "of which of 2 sources?"),
    ],
)
def test_mistakes_are_one_line(source: str, args: list[str], why: str) -> None:
    done = edgedet("dataset", *(arg.format(source) for arg in args))
    assert done.returncode == 2
    lines = [line for line in done.stderr.splitlines() if " info " not in line]
    assert len(lines) == 1
    assert why in lines[0]


def test_the_command_knows_the_formats() -> None:
    from edgedet.cli.annotated import FORMATS as choices

    assert choices == tuple(FORMATS)
