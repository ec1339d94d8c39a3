import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgedet.errors import DataError, ModelError
from edgedet.lab.datasets import Dataset, Picture
from edgedet.lab.datasets.formats import read_dataset, write_dataset
from edgedet.lab.training.pseudo import pseudo_label
from edgedet.lab.training.segmentation import SegmentationTeacher
from edgedet.types import Detections, Image
from tests.places import MODEL, ROOT, shared

LABELS = ("cat", "person")


class Brightness:
    """Takes the bright columns of a picture for a person, and is the surer of it the brighter they are."""

    labels = ("sky", "person")

    def detect(self, image: Image) -> Detections:
        bright = np.flatnonzero(image.max(axis=(0, 2)) > 40)
        if not len(bright):
            return Detections.empty(self.labels)
        box = np.array([[bright[0], 0, bright[-1] + 1, image.shape[0]]], np.float32)
        score = np.array([image.max() / 255], np.float32)
        return Detections(box, score, np.ones(1, np.int32), self.labels)


def picture(folder: Path, brightness: int, known: bool = False) -> Picture:
    image = np.zeros((60, 80, 3), np.uint8)
    image[:, 20:40] = brightness
    path = folder / f"{brightness}.png"
    cv2.imwrite(str(path), image)
    cat = np.array([[0, 0, 10, 10]], np.float32)  # annotated at twice the file's size
    return Picture(
        path, 160, 120, cat, np.zeros(1, np.int64), np.array([True, known]), np.zeros(1, np.bool_), brightness
    )


def test_what_the_teacher_is_sure_of_becomes_an_object_in_the_annotations_pixels(tmp_path: Path) -> None:
    (found,) = pseudo_label(Dataset(LABELS, (picture(tmp_path, 250),)), Brightness())
    assert found.known.all()
    assert found.labels.tolist() == [0, 1]
    assert found.boxes[1].tolist() == [40, 0, 80, 120]
    assert found.box_extra[1]["pseudo_score"] == pytest.approx(0.98, abs=0.01)


def test_where_it_finds_nothing_there_is_nothing(tmp_path: Path) -> None:
    (found,) = pseudo_label(Dataset(LABELS, (picture(tmp_path, 0),)), Brightness())
    assert found.known.all()
    assert len(found) == 1


def test_in_doubt_the_class_stays_unknown(tmp_path: Path) -> None:
    (found,) = pseudo_label(Dataset(LABELS, (picture(tmp_path, 100),)), Brightness())
    assert found.known.tolist() == [True, False]
    assert len(found) == 1
    (never,) = pseudo_label(Dataset(LABELS, (picture(tmp_path, 250),)), Brightness(), sure=2)
    assert never.known.tolist() == [True, False]


def test_what_was_labelled_stays_as_it_is(tmp_path: Path) -> None:
    labelled = picture(tmp_path, 250, known=True)
    (found,) = pseudo_label(Dataset(LABELS, (labelled,)), Brightness())
    assert found is labelled


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = replace(picture(tmp_path, 10), path=tmp_path / "gone.png")
    with pytest.raises(DataError, match=r"gone\.png"):
        pseudo_label(Dataset(LABELS, (missing,)), Brightness())


def test_a_segmentation_model_finds_the_person_in_the_photograph() -> None:
    teacher = SegmentationTeacher(shared("data/backbones/deeplabv3_mnv2_pascal_quant.tflite"))
    image = cv2.imread(str(shared("data/photos/grace_hopper.bmp")))
    people = teacher.detect(image).filter("person")
    assert len(people)
    x1, y1, x2, y2 = people.boxes[0] / np.array([image.shape[1], image.shape[0]] * 2)
    assert people.scores[0] == 1
    assert x1 < 0.3 < 0.7 < x2
    assert y1 < 0.35 < 0.9 < y2


def test_a_detector_is_no_segmentation_model() -> None:
    with pytest.raises(ModelError, match="class map"):
        SegmentationTeacher(MODEL)


def test_the_command_completes_a_dataset(tmp_path: Path) -> None:
    photo = ROOT / "edgedet/capture/photos/chelsea.jpg"
    height, width = cv2.imread(str(photo)).shape[:2]
    nothing = np.zeros((0, 4), np.float32), np.zeros(0, np.int64)
    dog_free = Picture(photo, width, height, *nothing, np.ones(1, np.bool_), np.zeros(0, np.bool_), 1)
    write_dataset(Dataset(("dog",), (dog_free,)), tmp_path / "dogs", "coco")
    words = ["dataset", "label", "dogs/instances.json", "all", "--labels", "dog,cat,person", "--teacher", str(MODEL)]
    command = [sys.executable, "-m", "edgedet", *words, "--sure", "0.4", "--unsure", "0.3"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert "cat: 1 boxes added; known in 1 of 1 pictures" in done.stdout
    (found,) = read_dataset(tmp_path / "all" / "instances.json").with_labels(("dog", "cat", "person"))
    assert found.labels.tolist() == [1]
    assert found.known.all()
