"""Contact sheets, charts and figures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edgedet.drawing.palette import colour_of
from edgedet.errors import ConfigError
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.formats import read_dataset
from edgedet.lab.datasets.sheet import as_detections, choose, contact_sheet, encode_png
from edgedet.lab.datasets.summary import summarise, table
from tests.lab.datasets.making import picture, small_dataset
from tests.places import shared


def grey(folder: Path) -> Path:
    cv2.imwrite(str(folder / "grey.png"), np.full((200, 400, 3), 128, np.uint8))
    return folder / "grey.png"


def test_boxes_stand_where_they_are(tmp_path: Path) -> None:
    shown = picture(grey(tmp_path), [[200, 100, 400, 200]], width=400, height=200)
    sheet = contact_sheet([shown, shown, shown], ("person", "cat"), columns=2, cell=200)
    assert sheet.shape == (2 * 204 + 4, 2 * 204 + 4, 3)
    # 400x200 in a cell of 200: half as large, 50 pixels down; the box's corner is at 100, 100
    for left, top in ((4, 4), (208, 4), (4, 208)):
        assert sheet[top + 100, left + 150].tolist() == list(colour_of("person"))
        assert sheet[top + 125, left + 100].tolist() == list(colour_of("person"))
        assert sheet[top + 60, left + 20].tolist() == [128, 128, 128]
    assert (sheet[208:, 208:] == 255).all()


def test_a_file_that_is_missing_is_a_cell(tmp_path: Path) -> None:
    sheet = contact_sheet([picture(tmp_path / "none.png", [[1, 1, 9, 9]])], ("person", "cat"), cell=200)
    assert sheet.shape == (208, 208, 3)
    assert np.median(sheet[4:150, 4:204]) == 32


def test_groups_are_named_so_and_small_boxes_are_on_top(tmp_path: Path) -> None:
    found = as_detections(small_dataset(tmp_path).pictures[0], ("person", "cat"))
    assert [found.labels[i] for i in found.class_ids] == ["cat", "person (group)"]


def test_the_choice(tmp_path: Path) -> None:
    pictures = tuple(picture(tmp_path / f"{i}.png", id=i * 3) for i in range(50))
    data = Dataset(("person", "cat"), pictures)
    chosen = [p.id for p in choose(data, 5, seed=1)]
    assert len(set(chosen)) == 5
    assert chosen == sorted(chosen)
    assert chosen == [p.id for p in choose(data, 5, seed=1)]
    assert chosen != [p.id for p in choose(data, 5, seed=2)]
    assert len(choose(data, 99)) == 50
    assert [p.id for p in choose(data, 5, ids=[9, 3])] == [9, 3]
    with pytest.raises(ConfigError, match="4: no picture has this id; they are 0 to 147"):
        choose(data, 5, ids=[4])
    with pytest.raises(ConfigError, match="no picture to show"):
        choose(Dataset((), ()), 5)


def test_a_sheet_is_a_png(tmp_path: Path) -> None:
    sheet = contact_sheet([picture(grey(tmp_path))], ("person", "cat"))
    assert (cv2.imdecode(np.frombuffer(encode_png(sheet), np.uint8), cv2.IMREAD_COLOR) == sheet).all()


def test_figures(tmp_path: Path) -> None:
    facts = summarise(small_dataset(tmp_path))
    assert (facts["pictures"], facts["boxes"], facts["crowds"], facts["pictures_without_box"]) == (3, 3, 1, 1)
    assert facts["classes"]["cat"] == {
        "boxes": 1,
        "pictures": 1,
        "small": 0,
        "medium": 1,
        "large": 0,
        "pictures_not_exhaustive": 1,
    }
    assert facts["sizes"] == {"small": 1, "medium": 2, "large": 0}
    assert facts["splits"] == {"train": {"pictures": 2, "boxes": 2}, "val": {"pictures": 1, "boxes": 1}}
    assert facts["picture_aspect_ratios"] == [1.333] * 5
    assert facts["box_aspect_ratios"][-1] == 1.333
    lines = table(facts).splitlines()
    assert lines[0] == "3 pictures, 3 boxes (1 around groups), 1 pictures without a box"
    assert lines[-1].split() == ["all", "3", "3", "1", "2", "0"]


def test_no_pictures_at_all() -> None:
    assert "0 pictures" in table(summarise(Dataset(("cat",), ())))


def test_real_figures() -> None:
    facts = summarise(read_dataset(shared("data/coco-mini")))
    assert (facts["pictures"], facts["boxes"], facts["classes"]["person"]["boxes"]) == (354, 3272, 755)
    assert facts["splits"]["val"]["pictures"] == 164


@pytest.mark.parametrize("classes", [0, 1, 90])
def test_charts(tmp_path: Path, classes: int) -> None:
    pytest.importorskip("matplotlib")
    from edgedet.lab.datasets.charts import draw_charts

    labels = tuple(f"class {i}" for i in range(classes))
    boxes = [[0, 0, 1 + i, 0.5] for i in range(classes)]
    data = Dataset(labels, (picture(tmp_path, boxes, list(range(classes))),) if classes else ())
    chart = cv2.imdecode(np.frombuffer(draw_charts(data), np.uint8), cv2.IMREAD_COLOR)
    assert chart.shape[1] == 1320
    assert chart.std() > 5
