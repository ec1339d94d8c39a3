"""Builds real ``.tflite`` files for tests: a few operators that give exactly the outputs asked for.

Every builder returns the file's bytes. Values are given as real numbers; a :class:`Kind` says how they are stored::

    from tests.modelkit import UINT8, Kind, build_interpreter, ssd_raw, with_metadata

    boxes = np.zeros((1917, 4), np.float32)              # encodings ty, tx, th, tw
    scores = np.zeros((1917, 90), np.float32)
    scores[1000, 16] = 0.9
    model = ssd_raw(boxes, scores, box_kind=Kind("int8", 0.05, 3), score_kind=Kind("uint8", 1 / 256, 0))
    (tmp_path / "model.tflite").write_bytes(with_metadata(model, labels=["person", ...], mean=127.5, std=127.5))

Any array may be a stack of *scenes*, one axis more than the output has: the input's very first element, as a raw
whole number modulo the number of scenes, picks the one a run returns. So outputs can depend on the picture.
"""

from tests.modelkit.graph import FLOAT32, UINT8, Graph, Kind, build_interpreter
from tests.modelkit.heads import echo, efficientdet, four_outputs, ssd_raw, yolo_v5, yolo_v8
from tests.modelkit.metadata import with_metadata
from tests.modelkit.postprocess import PostProcessOptions, postprocess, with_postprocess
from tests.modelkit.unfit import classifier, dynamic_input, segmentation, text_output, two_inputs

__all__ = [
    "FLOAT32",
    "UINT8",
    "Graph",
    "Kind",
    "PostProcessOptions",
    "build_interpreter",
    "classifier",
    "dynamic_input",
    "echo",
    "efficientdet",
    "four_outputs",
    "postprocess",
    "segmentation",
    "ssd_raw",
    "text_output",
    "two_inputs",
    "with_metadata",
    "with_postprocess",
    "yolo_v5",
    "yolo_v8",
]
