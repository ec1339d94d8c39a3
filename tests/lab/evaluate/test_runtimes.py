"""The same model on several runtimes, and what can't be run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgedet.errors import ConfigError, EdgedetError, ExtraMissing, ModelError
from edgedet.lab.evaluate import runtimes
from edgedet.lab.evaluate.runtimes import missing, open_detector, plan
from tests.modelkit import FLOAT32, ssd_raw
from tests.places import MODEL

ANCHORS = np.stack(np.meshgrid([0.25, 0.75], [0.25, 0.75], [0.3], [0.4]), axis=-1).reshape(-1, 4).astype(np.float32)
ENCODINGS = np.linspace(-2, 2, 16, dtype=np.float32).reshape(4, 4)
SCORES = np.array([[0.9, 0, 0], [0, 0.7, 0], [0.3, 0, 0.6], [0.01, 0, 0]], np.float32)
WHITE = np.full((64, 64, 3), 255, np.uint8)


def onnx_model(folder: Path, batch: Any = 1) -> Path:
    """The arrays above where the picture is white; scores fall with its brightness."""
    onnx = pytest.importorskip("onnx")
    helper, number = onnx.helper, onnx.TensorProto.FLOAT
    nodes = [
        helper.make_node("ReduceMean", ["image"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["e", "mean"], ["boxes"]),
        helper.make_node("Mul", ["s", "mean"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "made",
        [helper.make_tensor_value_info("image", number, [batch, 32, 32, 3])],
        [
            helper.make_tensor_value_info("boxes", number, [1, 4, 4]),
            helper.make_tensor_value_info("scores", number, [1, 4, 3]),
        ],
        [onnx.numpy_helper.from_array(ENCODINGS[None], "e"), onnx.numpy_helper.from_array(SCORES[None], "s")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / "made.onnx"
    path.write_bytes(model.SerializeToString())
    write_card(path)
    return path


def write_card(model: Path) -> None:
    np.save(model.parent / "anchors.npy", ANCHORS)
    card = {
        "labels": ["person", "cat", "dog"],
        "head": {"activation": "none", "background": False},
        "anchors": {"file": "anchors.npy"},
    }
    model.with_suffix(".json").write_text(json.dumps(card))


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_onnx_gives_what_tflite_gives(runtime: str, tmp_path: Path) -> None:
    pytest.importorskip(runtime)
    tflite = tmp_path / "same.tflite"
    tflite.write_bytes(ssd_raw(ENCODINGS, SCORES, size=(32, 32), input_kind=FLOAT32))
    write_card(tflite)
    wanted = open_detector(tflite, "litert", 1).detect(WHITE)
    detector = open_detector(onnx_model(tmp_path), runtime, 1)
    found = detector.detect(WHITE)
    assert len(wanted) == 4
    assert found.labels == ("person", "cat", "dog")
    assert found.class_ids.tolist() == wanted.class_ids.tolist()
    assert found.scores == pytest.approx(wanted.scores, abs=1e-6)
    assert found.boxes == pytest.approx(wanted.boxes, abs=1e-3)
    assert detector.runtime.name.startswith(runtime)
    assert not len(detector.detect(np.zeros_like(WHITE)))


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_an_open_batch_is_one_picture_and_open_sides_are_refused(runtime: str, tmp_path: Path) -> None:
    pytest.importorskip(runtime)
    assert len(open_detector(onnx_model(tmp_path, "N"), runtime, 1).detect(WHITE)) == 4


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
@pytest.mark.parametrize("content", [b"", b"\x08nonsense", b"<html>"])
def test_a_damaged_onnx_file_is_one_line(runtime: str, content: bytes, tmp_path: Path) -> None:
    pytest.importorskip(runtime)
    model = tmp_path / "bad.onnx"
    model.write_bytes(content)
    with pytest.raises(ModelError, match=r"bad\.onnx"):
        open_detector(model, runtime, 1)


def test_a_missing_onnx_file(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(ModelError, match=r"none.onnx: the model can't be read"):
        open_detector(tmp_path / "none.onnx", "onnxruntime")


def test_each_file_gets_the_runtimes_that_run_it() -> None:
    onnx = Path("a.onnx")
    assert plan([MODEL]) == [(MODEL, "litert")]
    assert plan([MODEL, MODEL], ["litert"]) == [(MODEL, "litert")]
    if not {"onnxruntime", "openvino"} & set(missing()):
        assert plan([MODEL, onnx], ["litert", "openvino", "onnxruntime"]) == [
            (MODEL, "litert"),
            (onnx, "onnxruntime"),
            (onnx, "openvino"),
        ]
        assert plan([onnx], ["all"]) == [(onnx, "onnxruntime"), (onnx, "openvino")]
    with pytest.raises(ConfigError, match=r"a.onnx: runs on onnxruntime or openvino, not on litert; add --runtime"):
        plan([onnx], ["litert"])


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ExtraMissing, match=r"openvino: not installed; run: pip install openvino"):
        plan([Path("a.onnx")], ["openvino"])
    with pytest.raises(EdgedetError, match=r"onnxruntime: not installed; run: pip install onnxruntime"):
        plan([Path("a.onnx")])
    assert set(missing()) >= {"onnxruntime", "openvino"}
