from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.errors import ConfigError
from edgedet.toml import locate, parse, read_text, render

WORDS = st.text(st.sampled_from("abc-_0\"'\\é #.=[]"), max_size=8)
VALUES = st.one_of(
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False),
    WORDS,
    st.lists(st.integers(), max_size=3),
)


@given(VALUES | st.dictionaries(WORDS, VALUES, max_size=3))
def test_what_is_rendered_reads_the_same(value: object) -> None:
    assert tomllib.loads(f"value = {render(value)}")["value"] == value


@given(
    st.dictionaries(
        st.from_regex("[a-z]{1,5}", fullmatch=True),
        st.dictionaries(st.from_regex("[a-z_]{1,5}", fullmatch=True), VALUES, max_size=4),
        max_size=4,
    ),
    st.lists(st.sampled_from(["", "# [x] a = 1 '''", '# """']), min_size=20, max_size=20),
)
def test_every_table_and_key_is_found_on_its_line(tables: dict[str, dict[str, object]], between: list[str]) -> None:
    lines: list[str] = []
    expected = {}
    filler = iter(between)
    for table, keys in tables.items():
        lines += [next(filler), f"[{table}]"]
        expected[table,] = len(lines)
        for key, value in keys.items():
            lines.append(f"{key} = {render(value)}")
            expected[table, key] = len(lines)
    found = locate("\n".join(lines))
    assert {place: found.get(place) for place in expected} == expected


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        ("detect.confidence = 1", ("detect", "confidence"), 1),
        ("\n[ detect . class ]\nx = 1", ("detect",), 2),
        ('[detect]\n"a.b" = 1', ("detect", "a.b"), 2),
        ("[detect]\nc = { x = 1, y = 2 }", ("detect", "c", "y"), 2),
        ('a = """\n[detect]\nx = 1\n"""\n[detect]\nx = 2', ("detect", "x"), 6),
        ("a = '''\n\n'''\nb = '\"\"\"'\nc = 1", ("c",), 5),
        ('["a\\tb"]', ("a\tb",), 1),
        ("a = '{ \"\\q\" = 1'\nb = 1", ("b",), 2),
        ("# \u2028 is no line end\nx = 1", ("x",), 2),
    ],
)
def test_lines_of_unusual_forms(text: str, place: tuple[str, ...], line: int) -> None:
    assert locate(text)[place] == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = demo:", "f:1:5: 'a = demo:': invalid value; text stands in quotes"),
        ("a = 1\na = 2\n", "f:2:6: 'a = 2': cannot overwrite a value; this key is there already"),
        ("[a]\n[a]", "f:2:3: '[a]': cannot declare ('a',) twice; this section is there already"),
        ("a 3", "f:1:3: 'a 3': expected '=' after a key in a key/value pair; write: key = value"),
        ("a = 0,5", "f:1:6: 'a = 0,5': expected newline or end of document after a statement; one value a line"),
        ("[a\nb = 1", "f:1:3: '[a': expected ']' at the end of a table declaration; close the bracket"),
        ('a = "x\n', "f:1:7: 'a = \"x': illegal character '\\n'; close the quotes"),
        ("a = [1,\n", "f:1: 'a = [1,': invalid value"),
        ("a = " + "[" * 5000, "f: brackets inside brackets without end; take them out"),
        ("b = 1\na = " + "9" * 5000, "f:2: a number of too many digits; shorten it"),
    ],
)
def test_syntax_errors_say_where_and_what_to_do(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, Path("f"))
    assert str(caught.value).startswith(said)


def test_a_byte_order_mark_and_carriage_returns_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbf[a]\r\nb = 1\r\n")
    assert parse(read_text(path), path) == {"a": {"b": 1}}
    path.write_bytes(b"")
    assert read_text(path) == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"# \xe9\n", ":1: not UTF-8 text; save the file as UTF-8"),
        (b"\n\n\xff", ":3: not UTF-8 text"),
        (b"#" * 50_000_000, ": more than 262,144 bytes is no settings file"),
        (b"a" + b".a" * 8000 + b" = 1", ":1: a line of 16,005 characters; break it up"),
    ],
)
def test_files_that_are_no_settings(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_text(path)
    assert str(caught.value).startswith(f"{path}{said}")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/nowhere/x.toml", "no such file; make one with: edgedet config init /nowhere/x.toml"),
        ("/", "a folder, not a file"),
        ("/dev/zero", "more than 262,144 bytes"),
        ("/dev/null/x", "can't be read (Not a directory)"),
        ("/" + "x" * 300, "can't be read (File name too long)"),
    ],
)
def test_places_that_are_no_files(path: str, said: str) -> None:
    with pytest.raises(ConfigError, match=r"^/") as caught:
        read_text(Path(path))
    assert said in str(caught.value)


NESTED = st.recursive(
    st.one_of(st.booleans(), st.integers(-99, 99), WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.from_regex("[a-z]{1,3}", fullmatch=True), inner),
    max_leaves=12,
)


@given(
    st.lists(st.dictionaries(st.from_regex("[a-z]{1,4}", fullmatch=True), NESTED, max_size=3), min_size=1, max_size=4),
    st.sampled_from(["", ' # ] } "', "\n# '''"]),
)
def test_every_table_of_an_array_and_all_that_is_in_it_is_found(tables: list[dict[str, object]], end: str) -> None:
    lines: list[str] = []
    expected: dict[tuple[str | int, ...], int] = {}
    for number, keys in enumerate(tables):
        lines.append("[[camera]]" + end.split("\n")[0])
        expected["camera", number] = len(lines)
        for key, value in keys.items():
            written = f"{key} = {broken(value)}{end}".split("\n")
            expected["camera", number, key] = len(lines) + 1
            if isinstance(value, list):
                expected |= {("camera", number, key, i): len(lines) + 2 + i for i in range(len(value))}
            lines += written
    text = "\n".join(lines)
    assert tomllib.loads(text) == {"camera": tables}
    found = locate(text)
    assert {place: found.get(place) for place in expected} == expected


def broken(value: object) -> str:
    """A list with each element on a line of its own, as people write polygons."""
    return "[\n" + "".join(f"  {render(each)},\n" for each in value) + "]" if isinstance(value, list) else render(value)


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        ("[[camera]]\n[camera.source]\n[[camera]]\n[camera.zones.a]\nx = 1", ("camera", 1, "zones", "a", "x"), 5),
        ("[[a]]\n[[a.b]]\n[[a.b]]\nc = 1\n[[a]]\n[[a.b]]\nc = 1", ("a", 1, "b", 0, "c"), 7),
        ("a = [\n1,\n[2,\n3]]\nb = 1", ("a", 1, 1), 4),
        ('a = { b = """\n""", c = 1 }\nd = 2', ("d",), 3),
        ("a = 1979-05-27 07:32:00 # b = 1\nc = 1", ("c",), 2),
        ('a = """"x""""\nb = \'\'\'\'\'\'\nc = ""\nd = 1', ("d",), 4),
        ("x = " + "[" * 200 + "'[', {a = ']'}" + "]" * 200 + "\ny = 1", ("y",), 2),
        ("a = [{ b = 1 }, { b = [\n2] }]", ("a", 1, "b", 0), 2),
    ],
)
def test_lines_of_arrays(text: str, place: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(text)
    assert locate(text)[place] == line


@pytest.mark.parametrize("line", ['uri = "rtsp://me:hunter2@cam/x', 'uri = me:hunter2@cam/x"', "uri = hunter2@cam"])
def test_a_line_that_is_shown_shows_no_password(line: str) -> None:
    with pytest.raises(ConfigError, match=r"edgedet.toml:1.*\*\*\*@cam") as caught:
        parse(line, Path("edgedet.toml"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "line", ['webhook = "https://hooks.example/hunter2', 'urls = ["https://u:p/w@x/hunter2]', "HTTP://a/?hunter2 = 1"]
)
def test_a_receivers_address_in_a_broken_line_isnt_shown(line: str) -> None:
    with pytest.raises(ConfigError, match=r"(?i)edgedet.toml:1.*http.?://\*\*\*") as caught:
        parse(line, Path("edgedet.toml"))
    assert "hunter2" not in str(caught.value)
