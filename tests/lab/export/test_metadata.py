"""Labels and normalisation inside the file, for whoever reads the official format."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgedet import Detector
from edgedet.inference.anchors import ssd_anchors
from edgedet.inference.flatbuffer import Table
from edgedet.inference.flatfile import read_model
from edgedet.lab.export.interface import Normalisation
from edgedet.lab.export.metadata import LABELS_FILE, About, with_metadata
from edgedet.lab.export.postprocess import with_postprocess
from edgedet.lab.export.rawhead import RawHead
from tests import modelkit as kit

ANCHORS = ssd_anchors(300, 300)
RAW = kit.ssd_raw(np.zeros((len(ANCHORS), 4)), np.full((len(ANCHORS), 3), 0.3))
ABOUT = About(("person", "cat", "dog"), "tiny", "Finds things.", "2", "somebody", "Apache-2.0")
WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12).filter(lambda word: not word.isdecimal())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    labels=st.lists(WORDS, min_size=1, max_size=8, unique=True),
    mean=st.floats(0, 255, width=32),
    std=st.floats(0.5, 255, width=32),
)
def test_what_is_written_is_read(tmp_path: Path, labels: list[str], mean: float, std: float) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(with_metadata(RAW, About(tuple(labels)), Normalisation(mean, std)))
    found = read_model(path).metadata
    assert (found.labels, found.mean, found.std) == (tuple(labels), (mean,), (std,))


@pytest.mark.parametrize("ends", ["raw", "postprocess"])
def test_a_detector_needs_no_card(tmp_path: Path, ends: str) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(with_metadata(RAW if ends == "raw" else with_postprocess(RAW, RawHead(ANCHORS)), ABOUT))
    detector = Detector(path, threads=1)
    assert detector.labels == ABOUT.labels
    assert detector.head.classes == 3


def test_tables_are_where_the_schema_has_them() -> None:
    """metadata_schema.fbs: ModelMetadata, its first SubGraphMetadata, and TensorMetadata."""
    model = with_metadata(with_postprocess(RAW, RawHead(ANCHORS)), ABOUT, Normalisation(128, 127.5))
    root = Table.root(model)
    entry = next(e for e in root.tables(6) if e.text(0) == "TFLITE_METADATA")
    buffer = list(root.tables(4))[entry.integer(1, "<I")].bytes(0)
    assert buffer[4:8] == b"M001"
    found = Table.root(buffer)
    texts = [found.text(field) for field in (0, 1, 2, 4, 5, 7)]
    assert texts == ["tiny", "Finds things.", "2", "somebody", "Apache-2.0", "1.0.0"]
    (graph,) = found.tables(3)
    (image,) = graph.tables(2)
    assert image.text(0) == "image"
    assert [tensor.text(0) for tensor in graph.tables(3)] == ["location", "category", "score", "number of detections"]
    category = list(graph.tables(3))[1]
    assert [(file.text(0), file.integer(2, "<b")) for file in category.tables(6)] == [(LABELS_FILE, 3)]


def test_written_again_it_replaces_itself(tmp_path: Path) -> None:
    once = with_metadata(RAW, About(("a", "b", "c")))
    twice = with_metadata(once, ABOUT)
    path = tmp_path / "model.tflite"
    path.write_bytes(twice)
    assert read_model(path).metadata.labels == ABOUT.labels
    assert [e.text(0) for e in Table.root(twice).tables(6)] == ["TFLITE_METADATA"]


def test_the_same_model_gives_the_same_file() -> None:
    assert with_metadata(RAW, ABOUT) == with_metadata(RAW, ABOUT)
    with zipfile.ZipFile(io.BytesIO(with_metadata(RAW, ABOUT))) as archive:
        assert archive.read(LABELS_FILE) == b"person\ncat\ndog\n"
