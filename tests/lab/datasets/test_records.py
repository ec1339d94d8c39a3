"""TFRecord files, byte by byte."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.errors import DataError
from tests.lab.datasets.making import save_picture

pytest.importorskip("google_crc32c")
pytest.importorskip("google.protobuf")

from edgedet.lab.datasets.examples import make_example, parse_example, read_label_map, write_label_map
from edgedet.lab.datasets.formats import read_dataset
from edgedet.lab.datasets.records import is_record_file, masked_crc, read_records, write_records


def test_the_bytes_tensorflow_writes() -> None:
    # Example {features {feature {key: "a" value {int64_list {value: 1}}}}}, and floats packed, as protoc has them
    assert make_example({"a": [1]}) == bytes.fromhex("0a0c0a0a0a0161120 51a030a0101".replace(" ", ""))
    assert make_example({"f": [1.0]}) == bytes.fromhex("0a0f0a0d0a01661208120 60a040000803f".replace(" ", ""))
    assert masked_crc(b"123456789") == ((0xE3069283 >> 15 | 0xE3069283 << 17) + 0xA282EAD8) & 0xFFFFFFFF


@given(
    st.dictionaries(
        st.text(), st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1) | st.lists(st.binary(), min_size=1)
    )
)
def test_examples_come_back(features: dict[str, list[int] | list[bytes]]) -> None:
    assert parse_example(make_example(features)) == features


@given(st.lists(st.binary(max_size=50)), st.data())
def test_any_flipped_bit_is_found(
    tmp_path_factory: pytest.TempPathFactory, records: list[bytes], data: st.DataObject
) -> None:
    file = tmp_path_factory.mktemp("r") / "x.tfrecord"
    write_records(file, records)
    assert list(read_records(file)) == records
    content = bytearray(file.read_bytes())
    if content:
        bit = data.draw(st.integers(0, len(content) * 8 - 1))
        content[bit // 8] ^= 1 << bit % 8
        file.write_bytes(content)
        with pytest.raises(DataError, match=r"record \d+"):
            list(read_records(file))


@given(st.integers(1, 60))
def test_a_truncated_file_is_found(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    file = tmp_path_factory.mktemp("r") / "x.tfrecord"
    write_records(file, [b"0123456789" * 6])
    file.write_bytes(file.read_bytes()[:-cut])
    with pytest.raises(DataError, match="truncated"):
        list(read_records(file))


def test_a_length_beyond_the_file_takes_no_memory(tmp_path: Path) -> None:
    length = struct.pack("<Q", 1 << 50)
    (tmp_path / "x.record").write_bytes(length + struct.pack("<I", masked_crc(length)) + bytes(100))
    with pytest.raises(DataError, match="truncated"):
        list(read_records(tmp_path / "x.record"))


def test_names() -> None:
    for name in ("a.record", "a.tfrecord", "coco_train.record-00000-of-00100", "val-00001-of-00002"):
        assert is_record_file(Path(name))
    assert not is_record_file(Path("a.json"))


def test_label_maps(tmp_path: Path) -> None:
    file = tmp_path / "label_map.pbtxt"
    file.write_text(
        "item {\n  name: '/m/01g317'\n  id: 1\n  display_name: \"person\"\n}\nitem { id: 17, name: 'cat' }\n"
    )
    assert read_label_map(file) == {1: "/m/01g317", 17: "cat"}
    write_label_map(["person", "Füchse 'n"], file)
    assert read_label_map(file) == {1: "person", 2: "Füchse 'n"}


@pytest.mark.parametrize(
    "text", ["", "item {", "item { id: 1 }", "item { id: 1 name: 'a' } item { id: 1 name: 'b' }", "x"]
)
def test_bad_label_maps(tmp_path: Path, text: str) -> None:
    (tmp_path / "label_map.pbtxt").write_text(text)
    with pytest.raises(DataError, match="label_map"):
        read_label_map(tmp_path / "label_map.pbtxt")


def example(folder: Path, **more: list[bytes] | list[float] | list[int]) -> bytes:
    corners = {f"image/object/bbox/{k}": [v] for k, v in (("xmin", 0.25), ("ymin", 0.5), ("xmax", 0.5), ("ymax", 1.0))}
    data = save_picture(folder / "source.png").read_bytes()
    return make_example({"image/encoded": [data], "image/object/class/label": [3]} | corners | more)


def test_ids_without_a_map_are_named_by_the_text(tmp_path: Path) -> None:
    file = tmp_path / "x.record"
    named = {"image/object/class/text": [b"dog"]}
    write_records(file, [example(tmp_path, **named), example(tmp_path, **named | {"image/filename": [b"b.png"]})])
    data = read_dataset(file, images=tmp_path / "pictures")
    assert data.labels == ("dog",)
    assert [p.boxes.tolist() for p in data] == [[[16, 24, 32, 48]]] * 2
    assert sorted(p.name for p in (tmp_path / "pictures").iterdir()) == ["000001.jpg", "b.png"]
    assert [p.id for p in data] == [1, 2]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "class ids without names"),
        ({"image/object/class/text": [b"dog"], "image/filename": [b"../../evil.png"]}, "leads out"),
        ({"image/object/class/text": [b"dog"], "image/filename": [b"/tmp/evil.png"]}, "leads out"),
        ({"image/object/class/text": [b"dog"], "image/object/bbox/xmin": [0.1, 0.2]}, "don't fit together"),
        ({"image/object/class/text": [b"dog", b"cat"], "image/object/class/label": [1, 2]}, "1 boxes, but 2 classes"),
    ],
)
def test_bad_records(tmp_path: Path, more: dict[str, list[bytes]], why: str) -> None:
    file = tmp_path / "in" / "x.record"
    content = example(tmp_path / "in", **more)
    write_records(file, [content])
    with pytest.raises(DataError, match=why):
        read_dataset(file, images=tmp_path / "pictures")
    assert not (tmp_path / "evil.png").exists()


def test_another_picture_of_that_name_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.record"
    write_records(file, [example(tmp_path, **{"image/object/class/text": [b"dog"], "image/filename": [b"mine.png"]})])
    save_picture(tmp_path / "pictures" / "mine.png", seed=9)
    before = (tmp_path / "pictures" / "mine.png").read_bytes()
    with pytest.raises(DataError, match="another picture of this name"):
        read_dataset(file, images=tmp_path / "pictures")
    assert (tmp_path / "pictures" / "mine.png").read_bytes() == before
