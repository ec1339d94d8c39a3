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
    """What the metadata says that edgedet uses; None where the file has none.

    Attributes:
        labels_found: the names by class id, or what is wrong with them: that matters only to who needs them.
        mean, std: what pixels are normalised with; one for all channels or one for each.
    """

    labels_found: tuple[str, ...] | LabelsError | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None

    @property
    def labels(self) -> tuple[str, ...] | None:
        """The names by class id. Raises LabelsError if the file has some that can't be read."""
        if isinstance(self.labels_found, LabelsError):
            raise self.labels_found
        return self.labels_found


def read_metadata(buffer: bytes, model: bytes, where: str) -> Metadata:
    """Metadata from its buffer; the files it names are a zip archive appended to the model.

    Raises:
        Damaged: the buffer's offsets lead out of it.
    """
    mean = std = None
    named: list[str] = []
    for subgraph in list(Table.root(buffer).tables(3))[:1]:  # the first is the main one
        for tensor in list(subgraph.tables(2))[:1]:
            for unit in tensor.tables(4):
                options = unit.table(1)
                if unit.integer(0, "<B") == _NORMALIZATION and options is not None:
                    mean, std = options.numbers(0, "f"), options.numbers(1, "f")
        for tensor in subgraph.tables(3):
            named += [file.text(0) for file in tensor.tables(6) if file.integer(2, "<b") in _LABEL_FILES]
    return Metadata(read_labels_inside(model, named, where), mean or None, std or None)


def read_labels_inside(model: bytes, named: list[str], where: str) -> tuple[str, ...] | LabelsError | None:
    """The labels in a model's zip archive: the first file ``named``, or else its only ``.txt``; None without one."""
    if not zipfile.is_zipfile(io.BytesIO(model)):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(model)) as archive:
            names = dict.fromkeys(archive.namelist())
            texts = [name for name in names if name.lower().endswith(".txt")]
            chosen = [name for name in named if name in names] or (texts if len(texts) == 1 else [])
            if not chosen:
                return None
            with archive.open(chosen[0]) as file:
                content = file.read(_MOST_BYTES + 1)  # the size it claims may be a lie
        if len(content) > _MOST_BYTES:
            return LabelsError(f"{where}: the labels inside it ({chosen[0]}) are too large; give a labels file (-l)")
        return parse_labels(content.decode("utf-8-sig"), f"{where} (its metadata)")
    except LabelsError as error:
        return error
    except Exception as error:  # zipfile raises half a dozen kinds on damaged archives
        return LabelsError(f"{where}: the labels inside it can't be read ({error}); give a labels file (-l)")
