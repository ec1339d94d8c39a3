"""Whatever stands in a file, reading it gives a dataset or one clear line."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgedet.errors import DataError
from edgedet.lab.datasets.filenames import inside
from edgedet.lab.datasets.formats import read_dataset, write_dataset
from edgedet.lab.datasets.problems import Problems
from tests.lab.datasets.making import save_picture, small_dataset

GOOD = {
    "images": [{"id": 1, "file_name": "a.png", "width": 64, "height": 48}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}],
    "categories": [{"id": 1, "name": "dog"}],
}
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]>'
    "<annotation><filename>&y;</filename></annotation>"
)
FETCH = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><annotation><filename>&x;</filename></annotation>'
VOC = (
    "<annotation><filename>{}</filename><size><width>64</width><height>48</height></size>"
    "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>2</ymin><xmax>9</xmax></bndbox></object></annotation>"
)


def refused(path: Path, why: str, format: str | None = None) -> None:
    with pytest.raises(DataError, match=why) as error:
        read_dataset(path, format)
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value)
    assert len(str(error.value)) < 500


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not COCO"),
        (json.dumps(GOOD)[:-20], "not COCO"),
        ("[" * 100_000, "nested too deep"),
        ("[]", "not COCO"),
        ("{}", "no 'images' in it"),
        (json.dumps(GOOD).replace("[1, 2, 3, 4]", "[1, 2, 3]"), "not COCO"),
        (json.dumps(GOOD).replace("[1, 2, 3, 4]", '"nan"'), "not COCO"),
        (json.dumps(GOOD).replace("[1, 2, 3, 4]", "[1, 2, NaN, 4]"), "NaN or infinity"),
        (json.dumps(GOOD).replace("[1, 2, 3, 4]", "[1, 2, 1e999, 4]"), "NaN or infinity"),
        (json.dumps(GOOD).replace('"category_id": 1', '"category_id": 5'), "a class that isn't listed"),
        (json.dumps(GOOD).replace('"image_id": 1', '"image_id": 5'), "a picture that isn't listed"),
        (json.dumps(GOOD).replace("a.png", "../../etc/passwd"), "leads out of"),
        (json.dumps(GOOD).replace("a.png", "/etc/passwd"), "leads out of"),
        (json.dumps(GOOD).replace("a.png", "a\\u0000.png"), "no picture's file name"),
        (json.dumps(GOOD).replace("a.png", "a" * 300), "no picture's file name"),
        (json.dumps(GOOD).replace('"width": 64', '"width": 0'), "size isn't positive"),
        (json.dumps(GOOD).replace('"width": 64', '"width": null'), "not COCO"),
        (json.dumps(GOOD | {"images": GOOD["images"] * 2}), "ids given more than once"),
        (json.dumps(GOOD | {"categories": GOOD["categories"] * 2}), "category id is given twice"),
        (json.dumps(GOOD | {"licenses": [1]}), "licenses"),
    ],
)
def test_coco(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "x.json").write_text(text)
    refused(tmp_path / "x.json", why)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a Pascal VOC annotation"),
        (BOMB, "not a Pascal VOC annotation"),
        (FETCH, "not a Pascal VOC annotation"),
        ("<annotation><object></annotation>", "not a Pascal VOC annotation"),
        ("<html/>", "root is <html>"),
        ("<annotation>" * 100_000, "not a Pascal VOC annotation"),
        (VOC.format("a.png", "dog", 1), "without bndbox/ymax"),
        (VOC.format("a.png", "", 1), "without a name"),
        (VOC.format("a.png", "dog", "x").replace("</xmax>", "</xmax><ymax>9</ymax>"), "not a Pascal VOC"),
        (VOC.format("../../a.png", "dog", 1).replace("</xmax>", "</xmax><ymax>9</ymax>"), "leads out"),
        (VOC.format("a.png", "dog", "nan").replace("</xmax>", "</xmax><ymax>9</ymax>"), "NaN"),
    ],
)
def test_voc(tmp_path: Path, text: str, why: str) -> None:
    pytest.importorskip("defusedxml")
    (tmp_path / "x.xml").write_text(text)
    refused(tmp_path / "x.xml", why)


@pytest.mark.parametrize(
    ("yaml", "line", "why"),
    [
        ("names: [a", "", "can't be read as YAML"),
        ("names: !!python/object/apply:os.getcwd []", "", "can't be read as YAML"),
        ("names: cat", "", "names must be the list"),
        ("names: {0: cat, 5: dog}", "", "names must be the list"),
        ("names: [cat, cat]", "", "twice in names"),
        ("names: [cat]\ntrain: nowhere", "", "no such folder"),
        ("names: [cat]\ntrain: empty", "", "no pictures found"),
        ("names: [cat]\ntrain: images", "0 0.5 0.5 0.1", "line 1: .* isn't"),
        ("names: [cat]\ntrain: images", "0 0.5 0.5 0.1 0.1 0.9", "line 1: .* isn't"),
        ("names: [cat]\ntrain: images", "0 0.5 0.5 0.1 0.1\ncat 0.5 0.5 0.1 0.1", "line 2: .* isn't"),
        ("names: [cat]\ntrain: images", "0.5 0.5 0.5 0.1 0.1", "line 1: .* isn't"),
        ("names: [cat]\ntrain: images", "0 nan 0.5 0.1 0.1", "NaN"),
        ("names: [cat]\ntrain: images", "3 0.5 0.5 0.1 0.1", "class 3: boxes of a class that isn't listed"),
        ("names: [cat]\ntrain: images", "-1 0.5 0.5 0.1 0.1", "class -1: boxes of a class that isn't listed"),
    ],
)
def test_yolo(tmp_path: Path, yaml: str, line: str, why: str) -> None:
    pytest.importorskip("yaml")
    save_picture(tmp_path / "images" / "a.png")
    (tmp_path / "empty").mkdir()
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text(line)
    (tmp_path / "data.yaml").write_text(yaml)
    with pytest.raises(DataError, match=why):
        read_dataset(tmp_path / "data.yaml")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no column filename"),
        ("a,b,c\n1,2,3\n", "no column filename, class"),
        ("filename,class,xmin,ymin,xmax\na.png,dog,1,2,3\n", "no column ymax"),
        ("filename,class,xmin,ymin,xmax,ymax\na.png,dog,1,2\n", "line 2: 4 columns"),
        ("filename,class,xmin,ymin,xmax,ymax\na.png,dog,1,2,three,4\n", "line 2: 'three' is no number"),
        ("filename,class,xmin,ymin,xmax,ymax\na.png,,1,2,3,4\n", "line 2: a box without a class"),
        ("filename,class,xmin,ymin,xmax,ymax\na.png,dog,1,2,inf,4\n", "NaN or infinity"),
        ("filename,class,xmin,ymin,xmax,ymax\n../a.png,dog,1,2,3,4\n", "leads out"),
        ("filename,width,height,class,xmin,ymin,xmax,ymax\na.png,nan,48,dog,1,2,3,4\n", "is no size"),
        ('filename,class,xmin,ymin,xmax,ymax\n"a.png,dog,1,2,3,4\n', "CSV"),
    ],
)
def test_tables(tmp_path: Path, text: str, why: str) -> None:
    pytest.importorskip("PIL")
    save_picture(tmp_path / "a.png")
    (tmp_path / "x.csv").write_text(text)
    refused(tmp_path / "x.csv", why)


def test_a_table_without_sizes_needs_the_pictures(tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    (tmp_path / "x.csv").write_text("filename,class,xmin,ymin,xmax,ymax\nnone.png,dog,1,2,3,4\n")
    with pytest.raises(DataError, match=r"none\.png: its size can't be read \(No such file"):
        read_dataset(tmp_path / "x.csv")


def test_binary_rubbish(tmp_path: Path) -> None:
    for module in ("defusedxml", "yaml", "google_crc32c"):
        pytest.importorskip(module)
    for name in ("x.json", "x.xml", "x.csv", "x.yaml", "x.record"):
        (tmp_path / name).write_bytes(b"\xff\xfe\x00rubbish" * 10)
        refused(tmp_path / name, ".")


def test_what_is_no_dataset(tmp_path: Path) -> None:
    refused(tmp_path / "none", "not found")
    refused(tmp_path, "no annotations recognised")
    (tmp_path / "x.pdf").touch()
    refused(tmp_path / "x.pdf", "no annotations recognised")
    (tmp_path / "a.json").touch()
    (tmp_path / "a.csv").touch()
    refused(tmp_path, r"several formats in it \(coco, csv\); choose one with --from")
    (tmp_path / "b.json").touch()
    refused(tmp_path, r"several coco files in it \(a.json, b.json\)", "coco")


def test_a_check_goes_on_where_reading_stops(tmp_path: Path) -> None:
    text = json.dumps(GOOD | {"annotations": GOOD["annotations"] + [GOOD["annotations"][0] | {"category_id": 5}] * 4})
    (tmp_path / "x.json").write_text(text)
    refused(tmp_path / "x.json", "see them all with: edgedet dataset check")
    problems = Problems()
    assert len(read_dataset(tmp_path / "x.json", problems=problems).pictures[0]) == 1
    (finding,) = problems.findings
    assert (finding.kind, finding.severity, finding.count, len(finding.examples)) == ("unknown-class", "error", 4, 3)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "bbox"]), inner),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_value_anywhere_in_coco(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = json.loads(json.dumps(GOOD | {"licenses": [{"id": 1, "name": "x"}]}))
    content["images"][0] |= {"license": 1, "split": "val", "neg_category_ids": [1]}
    place = content
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            place[key] = data.draw(values)
            break
        place = place[key]
    folder = tmp_path_factory.mktemp("any")
    save_picture(folder / "a.png")
    (folder / "x.json").write_text(json.dumps(content))
    with contextlib.suppress(DataError):
        write_dataset(read_dataset(folder / "x.json"), folder / "out", "coco")


@pytest.mark.parametrize("format", ["voc", "yolo", "csv", "tfrecord"])
def test_any_damage(tmp_path_factory: pytest.TempPathFactory, format: str) -> None:
    for module in ("defusedxml", "yaml", "google_crc32c"):
        pytest.importorskip(module)
    base = tmp_path_factory.mktemp(format)
    write_dataset(small_dataset(base / "in"), base / "out", format)
    endings = (".xml", ".txt", ".yaml", ".csv", ".tfrecord", ".pbtxt")
    files = sorted(f for f in (base / "out").rglob("*") if f.suffix in endings)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def damaged(data: st.DataObject) -> None:
        file = data.draw(st.sampled_from(files))
        good = file.read_bytes()
        start = data.draw(st.integers(0, len(good)))
        stop = data.draw(st.integers(start, min(len(good), start + 8)))
        try:
            file.write_bytes(good[:start] + data.draw(st.binary(max_size=8)) + good[stop:])
            with contextlib.suppress(DataError):
                read_dataset(base / "out", images=base / "unpacked" if format == "tfrecord" else None)
        finally:
            file.write_bytes(good)

    damaged()


@given(st.text())
def test_a_name_never_leads_out(name: str) -> None:
    folder = Path("/data/pictures")
    with contextlib.suppress(DataError):
        path = inside(folder, name, "x.json")
        assert path.is_relative_to(folder)
        assert path != folder
        assert ".." not in path.parts
