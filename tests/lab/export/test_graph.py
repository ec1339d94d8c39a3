"""A model taken apart and put together again is the same model, and what is added is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet import Detector
from edgedet.errors import ModelError
from edgedet.inference.flatbuffer import Table
from edgedet.lab.export.graph import Graph
from edgedet.lab.export.kinds import FLOAT32, Kind
from tests import modelkit as kit
from tests.places import MODEL, ROOT


def outputs_of(model: bytes, package: str, picture: Any) -> list[Any]:
    interpreter = kit.build_interpreter(model, package)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture)
    interpreter.invoke()
    return [interpreter.get_tensor(out["index"]) for out in interpreter.get_output_details()]


def test_packed_again_it_gives_the_same(package: str) -> None:
    model = MODEL.read_bytes()
    picture = np.random.default_rng(0).integers(-128, 127, (1, 320, 320, 3), np.int8)
    for before, after in zip(*(outputs_of(m, package, picture) for m in (model, Graph(model).pack())), strict=True):
        assert before.std() > 0
        np.testing.assert_array_equal(before, after)


@given(st.binary(min_size=12, max_size=70))
def test_constants_are_aligned_and_whole(data: bytes) -> None:
    """The schema forces 16 bytes, which some kernels rely on."""
    graph = Graph(kit.echo())
    for _ in range(3):
        graph.constant(np.frombuffer(data, np.uint8), "bytes")
    packed = graph.pack()
    held = [bytes(buffer.bytes(0)) for buffer in Table.root(packed).tables(4)]
    assert held.count(data) == 3
    starts = [at for at in range(len(packed)) if packed.startswith(data, at) and at % 16 == 0]
    assert len(starts) >= 3


def test_data_behind_the_tables_is_kept() -> None:
    """Writers of large models put constants behind the flatbuffer and say where."""
    graph = Graph(kit.echo())
    graph.constant(np.arange(8, dtype=np.int32), "here")
    plain = graph.pack()
    outside = Graph(plain)
    buffer = next(b for b in outside._model.buffers if b.data is not None and len(b.data) == 32)
    data, buffer.data, buffer.offset, buffer.size = bytes(buffer.data), None, 2, 32
    at = len(outside.pack())
    buffer.offset = at
    moved = outside.pack() + data
    assert np.arange(8, dtype=np.int32).tobytes() not in moved[:at]
    assert np.arange(8, dtype=np.int32).tobytes() in Graph(moved).pack()


def test_operators_and_names() -> None:
    graph = Graph(kit.echo(kind=Kind("uint8", 0.5, 3)))
    image, seen = graph.inputs[0], graph.outputs[0]
    assert (graph.operators, graph.shape(image), graph.kind(image)) == (
        ["DEQUANTIZE"],
        (1, 6, 8, 3),
        Kind("uint8", 0.5, 3),
    )
    more = graph.tensor(graph.shape(seen), FLOAT32, "less")
    graph.op("NEG", [seen], [more])
    graph.set_outputs({"negative": more})
    changed = Graph(graph.pack())
    assert changed.operators == ["DEQUANTIZE", "NEG"]
    assert [changed.name(i) for i in changed.outputs] == ["less"]
    picture = np.arange(144, dtype=np.uint8).reshape(1, 6, 8, 3)
    interpreter = kit.build_interpreter(graph.pack())
    runner = interpreter.get_signature_runner()
    found = runner(**{next(iter(interpreter.get_signature_list()["serving_default"]["inputs"])): picture})
    np.testing.assert_array_equal(found["negative"], -(picture.astype(np.float32) - 3) * 0.5)


@pytest.mark.parametrize("data", [b"", b"TFL3" * 3, b"\x00" * 64, MODEL.read_bytes()[:5000]])
def test_what_is_no_model_is_refused(data: bytes) -> None:
    with pytest.raises(ModelError, match="not a TFLite model"):
        Graph(data)


def test_detections_survive(tmp_path: Path) -> None:
    path = tmp_path / "again.tflite"
    path.write_bytes(Graph(MODEL.read_bytes()).pack())
    card = MODEL.with_suffix(".json").read_text()
    content = {k: v for k, v in json.loads(card).items() if k != "sha256"}
    (tmp_path / "again.json").write_text(json.dumps(content))
    (tmp_path / "bootstrap-320-anchors.npy").write_bytes((MODEL.parent / "bootstrap-320-anchors.npy").read_bytes())
    image = cv2.imread(str(ROOT / "edgedet" / "capture" / "photos" / "chelsea.jpg"))
    assert (
        Detector(path, confidence=0.3).detect(image).to_dicts()
        == Detector(MODEL, confidence=0.3).detect(image).to_dicts()
    )
