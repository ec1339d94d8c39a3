"""TFLite metadata: labels, normalisation and what there is to say of a model, inside its file.

A flatbuffer of its own (``metadata_schema.fbs`` of tflite-support, version 1.4.1) in the model's list of metadata, and
the labels as a text file in a zip archive behind the model: https://www.tensorflow.org/lite/models/convert/metadata.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flatbuffers

from edgedet.inference.flatfile import POSTPROCESS
from edgedet.lab.export.graph import Graph
from edgedet.lab.export.interface import Normalisation, normalisation

LABELS_FILE = "labels.txt"
_MIN_PARSER = "1.0.0"
_NORMALIZATION = 1  # of ProcessUnitOptions
_FEATURE, _IMAGE, _BOX = 1, 2, 3  # of ContentProperties
_RGB = 1  # of ColorSpaceType
_BOUNDARIES, _RATIO = 1, 0  # of BoundingBoxType and CoordinateType
_AXIS_LABELS, _VALUE_LABELS = 2, 3  # of AssociatedFileType


@dataclass(frozen=True, slots=True)
class About:
    """What a model's file says of it.

    Attributes:
        labels: the name of every class, by class id.
        name, description, version, author, licence: free text; empty: not said.
    """

    labels: tuple[str, ...]
    name: str = ""
    description: str = ""
    version: str = ""
    author: str = ""
    licence: str = ""


def with_metadata(model: bytes, about: About, given: Normalisation | None = None) -> bytes:
    """A model with metadata in it, and its labels behind it.

    Args:
        model: a TFLite model with raw heads, or with the detection operator at its end.
        about: what to say.
        given: how pixels become the input's real values; None: as its type tells.

    Raises:
        ModelError: it isn't a model.
    """
    graph = Graph(model)
    scaling = given or normalisation(graph.kind(graph.inputs[0]))
    graph.attach("TFLITE_METADATA", _metadata(graph, about, scaling))
    whole = io.BytesIO()
    whole.write(graph.pack())
    with zipfile.ZipFile(whole, "a") as archive:  # stored as they are: some readers can't unpack
        entry = zipfile.ZipInfo(LABELS_FILE)  # of no time: the same model gives the same file
        archive.writestr(entry, "".join(f"{label}\n" for label in about.labels))
    return whole.getvalue()


class _Writer:
    """Tables of the metadata's schema; fields go by their number in it, and zeros and empty ones are left out."""

    def __init__(self) -> None:
        self._builder = flatbuffers.Builder(1024)

    def table(self, offsets: dict[int, int], numbers: dict[int, int] | None = None) -> int:
        """A table with these strings, tables and vectors, and these one-byte numbers."""
        fields = {**offsets, **(numbers or {})}
        self._builder.StartObject(max(fields, default=0) + 1)
        for field, offset in offsets.items():
            if offset:
                self._builder.PrependUOffsetTRelativeSlot(field, offset, 0)
        for field, number in (numbers or {}).items():
            self._builder.PrependUint8Slot(field, number, 0)
        return int(self._builder.EndObject())

    def text(self, text: str) -> int:
        """A string; an empty one is left out."""
        return int(self._builder.CreateString(text)) if text else 0

    def tables(self, offsets: Sequence[int]) -> int:
        """A vector of tables or strings."""
        return self._vector(offsets, self._builder.PrependUOffsetTRelative)

    def floats(self, values: Sequence[float]) -> int:
        """A vector of floats."""
        return self._vector(values, self._builder.PrependFloat32)

    def wholes(self, values: Sequence[int]) -> int:
        """A vector of unsigned 32-bit numbers."""
        return self._vector(values, self._builder.PrependUint32)

    def _vector(self, values: Sequence[float], prepend: Callable[[float], None]) -> int:
        if not values:
            return 0
        self._builder.StartVector(4, len(values), 4)
        for value in reversed(values):
            prepend(value)
        return int(self._builder.EndVector())

    def finish(self, root: int) -> bytes:
        """The buffer."""
        self._builder.Finish(root, b"M001")
        return bytes(self._builder.Output())


def _metadata(graph: Graph, about: About, scaling: Normalisation) -> bytes:
    w = _Writer()
    outputs = _detections(w) if POSTPROCESS in graph.operators else _raw(w, graph)
    subgraph = {2: w.tables([_image(w, scaling)]), 3: w.tables(outputs)}
    if POSTPROCESS in graph.operators:
        names = w.tables([w.text(name) for name in ("location", "category", "score")])
        subgraph[8] = w.tables([w.table({0: w.text("detection_result"), 1: names})])
    fields = {
        0: w.text(about.name),
        1: w.text(about.description),
        2: w.text(about.version),
        3: w.tables([w.table(subgraph)]),
        4: w.text(about.author),
        5: w.text(about.licence),
        7: w.text(_MIN_PARSER),
    }
    return w.finish(w.table(fields))


def _image(w: _Writer, scaling: Normalisation) -> int:
    options = w.table({0: w.floats([scaling.mean]), 1: w.floats([scaling.std])})
    unit = w.table({1: options}, {0: _NORMALIZATION})
    content = w.table({1: w.table({}, {0: _RGB})}, {0: _IMAGE})
    return w.table({0: w.text("image"), 1: w.text("The picture, RGB."), 3: content, 4: w.tables([unit])})


def _labels(w: _Writer, kind: int) -> int:
    return w.tables([w.table({0: w.text(LABELS_FILE), 1: w.text("One class a line.")}, {2: kind})])


def _feature(w: _Writer, name: str, description: str, files: int = 0) -> int:
    content = w.table({1: w.table({})}, {0: _FEATURE})
    return w.table({0: w.text(name), 1: w.text(description), 3: content, 6: files})


def _detections(w: _Writer) -> list[int]:
    """The four outputs of the detection operator, as TensorFlow's own object-detection metadata has them."""
    box = w.table({0: w.wholes([1, 0, 3, 2])}, {1: _BOUNDARIES, 2: _RATIO})
    location = {0: w.text("location"), 1: w.text("Boxes: y1, x1, y2, x2 in 0..1."), 3: w.table({1: box}, {0: _BOX})}
    return [
        w.table(location),
        _feature(w, "category", "The class of each box.", _labels(w, _VALUE_LABELS)),
        _feature(w, "score", "The score of each box."),
        _feature(w, "number of detections", "How many boxes there are."),
    ]


def _raw(w: _Writer, graph: Graph) -> list[int]:
    """The outputs of a raw head: the labels are the columns of the scores."""
    found = []
    for tensor in graph.outputs:
        boxes = graph.name(tensor) == "boxes" or (graph.shape(tensor)[-1] == 4 and graph.name(tensor) != "scores")
        if boxes:
            found.append(_feature(w, "boxes", "SSD box encodings, one row for each anchor."))
        else:
            found.append(_feature(w, "scores", "A score for each anchor and class.", _labels(w, _AXIS_LABELS)))
    return found
