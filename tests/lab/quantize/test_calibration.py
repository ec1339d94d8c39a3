from __future__ import annotations

import json
import logging
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edgedet.errors import DataError
from edgedet.inference.detector import Detector
from tests.lab.quantize.conftest import Places

pytest.importorskip("ai_edge_quantizer", reason="needs edgedet[lab]")

from edgedet.lab.quantize.activations import observe
from edgedet.lab.quantize.float_model import read_float_model
from edgedet.lab.quantize.layers import LayeredModel
from edgedet.lab.quantize.pictures import read_calibration


@pytest.fixture(scope="module")
def model(places: Places) -> LayeredModel:
    return read_float_model(places.model)


def test_inputs_are_what_the_pipeline_feeds(places: Places, model: LayeredModel) -> None:
    file = sorted(places.calibration.glob("*.png"))[0]
    detector = Detector(places.model, runtime="litert", threads=1)
    detector.detect(cv2.imread(str(file)))
    calibration = read_calibration(model, [str(file)])
    np.testing.assert_array_equal(calibration.inputs[0], detector.runtime.input())
    assert calibration.files == (file,)


def test_many_pictures_are_taken_evenly(places: Places, model: LayeredModel) -> None:
    calibration = read_calibration(model, [str(places.calibration)], most=4)
    assert [file.stem for file in calibration.files] == ["0", "5", "10", "15"]


def test_a_glob_and_a_dataset_with_a_split(places: Places, model: LayeredModel, tmp_path: Path) -> None:
    assert len(read_calibration(model, [str(places.calibration / "1*.png")]).inputs) == 7
    content = json.loads(places.evaluation.read_text())
    for number, image in enumerate(content["images"]):
        image["split"] = "train" if number < 3 else "val"
    (tmp_path / "images").symlink_to(places.folder / "images")
    (tmp_path / "d.json").write_text(json.dumps(content))
    assert len(read_calibration(model, [str(tmp_path / "d.json")], split="train").inputs) == 3
    with pytest.raises(DataError, match=r"d\.json: split 'test' has no pictures"):
        read_calibration(model, [str(tmp_path / "d.json")], split="test")


def test_frames_of_a_video_are_taken_evenly(model: LayeredModel, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "v.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for shade in range(0, 250, 5):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), shade, np.uint8), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    inputs = read_calibration(model, [str(tmp_path / "v.mp4")], most=6).inputs
    shades = [float(tensor.mean()) for tensor in inputs]
    assert len(shades) == 6
    assert (np.diff(shades) > 0.2).all()  # from black to white, in steps of a like size
    assert shades[0] < -0.9
    assert shades[-1] > 0.7


def test_few_pictures_are_warned_about(places: Places, model: LayeredModel, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        read_calibration(model, [str(places.calibration / "1.png")])
    assert "only 1 pictures" in caplog.text


def test_what_is_no_calibration_is_refused_by_name(places: Places, model: LayeredModel, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty: no pictures in this folder"):
        read_calibration(model, [str(tmp_path / "empty")])
    with pytest.raises(DataError, match="nowhere: no such file"):
        read_calibration(model, [str(tmp_path / "nowhere")])
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xffno more")
    with pytest.raises(DataError, match=r"broken\.jpg: can't be decoded"):
        read_calibration(model, [str(places.calibration), str(tmp_path / "broken.jpg")])
    np.save(tmp_path / "shape.npy", np.zeros((2, 5, 5, 3), np.float32))
    with pytest.raises(DataError, match=r"shape\.npy: float32 \(2, 5, 5, 3\); wanted inputs"):
        read_calibration(model, [str(tmp_path / "shape.npy")])


def test_another_normalisation_is_noticed(
    model: LayeredModel, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pixels = np.random.default_rng(0).uniform(0, 255, (16, 320, 320, 3)).astype(np.float32)
    np.save(tmp_path / "raw.npy", pixels)
    with pytest.raises(DataError, match=r"to 255, but the card's mean 127\.5 and std 127\.5 give -1 to 1"):
        read_calibration(model, [str(tmp_path / "raw.npy")])
    np.save(tmp_path / "unit.npy", pixels / 255)
    with caplog.at_level(logging.WARNING):
        read_calibration(model, [str(tmp_path / "unit.npy")])
    assert "another normalisation" in caplog.text
    caplog.clear()
    np.save(tmp_path / "right.npy", pixels / 127.5 - 1)
    assert len(read_calibration(model, [str(tmp_path / "right.npy")]).inputs) == 16
    assert not caplog.text


def test_what_tensors_held(places: Places, model: LayeredModel) -> None:
    inputs = read_calibration(model, [str(places.calibration)], most=3).inputs
    held = observe(model, inputs)
    source = held.tensors["serving_default_args_0"]
    assert source.low == min(float(i.min()) for i in inputs)
    assert source.high == max(float(i.max()) for i in inputs)
    assert source.counts.sum() > 0
    relu6 = held.tensors[model.layers[0].output]
    assert (relu6.low, relu6.high) == (0.0, 6.0)
    heads = {layer.output for layer in model.layers if layer.shape[-1] in (12, 16, 18, 24) and layer.shape[1] <= 20}
    assert heads <= held.ends
    assert model.layers[0].output not in held.ends
