from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.lab.quantize.dead import LEAST, with_room


@given(st.floats(-200, 200, width=32), st.sampled_from([0.0, 1e-30, 1e-9, 1e-5, 0.5]), st.integers(1, 27))
def test_a_bias_fits_32_bits_after_and_hardly_anything_changed(bias: float, size: float, count: int) -> None:
    weights = np.full((2, count), size, np.float32)
    biases = np.array([bias, 0.0], np.float32)
    found, count = with_room(weights, biases)
    assert count == int(np.abs(found - weights).max() > 0)
    step = 1e-3 * np.abs(found).max(axis=1) / 127
    assert (np.abs(biases) <= step * 2**31 + 1e-30).all()  # denormal numbers have fewer digits
    assert np.abs(found - weights).max() <= abs(bias) * LEAST * 1.01
    assert (found[1] == weights[1]).all()


def test_sound_weights_stay() -> None:
    weights = np.ones((3, 9), np.float32)
    found, count = with_room(weights, np.array([1, -2, 3], np.float32))
    assert count == 0
    assert (found == weights).all()


def test_int8_keeps_what_channels_without_weights_say(tmp_path) -> None:
    torch = pytest.importorskip("torch", reason="needs the lab: pip install 'edgedet[lab]'")
    pytest.importorskip("litert_torch", reason="needs the lab: pip install 'edgedet[lab]'")
    import litert_torch
    from ai_edge_litert.interpreter import Interpreter

    from edgedet.lab.quantize.activations import observe
    from edgedet.lab.quantize.conversion import convert
    from edgedet.lab.quantize.float_model import read_float_model
    from edgedet.lab.quantize.recipes import choose

    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU6(), torch.nn.Conv2d(8, 4, 1)).eval()
    with torch.no_grad():  # half of the first layer is dead, and what it says matters
        net[0].weight[::2] *= 1e-12
        net[0].bias[::2] = 4.0
    path = tmp_path / "float.tflite"
    pictures = [torch.rand(1, 3, 16, 16) * 2 - 1 for _ in range(8)]
    litert_torch.convert(net, (pictures[0],)).export(str(path))

    def run(content: bytes) -> np.ndarray:
        interpreter = Interpreter(model_content=content)
        interpreter.allocate_tensors()
        (given,), (out,) = interpreter.get_input_details(), interpreter.get_output_details()
        picture = pictures[0].numpy()
        if given["dtype"] == np.int8:
            scale, zero = given["quantization"]
            picture = np.clip(np.round(picture / scale + zero), -128, 127).astype(np.int8)
        interpreter.set_tensor(given["index"], picture)
        interpreter.invoke()
        values = interpreter.get_tensor(out["index"]).astype(np.float32)
        scale, zero = out["quantization"]
        return (values - zero) * scale if out["dtype"] == np.int8 else values

    model = read_float_model(path)
    quantized = convert(model, choose("int8"), observe(model, [picture.numpy() for picture in pictures]))
    wanted, got = run(path.read_bytes()), run(quantized)
    assert np.abs(wanted - got).max() < 0.1
