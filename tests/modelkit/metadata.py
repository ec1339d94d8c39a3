"""TFLite metadata, as its writers put it into a model (metadata_schema.fbs, built by hand)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import flatbuffers

from tests.modelkit.graph import Graph

_NORMALIZATION = 1
_DESCRIPTIONS, _VALUE_LABELS = 1, 3


def with_metadata(
    model: bytes,
    labels: Sequence[str] | str | bytes | None = None,
    mean: float | Sequence[float] | None = None,
    std: float | Sequence[float] | None = None,
    label_file: str = "labelmap.txt",
    other_files: dict[str, str] | None = None,
) -> bytes:
    """A model with labels for its first output's values and the normalisation of its first input.

    Args:
        labels: the names, or the file's content as it is.
        mean, std: one for all channels or one for each.
        label_file: the labels' file name in the archive.
        other_files: more files for the archive, by name; the metadata calls them descriptions.
    """
    graph = Graph.load(model)
    files = {label_file: _content(labels)} if labels is not None else {}
    others = {name: text.encode() for name, text in (other_files or {}).items()}
    graph.attach("TFLITE_METADATA", _build(mean, std, list(files), list(others)))
    return append_files(graph.pack(), {**others, **files})


def append_files(model: bytes, files: dict[str, bytes]) -> bytes:
    """A model with a zip archive of these files behind it."""
    if not files:
        return model
    whole = io.BytesIO(model)
    whole.seek(0, io.SEEK_END)
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def _content(labels: Sequence[str] | str | bytes) -> bytes:
    if isinstance(labels, bytes):
        return labels
    return (labels if isinstance(labels, str) else "\n".join(labels) + "\n").encode()


def _build(
    mean: float | Sequence[float] | None,
    std: float | Sequence[float] | None,
    label_files: Sequence[str],
    other_files: Sequence[str],
) -> bytes:
    b = flatbuffers.Builder(1024)
    normalised = mean is not None and std is not None
    options = _table(b, {0: _floats(b, mean), 1: _floats(b, std)}) if normalised else 0
    units = [_table(b, {1: options}, {0: _NORMALIZATION})] if normalised else []
    image = _table(b, {0: b.CreateString("image"), 4: _vector(b, units)})
    files = [_table(b, {0: b.CreateString(name)}, {2: _VALUE_LABELS}) for name in label_files]
    answer = _table(b, {0: b.CreateString("category"), 6: _vector(b, files)})
    others = [_table(b, {0: b.CreateString(name)}, {2: _DESCRIPTIONS}) for name in other_files]
    subgraph = _table(b, {2: _vector(b, [image]), 3: _vector(b, [answer])})
    model = _table(b, {0: b.CreateString("A detector"), 3: _vector(b, [subgraph]), 6: _vector(b, others)})
    b.Finish(model, b"M001")
    return bytes(b.Output())


def _table(b: flatbuffers.Builder, offsets: dict[int, int], small: dict[int, int] | None = None) -> int:
    """A table with these offsets and one-byte numbers, by field."""
    b.StartObject(8)
    for field, offset in offsets.items():
        b.PrependUOffsetTRelativeSlot(field, offset, 0)
    for field, number in (small or {}).items():
        b.PrependUint8Slot(field, number, 0)
    return int(b.EndObject())


def _vector(b: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    b.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        b.PrependUOffsetTRelative(offset)
    return int(b.EndVector())


def _floats(b: flatbuffers.Builder, values: float | Sequence[float] | None) -> int:
    row = [values] if isinstance(values, (int, float)) else list(values or ())
    b.StartVector(4, len(row), 4)
    for value in reversed(row):
        b.PrependFloat32(value)
    return int(b.EndVector())
