"""Weights out of a TFLite file: a MobileNetV2 backbone, or a whole SSD on one.

The file's convolutions stand in operator order, which is the order of the network: stem, then expand, depthwise and
project of each block, and so on; batch norm is folded in. A predictor of an SSD is a 1x1 convolution whose output
is reshaped to (1, anchors, n) next.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from edgedet.errors import ModelError
from edgedet.lab.training.architecture import ANCHORS
from edgedet.lab.training.net import Conv, Predictor, Ssd

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """One convolution of a file: weight float32 (out, in / groups, h, w), bias float32 (out,)."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    predicts: bool


def read_convolutions(path: Path) -> list[Convolution]:
    """The convolutions of a TFLite model in operator order, dequantized.

    Raises:
        ModelError: the file isn't a model that LiteRT runs.
    """
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    try:  # the plain kernels keep what a float16 file's DEQUANTIZE operators make
        plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        interpreter = Interpreter(
            str(path), experimental_op_resolver_type=plain, experimental_preserve_all_tensors=True
        )
        interpreter.allocate_tensors()
        interpreter.invoke()
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{path}: no weights can be read from it ({error}); give a .tflite model") from None
    details = {t["index"]: t for t in interpreter.get_tensor_details()}
    operators = interpreter._get_ops_details()
    reshaped = {int(o["inputs"][0]) for o in operators if o["op_name"] == "RESHAPE"}
    found = []
    for operator in operators:
        if operator["op_name"] in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            weight, bias = (_real(interpreter, details[int(i)]) for i in operator["inputs"][1:3])
            axes = (3, 0, 1, 2) if operator["op_name"] == "DEPTHWISE_CONV_2D" else (0, 3, 1, 2)
            found.append(Convolution(weight.transpose(axes), bias, int(operator["outputs"][0]) in reshaped))
    return found


def _real(interpreter: Any, detail: dict[str, Any]) -> NDArray[np.float32]:
    values: NDArray[np.float32] = interpreter.get_tensor(detail["index"]).astype(np.float32)
    quantization = detail["quantization_parameters"]
    scales, zeros = quantization["scales"], quantization["zero_points"]
    if not len(scales):
        return values
    shape = [1] * values.ndim
    if len(scales) > 1:
        shape[quantization["quantized_dimension"]] = -1
    return (values - zeros.reshape(shape)) * scales.reshape(shape)


def transfer(net: Ssd, path: Path, labels: Sequence[str], source_labels: Sequence[str] = ()) -> list[str]:
    """Fill a net, made without batch norm, from a TFLite model as far as its shapes fit.

    Args:
        net: of the same width as the file's.
        path: the file.
        labels: the net's classes.
        source_labels: the classes of an SSD in the file, in the order of its score columns; those that ``labels``
            names too (in whatever case) bring their predictors along.

    Returns:
        The names of the net's parts that were filled.

    Raises:
        ModelError: not even the backbone fits.
    """
    found = read_convolutions(path)
    trunk = [c for c in found if not c.predicts]
    filled = []
    for (name, module), convolution in zip(_trunk(net), trunk, strict=False):
        if tuple(module.weight.shape) != convolution.weight.shape:
            break
        _fill(module, convolution)
        filled.append(name)
    backbone = sum(1 for name, _ in _trunk(net) if name.startswith(("stem", "blocks")))
    if len(filled) < backbone:
        raise ModelError(
            f"{path}: after {len(filled)} convolutions its shapes aren't those of a MobileNetV2 of width "
            f"{net.architecture.width}; give a model of that width"
        )
    predictors = [c for c in found if c.predicts]
    if len(predictors) == 2 * len(ANCHORS) and source_labels:
        filled += _fill_predictors(net, predictors, labels, source_labels)
    log.info("%s: %d of its %d convolutions taken over", path, len(filled), len(found))
    return filled


def _trunk(net: Ssd) -> list[tuple[str, nn.Conv2d]]:
    return [
        (name, module.conv)
        for name, module in net.named_modules()
        if isinstance(module, Conv) and not name.startswith(("boxes", "classes"))
    ]


def _fill(module: nn.Conv2d, convolution: Convolution) -> None:
    assert module.bias is not None
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(np.ascontiguousarray(convolution.weight)))
        module.bias.copy_(torch.from_numpy(convolution.bias))


def _fill_predictors(
    net: Ssd, found: list[Convolution], labels: Sequence[str], source_labels: Sequence[str]
) -> list[str]:
    """Both predictors of each feature map. The file's are 1x1; the depthwise part before ours starts as identity."""
    source = [name.lower() for name in source_labels]
    columns = [source.index(name.lower()) if name.lower() in source else None for name in labels]
    filled = []
    for i, anchors in enumerate(ANCHORS):
        boxes, classes = sorted(found[2 * i : 2 * i + 2], key=lambda c: len(c.bias) != anchors * 4)
        if len(boxes.bias) != anchors * 4 or len(classes.bias) != anchors * len(source):
            raise ModelError(
                f"its predictors give {len(classes.bias)} scores for {anchors} anchors, but it has {len(source)} labels"
            )
        _fill(net.boxes[i].pointwise, boxes)
        with torch.no_grad():
            weight = torch.from_numpy(classes.weight.reshape(anchors, len(source), -1))
            bias = torch.from_numpy(classes.bias.reshape(anchors, len(source)))
            into, into_bias = net.classes[i].pointwise.weight, net.classes[i].pointwise.bias
            for k, column in enumerate(columns):
                if column is not None:
                    into[k :: len(labels), :, 0, 0] = weight[:, column]
                    into_bias[k :: len(labels)] = bias[:, column]
        for kind, predictor in (("boxes", net.boxes[i]), ("classes", net.classes[i])):
            _pass_through(predictor)
            filled.append(f"{kind}.{i}")
    return filled


def _pass_through(predictor: Predictor) -> None:
    """Make the depthwise convolution hand on what it gets: its input is a ReLU6's output already."""
    weight, bias = predictor.depthwise.conv.weight, predictor.depthwise.conv.bias
    with torch.no_grad():
        weight.zero_()
        weight[:, :, 1, 1] = 1
        bias.zero_()
