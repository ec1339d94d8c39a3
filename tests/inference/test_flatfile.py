"""What a model's file says, and that no damaged file gets further than one clear error."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import tracemalloc
import zipfile
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgedet.errors import LabelsError, ModelError
from edgedet.inference.flatbuffer import Damaged, Table
from edgedet.inference.flatfile import OPERATORS, read_model
from tests.modelkit import postprocess, ssd_raw, with_metadata
from tests.modelkit.metadata import append_files
from tests.places import MODEL

SMALL = ssd_raw(np.zeros((6, 4)), np.zeros((6, 3)), size=(8, 8))
ANCHORS = np.full((6, 4), 0.5)
FILES = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def write(folder: Path, content: bytes, name: str = "model.tflite") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_the_bundled_model_reads_as_the_official_schema_reads_it() -> None:
    found = read_model(MODEL)
    official = schema.ModelT.InitFromPackedBuf(MODEL.read_bytes(), 0)
    names = {number: name for name, number in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
    expected: dict[str, int] = {}
    for operator in official.subgraphs[0].operators:
        name = names[official.operatorCodes[operator.opcodeIndex].builtinCode]
        expected[name] = expected.get(name, 0) + 1
    outputs = official.signatureDefs[0].outputs
    assert found.operators == expected
    assert found.signature_outputs == {item.name.decode(): item.tensorIndex for item in outputs}
    assert found.size_bytes == MODEL.stat().st_size
    assert found.postprocess is None
    assert found.metadata.labels is None


def test_every_builtin_operator_has_the_schemas_name() -> None:
    official = {number: name for name, number in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
    assert dict(enumerate(OPERATORS)) == official


@pytest.mark.parametrize("export", ["tf1", "tf2", "signature"])
def test_the_postprocess_operator_is_followed_to_its_outputs(tmp_path: Path, export: str) -> None:
    data = postprocess(np.zeros((6, 4)), np.zeros((6, 4)), ANCHORS, export=export, size=(8, 8))
    found = read_model(write(tmp_path, data))
    tensors = schema.ModelT.InitFromPackedBuf(data, 0).subgraphs[0].tensors
    assert found.postprocess is not None
    names = [tensors[i].name.decode() for i in found.postprocess.outputs]
    if export == "tf1":
        assert names == ["TFLite_Detection_PostProcess" + end for end in ("", ":1", ":2", ":3")]
    else:
        assert names == [f"StatefulPartitionedCall:{i}" for i in (3, 2, 1, 0)]
    assert (found.postprocess.num_anchors, found.postprocess.num_classes) == (6, 3)
    assert found.operators["TFLite_Detection_PostProcess"] == 1
    assert len(found.signature_outputs) == (4 if export == "signature" else 0)


def test_metadata_gives_labels_and_normalisation(tmp_path: Path) -> None:
    data = with_metadata(SMALL, ["person", "café"], (1.0, 2.0, 3.0), 0.5, other_files={"readme.txt": "not labels"})
    metadata = read_model(write(tmp_path, data)).metadata
    assert metadata.labels == ("person", "café")
    assert (metadata.mean, metadata.std) == ((1.0, 2.0, 3.0), (0.5,))


def test_without_metadata_the_only_text_in_the_archive_is_the_labels(tmp_path: Path) -> None:
    one = append_files(SMALL, {"labels.txt": b"cat\ndog\n", "notes.md": b"x"})
    assert read_model(write(tmp_path, one)).metadata.labels == ("cat", "dog")
    two = append_files(SMALL, {"labels.txt": b"cat\ndog\n", "notes.txt": b"x"})
    assert read_model(write(tmp_path, two)).metadata.labels is None


@pytest.mark.parametrize(
    ("labels", "said"),
    [(b"\xff\xfe\x00c", "can't be read"), (b"", "no labels"), (b"a\x00b", "NUL"), (b"x" * (5 << 20), "too large")],
)
def test_unusable_labels_inside_matter_only_when_they_are_needed(tmp_path: Path, labels: bytes, said: str) -> None:
    metadata = read_model(write(tmp_path, with_metadata(SMALL, labels))).metadata
    with pytest.raises(LabelsError, match=said):
        _ = metadata.labels


def test_an_archive_that_lies_about_its_size_is_not_unpacked_whole(tmp_path: Path) -> None:
    size = 100 << 20
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labels.txt", b"a" * size)
    path = write(tmp_path, SMALL + packed.getvalue().replace(struct.pack("<I", size), struct.pack("<I", 100)))
    tracemalloc.start()
    metadata = read_model(path).metadata
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < size / 4
    with pytest.raises(LabelsError, match="CRC"):
        _ = metadata.labels


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        (b"PK\x03\x04" + bytes(40), "zip"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "JPEG"),
        (b"\x08\x07\x12\x07pytorch" + bytes(40), "ONNX"),
        (bytes(range(256)) * 4, "not a TFLite model"),
        (b"\x1c\x00\x00\x00TFL3", "damaged"),
        (b"\xff\xff\xff\xffTFL3" + bytes(100), "damaged"),
        (SMALL[: len(SMALL) // 2], "damaged"),
    ],
)
def test_what_is_no_model_is_refused_with_what_it_looks_like(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        read_model(write(tmp_path, content))
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none", "no such"), (tmp_path, "folder"), (Path("/dev/zero"), "device")):
        with pytest.raises(ModelError, match=said):
            read_model(path)
    with pytest.raises(ModelError, match="no such"):
        read_model(Path("a\0b.tflite"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelError, match="device"):
        read_model(tmp_path / "pipe")
    secret = write(tmp_path, SMALL)
    secret.chmod(0)
    if not os.access(secret, os.R_OK):
        with pytest.raises(ModelError, match="permissions"):
            read_model(secret)


def test_offsets_that_all_lead_to_one_table_end_soon() -> None:
    """A table with one field: a vector of 50,000 offsets, all to an empty table. Read again and again, it ends."""
    count = 50_000
    vtable = struct.pack("<HHH", 6, 8, 4)
    outer = struct.pack("<iI", len(vtable), 4)
    after = 4 * count + len(vtable)
    offsets = b"".join(struct.pack("<I", after - 4 * i) for i in range(count))
    inner = struct.pack("<iII", len(vtable), 4, 0)
    data = struct.pack("<I", 4 + len(vtable)) + vtable + outer + struct.pack("<I", count) + offsets + vtable + inner
    root = Table.root(data)
    assert len(list(root.tables(0))) == count
    with pytest.raises(Damaged):
        list(chain.from_iterable(root.tables(0) for _ in range(100)))


@FILES
@given(data=st.data())
def test_a_mutated_model_parses_or_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    whole = with_metadata(
        postprocess(np.zeros((6, 4)), np.zeros((6, 4)), ANCHORS, export="signature", size=(8, 8)), ["a", "b"], 0.0, 1.0
    )
    mutant = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(8, len(mutant) - 4))
        value = data.draw(st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 4, 2**31, 2**32 - 1])))
        mutant[at : at + 4] = struct.pack("<I", value)
    end = data.draw(st.one_of(st.none(), st.integers(8, len(mutant))))
    parses_or_is_refused(write(tmp_path, bytes(mutant[:end])))


@FILES
@given(st.integers(0, MODEL.stat().st_size), st.binary(min_size=1, max_size=64), st.integers(0, MODEL.stat().st_size))
def test_the_bundled_model_damaged_parses_or_is_refused(tmp_path: Path, at: int, junk: bytes, end: int) -> None:
    whole = MODEL.read_bytes()
    parses_or_is_refused(write(tmp_path, whole[:at] + junk + whole[at + len(junk) :]))
    parses_or_is_refused(write(tmp_path, whole[:end]))


@FILES
@given(content=st.binary(max_size=400))
def test_random_bytes_are_refused(tmp_path: Path, content: bytes) -> None:
    parses_or_is_refused(write(tmp_path, content[:4] + b"TFL3" + content[4:]))


def parses_or_is_refused(path: Path) -> None:
    with contextlib.suppress(ModelError):
        _ = read_model(path).metadata.labels
