from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgedet.errors import ConfigError, ModelError
from tests.lab.quantize.conftest import Places
from tests.places import MODEL

pytest.importorskip("ai_edge_quantizer", reason="needs edgedet[lab]")

from edgedet.lab.quantize.float_model import read_float_model
from tests.lab.quantize.floated import float_model, save, set_weights, weights


def test_layers_have_numbers_and_titles(places: Places) -> None:
    model = read_float_model(places.model)
    assert model.layers[0].title == "0 CONV_2D 160x160x32"
    assert [layer.number for layer in model.named(["0", "3"])] == [0, 3]
    assert {layer.operator for layer in model.named(["Pred_0"])} <= {"CONV_2D", "DEPTHWISE_CONV_2D"}
    assert model.untouched == {}
    for text, said in (("48", "is no layer"), ("nothing like it", "is no layer"), ("(", "not a regular expression")):
        with pytest.raises(ConfigError, match=said):
            model.named([text])


def test_a_quantized_model_is_refused() -> None:
    with pytest.raises(ModelError, match="quantized already"):
        read_float_model(MODEL)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_broken_weights_are_refused_by_name(tmp_path: Path, bad: float) -> None:
    model = float_model(MODEL)
    graph = model.subgraphs[0]
    kernel = graph.tensors[graph.operators[5].inputs[1]]
    values = weights(model, kernel)
    values[0, 0, 0, :2] = bad
    set_weights(model, kernel, values)
    path = save(model, tmp_path / "broken.tflite")
    with pytest.raises(ModelError, match=f"2 of the {values.size} weights in .*NaN or infinite") as caught:
        read_float_model(path)
    assert kernel.name.decode()[-60:] in str(caught.value)
