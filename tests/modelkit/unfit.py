"""Models that run and are no detectors of pictures."""

from __future__ import annotations

import numpy as np

from tests.modelkit.graph import FLOAT32, INT32, UINT8, Graph, Kind
from tests.modelkit.heads import start


def classifier(classes: int = 1000) -> bytes:
    """An image classifier: one output (1, classes)."""
    graph, scene = start((224, 224), UINT8)
    scores = np.random.default_rng(0).dirichlet(np.ones(classes))
    graph.outputs = [graph.choose(scene, scores[None], FLOAT32, "MobilenetV2/Predictions/Reshape_1")]
    return graph.pack()


def segmentation(classes: int = 21) -> bytes:
    """A segmenter: one output (1, H, W, classes)."""
    graph, scene = start((65, 65), UINT8)
    scores = np.random.default_rng(0).normal(size=(65, 65, classes))
    graph.outputs = [graph.choose(scene, scores[None], FLOAT32, "ResizeBilinear_3")]
    return graph.pack()


def two_inputs() -> bytes:
    """Two pictures in."""
    graph, scene = start((64, 64), UINT8)
    graph.input((1, 64, 64, 3), UINT8, "second")
    graph.outputs = [graph.choose(scene, np.zeros((1, 10, 4)), FLOAT32, "boxes")]
    return graph.pack()


def dynamic_input() -> bytes:
    """A picture of any size in: shape (1, 1, 1, 3) with a signature of (1, -1, -1, 3), the same out as float."""
    graph = Graph()
    image = graph.input((1, 1, 1, 3), FLOAT32, "image", signature=(1, -1, -1, 3))
    seen = graph.tensor((1, 1, 1, 3), FLOAT32, "seen", signature=(1, -1, -1, 3))
    graph.op("NEG", [image], [seen])
    graph.outputs = [seen]
    return graph.pack()


def text_output() -> bytes:
    """A label as text out."""
    graph, scene = start((64, 64), UINT8)
    text = b"cat"
    words = graph.tensor((1,), Kind("string"), "words")
    graph.fill(words, np.array([1, 12, 12 + len(text)], np.int32).tobytes() + text)
    index = graph.tensor((1,), INT32)
    graph.op("FLOOR_MOD", [scene, graph.constant(np.array([1], np.int32))], [index])
    answer = graph.tensor((1,), Kind("string"), "answer")
    graph.op("GATHER", [words, index], [answer], axis=0)
    graph.outputs = [answer]
    return graph.pack()
