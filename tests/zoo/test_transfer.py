"""Downloads over connections as they are: each test says what the server was asked for and what it sent."""

from __future__ import annotations

import json
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError

from edgedet.errors import ModelError, OutputError
from edgedet.zoo.connection import Broken
from edgedet.zoo.transfer import Patience, fetch
from tests.zoo.server import (
    ModelServer,
    claim,
    drop,
    hold,
    no_ranges,
    no_ranges_dropped,
    serve,
    status,
    trickle,
)

CONTENT = random.Random(1).randbytes(300_000)
QUICK = Patience(timeout=0.5, slowest=1000, tries=4, pause=0.01)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(CONTENT) as running:
        yield running


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "model.tflite.part"


def test_a_whole_file_in_one_go(server: ModelServer, part: Path) -> None:
    told: list[tuple[int, int | None]] = []
    assert fetch(server.url, part, len(CONTENT), lambda *now: told.append(now), QUICK) is False
    assert part.read_bytes() == CONTENT
    assert [asked.range for asked in server.asked] == [None]
    assert (told[0], told[-1]) == ((0, len(CONTENT)), (len(CONTENT), len(CONTENT)))
    assert told == sorted(told)


def test_a_dropped_connection_goes_on_with_the_rest_alone(server: ModelServer, part: Path) -> None:
    server.acts = [drop(100_000), drop(70_000)]
    fetch(server.url, part, patience=QUICK)
    assert part.read_bytes() == CONTENT
    first, second, third = server.asked
    etag = server.etag(CONTENT)
    assert [(asked.range, asked.if_range) for asked in server.asked] == [
        (None, None),
        ("bytes=100000-", etag),
        ("bytes=170000-", etag),
    ]
    assert [first.sent, second.sent, third.sent] == [100_000, 70_000, 130_000]


def test_a_later_call_goes_on_where_the_first_gave_up(server: ModelServer, part: Path) -> None:
    server.acts = [drop(120_000)] + [status(503)] * 3
    with pytest.raises(ModelError, match=r"out of order or busy \(503\); 120,000 bytes are kept: pull again to go on"):
        fetch(server.url, part, patience=QUICK)
    assert part.read_bytes() == CONTENT[:120_000]
    assert fetch(server.url, part, patience=QUICK) is True
    assert part.read_bytes() == CONTENT
    assert (server.asked[-1].range, server.asked[-1].sent) == ("bytes=120000-", 180_000)


def test_a_file_that_changed_in_between_starts_again(server: ModelServer, part: Path) -> None:
    other = random.Random(2).randbytes(250_000)

    def change(handler: object) -> None:
        server.content = other
        serve(handler)

    server.acts = [drop(100_000), change]
    assert fetch(server.url, part, patience=QUICK) is False
    assert part.read_bytes() == other
    assert [asked.sent for asked in server.asked] == [100_000, 250_000]


def test_a_weak_etag_is_compared_by_us(server: ModelServer, part: Path) -> None:
    other = random.Random(3).randbytes(len(CONTENT))
    server.etag = lambda content: f'W/"{len(content)}-{content[0]}"'

    def change(handler: object) -> None:
        server.content = other
        serve(handler)  # without If-Range it sends a rest of the other file

    server.acts = [drop(100_000), change]
    fetch(server.url, part, patience=QUICK)
    assert part.read_bytes() == other
    assert [(asked.range, asked.if_range) for asked in server.asked] == [
        (None, None),
        ("bytes=100000-", None),
        (None, None),
    ]


def test_a_date_will_do_where_there_is_no_etag(server: ModelServer, part: Path) -> None:
    server.etag, server.last_modified = (lambda content: None), "Sat, 21 Nov 2026 08:00:00 GMT"
    server.acts = [drop(100_000)]
    fetch(server.url, part, patience=QUICK)
    assert part.read_bytes() == CONTENT
    assert (server.asked[1].range, server.asked[1].if_range) == ("bytes=100000-", server.last_modified)


def test_without_a_validator_nothing_is_resumed(server: ModelServer, part: Path) -> None:
    server.etag = lambda content: None
    server.acts = [drop(100_000)]
    fetch(server.url, part, patience=QUICK)
    assert part.read_bytes() == CONTENT
    assert [asked.range for asked in server.asked] == [None, None]


def test_a_server_without_ranges_sends_all_again(server: ModelServer, part: Path) -> None:
    server.acts = [no_ranges_dropped(100_000), no_ranges]
    assert fetch(server.url, part, patience=QUICK) is False
    assert part.read_bytes() == CONTENT
    assert [asked.sent for asked in server.asked] == [100_000, 300_000]


def test_a_part_of_another_address_is_not_continued(server: ModelServer, part: Path) -> None:
    server.acts = [drop(100_000)] + [status(500)] * 3
    with pytest.raises(ModelError):
        fetch(server.url, part, patience=QUICK)
    assert fetch(server.url + "?v=2", part, patience=QUICK) is False
    assert server.asked[-1].range is None
    assert part.read_bytes() == CONTENT


def test_a_part_longer_than_the_file_starts_again(server: ModelServer, part: Path) -> None:
    part.write_bytes(CONTENT + b"more")
    part.with_name(part.name + ".from").write_text(json.dumps({"url": server.url, "validator": server.etag(CONTENT)}))
    assert fetch(server.url, part, patience=QUICK) is False
    assert part.read_bytes() == CONTENT


@pytest.mark.parametrize("notes", ["", "{", "[]", '{"url": 3}', "\x00"])
def test_damaged_notes_are_no_notes(server: ModelServer, part: Path, notes: str) -> None:
    part.write_bytes(b"x" * 1000)
    part.with_name(part.name + ".from").write_text(notes)
    assert fetch(server.url, part, patience=QUICK) is False
    assert part.read_bytes() == CONTENT


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(0, 150_000), max_size=4), ranges=st.booleans())
def test_any_row_of_drops_ends_in_the_same_bytes(part: Path, stops: list[int], ranges: bool) -> None:
    with ModelServer(CONTENT) as server:
        server.acts = [drop(stop) if ranges else no_ranges_dropped(stop) for stop in stops]
        fetch(server.url, part, patience=Patience(timeout=2, tries=9, pause=0.001))
        assert part.read_bytes() == CONTENT
        if ranges:
            assert sum(asked.sent for asked in server.asked) == len(CONTENT)
    part.unlink()


def test_a_busy_server_is_asked_again(server: ModelServer, part: Path) -> None:
    server.acts = [status(500), status(503, Retry_After="1")]
    start = time.monotonic()
    fetch(server.url, part, patience=QUICK)
    assert time.monotonic() - start >= 1
    assert part.read_bytes() == CONTENT
    assert len(server.asked) == 3


def test_it_gives_up_in_the_end(server: ModelServer, part: Path) -> None:
    server.acts = [status(502)] * 9
    with pytest.raises(ModelError, match=r"busy \(502\); check the network and pull again"):
        fetch(server.url, part, patience=QUICK)
    assert len(server.asked) == QUICK.tries
    assert list(part.parent.iterdir()) == []


@pytest.mark.parametrize(("code", "said"), [(404, "not there any more"), (403, "refused"), (418, "answers 418")])
def test_what_trying_again_wont_mend_is_said_at_once(server: ModelServer, part: Path, code: int, said: str) -> None:
    server.acts = [status(code)]
    with pytest.raises(ModelError, match=said):
        fetch(server.url, part, patience=QUICK)
    assert len(server.asked) == 1
    assert list(part.parent.iterdir()) == []


def test_a_trickle_counts_as_broken_and_goes_on(server: ModelServer, part: Path) -> None:
    server.acts = [trickle]
    fetch(server.url, part, patience=QUICK)
    assert part.read_bytes() == CONTENT
    first, second = server.asked
    assert second.range is not None
    assert 0 < first.sent < 100
    assert int(second.range[6:-1]) <= first.sent + 1


def test_silence_counts_as_broken(server: ModelServer, part: Path) -> None:
    server.acts = [hold(1.5)]
    fetch(server.url, part, patience=QUICK)
    assert part.read_bytes() == CONTENT


def test_redirects_are_followed_to_an_end(server: ModelServer, part: Path) -> None:
    server.acts = [status(302, Location="/elsewhere"), status(307, Location=server.url), drop(50_000)]
    fetch(server.url, part, patience=QUICK)
    assert part.read_bytes() == CONTENT
    assert [asked.path for asked in server.asked[:3]] == ["/model.tflite", "/elsewhere", "/model.tflite"]
    assert server.asked[3].range == "bytes=50000-"
    server.acts = [status(302, Location="/again")] * 9
    with pytest.raises(ModelError, match="more than 5 redirects"):
        fetch(server.url, part, patience=QUICK)


def test_another_size_than_the_registry_says_is_refused_before_the_download(server: ModelServer, part: Path) -> None:
    with pytest.raises(ModelError, match="300,000 bytes are offered, 300,001 wanted"):
        fetch(server.url, part, 300_001, patience=QUICK)
    assert list(part.parent.iterdir()) == []


def test_no_room_is_said_before_the_download(server: ModelServer, part: Path) -> None:
    server.acts = [claim(1 << 60)]
    with pytest.raises(OutputError, match=r"MB free, 1,152,921,504,606.8 MB needed; make room or choose"):
        fetch(server.url, part, patience=QUICK)
    assert list(part.parent.iterdir()) == []


def test_nobody_listens(part: Path) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/m.tflite"
        with pytest.raises(ModelError, match=r"can't connect \(Connection refused\); check the network and pull again"):
            fetch(url, part, patience=QUICK)
    assert list(part.parent.iterdir()) == []


def test_a_host_that_isnt_found() -> None:
    lookup = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    pool = HTTPConnectionPool("models.example")
    error = MaxRetryError(pool, "/m", NameResolutionError("models.example", HTTPConnection("models.example"), lookup))
    broken = Broken.from_urllib3(error, 1)
    assert (str(broken), broken.offline) == ("its host isn't found; no network, or no DNS", True)


def test_what_is_no_address(part: Path) -> None:
    with pytest.raises(ModelError, match="not an address that can be asked"):
        fetch(f"http://{'x' * 70}.example/m.tflite", part, patience=QUICK)


def test_a_password_in_the_address_is_not_repeated(part: Path) -> None:
    with pytest.raises(ModelError) as caught:
        fetch("http://me:hunter2@127.0.0.1:1/m.tflite", part, patience=QUICK)
    assert "hunter2" not in str(caught.value)
