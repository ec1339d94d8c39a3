"""PyTorch to float TFLite."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgedet.errors import ModelError
from edgedet.lab import require
from edgedet.lab.export.graph import Graph

log = logging.getLogger(__name__)

_WRAPPERS = 3
"""What the converter's names begin with: its own wrapper, ours, and the net."""


def with_scores(net: Any) -> Any:
    """A net whose second output is probabilities: the sigmoid of what were logits.

    Args:
        net: a module that gives (boxes (B, A, 4), logits (B, A, C)) for pictures.

    Raises:
        ModelError: some of its weights aren't finite.
    """
    torch = require("torch")
    base: Any = torch.nn.Module

    class WithScores(base):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, image: Any) -> dict[str, Any]:
            boxes, logits = self.net(image)
            return {"boxes": boxes, "scores": logits.sigmoid()}

    broken = [name for name, values in net.state_dict().items() if not torch.isfinite(values).all()]
    if broken:
        raise ModelError(f"weights of {broken[0]}: not finite, as are {len(broken)} in all; train again, slower")
    return WithScores().eval()


def to_tflite(net: Any, size: int) -> bytes:
    """A net as a float TFLite model with raw heads.

    The model's input is ``image``, float32 (1, size, size, 3), RGB, -1 to 1; its outputs are ``boxes``, float32
    (1, A, 4), and ``scores``, float32 (1, A, C), probabilities. Tensors are named after the net's layers.

    Args:
        net: a module from float NCHW RGB pictures, -1 to 1, to (boxes (B, A, 4), logits (B, A, C)).
        size: side of the square input, in pixels.

    Returns:
        The file's bytes.

    Raises:
        ModelError: the net's weights aren't finite, or the converter can't express it.
        ExtraMissing: PyTorch or litert-torch isn't installed.
    """
    torch = require("torch")
    wrapped = with_scores(net)
    with tempfile.TemporaryDirectory() as folder, quiet():
        litert_torch = require("litert_torch")
        file = Path(folder) / "model.tflite"
        try:
            channels_last = litert_torch.to_channel_last_io(wrapped, args=[0]).eval()
            litert_torch.convert(channels_last, (torch.zeros(1, size, size, 3),)).export(str(file))
        except (RuntimeError, ValueError, NotImplementedError) as error:
            raise ModelError(f"the net can't be converted to TFLite ({str(error).splitlines()[0]})") from None
        return _named(file.read_bytes())


def _named(model: bytes) -> bytes:
    """The model with readable names: of its ends, and of its tensors after the layers that made them."""
    graph = Graph(model)
    taken: Counter[str] = Counter()
    for tensor in sorted(range(graph.num_tensors), key=graph.is_constant):  # weights after the outputs made with them
        name = layer_name(graph.name(tensor))
        graph.rename(tensor, f"{name};{taken[name]}" if taken[name] else name)
        taken[name] += 1
    boxes, scores = graph.outputs
    for tensor, name in ((graph.inputs[0], "image"), (boxes, "boxes"), (scores, "scores")):
        graph.rename(tensor, name)
    graph.set_input("image", graph.inputs[0])
    graph.set_outputs({"boxes": boxes, "scores": scores})
    return graph.pack()


def layer_name(name: str) -> str:
    """The layer in a name that the converter gave: the first of those it fused.

    >>> layer_name("a.IOWrapper/a.WithScores_wrapped/b.Net_net/c.Sequential_stem/c.ReLU6_act;;a.IOWrapper/"
    ...            "a.WithScores_wrapped/b.Net_net/c.Sequential_stem/c.Conv2d_0;2")
    'stem/Conv2d_0'
    """
    paths = [part for part in name.split(";") if "/" in part]
    if not paths:
        return name
    classes_and_names = [part.rsplit(".", 1)[-1].partition("_") for part in paths[-1].split("/")]
    layers = [f"{kind}_{own}" if own.isdecimal() else own for kind, _, own in classes_and_names]
    return "/".join(layers[_WRAPPERS:]) or "net"


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The converter reports every pass on stdout and stderr, from Python and C++: that goes to the debug log."""
    os.environ.setdefault("LITERT_TORCH_SHOW_PROGRESS", "n")
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            log.debug("converter: %s", os.pread(caught.fileno(), 1 << 16, 0).decode("utf-8", "replace"))
