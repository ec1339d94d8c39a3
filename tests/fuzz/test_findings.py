"""What fuzzing found stays found: every input that once went wrong, and the good ones, through every target."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from edgedet.errors import ConfigError, ExtraMissing
from tests.fuzz import judge
from tests.fuzz.minimise import smaller
from tests.fuzz.supply import Supply

FINDINGS = sorted((judge.HERE / "findings").glob("*/*"))
SLOW = {"detector", "stream", "answer", "web"}  # their seeds take seconds
_OFFER = b"v=0\r\nm=video 9 X 96\r\na=rtpmap:96 VP8/90000\r\na=candidate:1 "
LONG = [
    ("offer", _OFFER, b".local ", 9000),
    ("address", b"?", b"pas", 2500),
    ("address", b"", b"a://:.", 1300),
    ("lines", b"x://", b":.", 4000),
    ("lines", b"?", b"pas", 2500),
    ("lines", b"", b"secret ", 1100),
    ("schedule", b"", b"mon,", 5000),
    ("schedule", b"", b"0:00-0:01,", 5000),
    ("template", b"", b"{label}", 9000),
    ("labels", b"\x02", b"0 ", 9000),
    ("toml", b"a = ", b"[", 8000),
    ("toml", b"", b"a = 1\n", 8000),
    ("mqtt", b"\0edgedet/front/", b"/", 60000),
]


def fails(name: str, data: bytes) -> str:
    target = judge.load(name)
    return judge.complaint(target.case, getattr(target, "ALLOWED", ()), data)


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_finding_stays_mended(path: Path) -> None:
    assert not fails(path.parent.name, path.read_bytes())


@pytest.mark.parametrize(
    ("name", "head", "part", "count"), LONG, ids=lambda each: each if isinstance(each, str) else ""
)
def test_long_input_takes_no_time(name: str, head: bytes, part: bytes, count: int) -> None:
    """Patterns that look twice at everything for each of its parts take minutes for a few thousand of them."""
    start = time.process_time()
    assert not fails(name, head + part * count)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("name", [name for name in judge.names() if name not in SLOW])
def test_good_input_is_taken(name: str) -> None:
    try:
        seeds = judge.load(name).seeds()
    except ExtraMissing as error:
        pytest.skip(str(error))
    for seed in seeds:
        assert not fails(name, seed)


def test_there_are_enough_targets() -> None:
    assert len(judge.names()) >= 14


def test_the_judge_tells_right_from_wrong() -> None:
    def raising(error: Exception) -> str:
        def case(data: bytes) -> None:
            raise error

        return judge.complaint(case, (KeyError,), b"")

    assert not raising(ConfigError("zones.a: is wrong; correct it"))
    assert not raising(KeyError("a"))
    assert "IndexError" in raising(IndexError("a"))
    assert "MemoryError" in raising(MemoryError())
    assert "wrong" in raising(judge.Wrong("a result"))
    assert "secret" in raising(ConfigError(f"rtsp://user:{judge.SECRET}@host: refused"))
    assert "says nothing" in raising(ConfigError(""))


def test_a_finding_is_made_smaller() -> None:
    assert smaller(b"abcXdefghYij", lambda data: b"X" in data and b"Y" in data) == b"XY"


def test_a_supply_never_runs_dry() -> None:
    supply = Supply(b"\x05ab")
    assert supply.choice("abcdef") == "f"
    assert supply.bytes(4) == b"ab\0\0"
    assert supply.floats((2, 3)).shape == (2, 3)
    assert supply.integer(1000) == 0
    assert supply.rest() == b""
