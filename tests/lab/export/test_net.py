"""From PyTorch to TFLite and ONNX: the same outputs, and files that stand on their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgedet import Detector
from edgedet.errors import ModelError
from edgedet.inference.anchors import ssd_anchors
from edgedet.inference.flatfile import read_model
from edgedet.lab.export.commands import export_net, export_onnx
from edgedet.lab.export.graph import Graph
from edgedet.lab.export.interface import Normalisation
from edgedet.lab.export.onnx import run_onnx
from edgedet.lab.export.parity import FLOAT, difference, run_tflite, run_torch
from edgedet.lab.export.pictures import read_pictures, to_inputs
from edgedet.lab.export.postprocess import Suppression
from edgedet.lab.export.rawhead import RawHead
from edgedet.lab.export.request import Net, Wanted

torch = pytest.importorskip("torch")
pytest.importorskip("litert_torch")

from tests.lab.export.nets import ANCHORS, SIZE, tiny_net  # noqa: E402 - it needs torch

LABELS = ["person", "cat", "dog"]


def trained(net: Any, folder: Path) -> Net:
    card = {"task": "object detection", "architecture": "tiny", "labels": LABELS, "training": {"seed": 4}}
    return Net(net, SIZE, RawHead(ssd_anchors(SIZE, SIZE)), card, folder / "checkpoint.pt")


def test_tflite_gives_what_the_net_gives(tiny: Path) -> None:
    images = read_pictures()
    before = run_torch(tiny_net(), to_inputs(images, SIZE))
    assert before.boxes.std() > 0.1
    assert before.scores.std() > 0.02
    found = difference("tiny", before, run_tflite(tiny, images, Normalisation()), FLOAT)
    assert found.within, found


def test_a_detector_knows_the_file_without_a_card(tiny: Path) -> None:
    detector = Detector(tiny, threads=1)
    assert (detector.head.name, detector.head.num_anchors, detector.head.classes) == ("ssd-raw", ANCHORS, 3)
    assert detector.runtime.inputs[0].shape == (1, SIZE, SIZE, 3)


def test_names_are_the_nets_own(tiny: Path) -> None:
    graph = Graph(tiny.read_bytes())
    names = [graph.name(i) for i in range(graph.num_tensors)]
    assert len(set(names)) == len(names)
    assert {"stem/Sequential_0/Conv2d_0", "Sequential_4/Conv2d_0"} <= set(names)
    assert not any("torch" in name or "wrapped" in name for name in names)
    assert [graph.name(i) for i in (*graph.inputs, *graph.outputs)] == ["image", "boxes", "scores"]
    assert set(read_model(tiny).signature_outputs) == {"boxes", "scores"}


def test_the_whole_way_to_a_uint8_detector(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "tiny.tflite"
    options = Suppression(max_detections=50, nms_iou_threshold=0.6)
    exported = export_net(trained(tiny_net(), tmp_path), out, Wanted(suppression=options), read_pictures())
    assert [file.name for file in exported.files] == ["tiny.tflite", "tiny.json", "tiny.md"]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(f.name for f in exported.files)
    assert [d.step for d in exported.differences] == ["PyTorch to TFLite", "uint8 input"]
    assert exported.agreement is not None
    assert exported.agreement.objects > 40
    assert exported.agreement.alone == 0
    assert capfd.readouterr() == ("", "")  # the converter is quiet
    detector = Detector(out, threads=1)
    assert (detector.head.name, detector.labels, str(detector.runtime.inputs[0].dtype)) == (
        "ssd-postprocess",
        tuple(LABELS),
        "uint8",
    )
    card = json.loads(out.with_suffix(".json").read_text())
    assert (card["sha256"], card["input"]["mean"], card["training"]) == (read_model(out).sha256, 0, {"seed": 4})
    assert card["postprocess"]["nms_iou_threshold"] == 0.6
    out.with_suffix(".json").unlink()  # the file says it all by itself
    image = read_pictures()[0]
    assert Detector(out, threads=1).detect(image).to_dicts() == detector.detect(image).to_dicts()


def test_a_net_that_converts_to_something_else_is_not_written(tmp_path: Path) -> None:
    net = tiny_net()
    runs = []

    class Unsteady(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, image: Any) -> Any:
            boxes, logits = net(image)
            runs.append(0)
            return boxes + 0.01 * len(runs), logits

    with pytest.raises(ModelError, match="PyTorch to TFLite: changes boxes by up to"):
        export_net(trained(Unsteady().eval(), tmp_path), tmp_path / "bad.tflite", Wanted(), read_pictures())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["tflite", "onnx"])
def test_weights_that_are_no_numbers_are_refused(tmp_path: Path, ending: str) -> None:
    net = tiny_net()
    with torch.no_grad():
        net.stem[0][0].weight[0, 0, 0, 0] = float("nan")
    export, wanted = (export_onnx, None) if ending == "onnx" else (export_net, Wanted())
    with pytest.raises(ModelError, match=r"weights of stem\.0\.0\.weight: not finite"):
        export(trained(net, tmp_path), tmp_path / f"bad.{ending}", wanted, read_pictures())  # type: ignore[operator]
    assert list(tmp_path.iterdir()) == []


def test_onnx_float_and_int8(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    images = read_pictures()
    inputs = to_inputs(images, SIZE)
    wanted = run_torch(tiny_net(), inputs)
    for name, calibration in (("plain", None), ("int8", inputs)):
        out = tmp_path / f"{name}.onnx"
        exported = export_onnx(trained(tiny_net(), tmp_path), out, calibration, images)
        model = onnx.load(out)
        assert [i.name for i in model.graph.input] == ["image"]
        assert [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim] == [1, SIZE, SIZE, 3]
        assert json.loads({p.key: p.value for p in model.metadata_props}["labels"]) == LABELS
        found = run_onnx(out.read_bytes(), inputs)
        assert np.abs(found.scores - wanted.scores).max() <= (0.002 if calibration is None else 0.1)
        kinds = {node.op_type for node in model.graph.node}
        assert ("QuantizeLinear" in kinds) == (calibration is not None)
        card = json.loads(out.with_suffix(".json").read_text())
        assert (card["outputs"]["boxes"]["shape"], len(card["export"]["parity"])) == (
            [1, ANCHORS, 4],
            len(exported.differences),
        )
    weights = [i for i in onnx.load(tmp_path / "int8.onnx").graph.initializer if i.data_type == onnx.TensorProto.INT8]
    scales = {
        len(i.dims) and i.dims[0] for i in onnx.load(tmp_path / "int8.onnx").graph.initializer if "scale" in i.name
    }
    assert len(weights) > 10
    assert max(scales) >= 32  # a scale for every channel
