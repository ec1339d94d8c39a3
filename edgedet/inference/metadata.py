"""TFLite metadata: what a model's maker put into the file for those who run it (metadata_schema.fbs)."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from edgedet.errors import LabelsError
from edgedet.inference.flatbuffer import Table
from edgedet.inference.labels import parse_labels

_NORMALIZATION = 1
_LABEL_FILES = (2, 3)  # TENSOR_AXIS_LABELS, TENSOR_VALUE_LABELS
_MOST_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Metadata:
    """Labels by class id, and the mean and std that pixels are normalised with; None where the file has none."""

    labels: tuple[str, ...] | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None


def read_metadata(buffer: bytes, model: bytes, where: str) -> Metadata:
    """Metadata from its buffer; the files it names are a zip archive appended to the model.

    Raises:
        Damaged: the buffer's offsets lead out of it.
        LabelsError: the labels inside can't be read.
    """
    mean = std = None
    named: list[str] = []
    for subgraph in Table.root(buffer).tables(3):
        for tensor in list(subgraph.tables(2))[:1]:
            for unit in tensor.tables(4):
                options = unit.table(1)
                if unit.integer(0, "<B") == _NORMALIZATION and options is not None:
                    mean, std = options.numbers(0, "f"), options.numbers(1, "f")
        for tensor in subgraph.tables(3):
            named += [file.text(0) for file in tensor.tables(6) if file.integer(2, "<b") in _LABEL_FILES]
    return Metadata(read_labels_inside(model, named, where), mean or None, std or None)


def read_labels_inside(model: bytes, named: list[str], where: str) -> tuple[str, ...] | None:
    """The labels in a model's zip archive: the first file ``named``, or else its only ``.txt``; None without one."""
    if not zipfile.is_zipfile(io.BytesIO(model)):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(model)) as archive:
            texts = [name for name in archive.namelist() if name.lower().endswith(".txt")]
            chosen = [name for name in named if name in archive.namelist()] or (texts if len(texts) == 1 else [])
            if not chosen:
                return None
            if archive.getinfo(chosen[0]).file_size > _MOST_BYTES:
                raise LabelsError(f"{where}: the labels inside it ({chosen[0]}) are too large; give a labels file (-l)")
            content = archive.read(chosen[0]).decode("utf-8-sig")
    except LabelsError:
        raise
    except Exception as error:  # zipfile raises half a dozen kinds on damaged archives
        raise LabelsError(f"{where}: the labels inside it can't be read ({error}); give a labels file (-l)") from None
    return parse_labels(content, f"{where} (its metadata)")
