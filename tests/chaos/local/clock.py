"""The wall clock jumps, as on a board without one that has just asked the network."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.chaos.bed import Bed, Missing
from tests.chaos.case import case
from tests.chaos.local.kept import all_kept, with_clips
from tests.chaos.local.running import ends, more_over, runs, told
from tests.chaos.local.station import station
from tests.e2e.program import PROGRAM

AREA = "clock"
LIBRARIES = tuple(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
DAYS = "[retention]\ndays = 1\nlabels = {}\n"


class Clock:
    """The wall clock of a program, to be turned while it runs; its monotonic clock stays true.

    Args:
        bed: whose it is.
        offset: seconds it is wrong by at first.

    Attributes:
        env: variables the program is started with (libfaketime).
    """

    def __init__(self, bed: Bed, offset: float = 0.0) -> None:
        if not LIBRARIES:
            raise Missing("libfaketime: apt-get install libfaketime")
        self._file = bed.folder / "faketime"
        self.turn(offset)
        self.env = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def turn(self, offset: float) -> None:
        """Let it be wrong by so many seconds from now on."""
        half = self._file.with_suffix(".new")
        half.write_text(f"{offset:+.0f}s\n")
        half.replace(self._file)


def since_1970() -> float:
    """Seconds from a minute into 1970 until now."""
    return time.time() - 60


@case(
    "clock-back-an-hour",
    area=AREA,
    fault="the wall clock goes back by an hour while events are open",
    promise="ids and files stay unique and in order, no clip is overwritten, no event ends before it began",
    within=180,
)
def back(bed: Bed) -> str:
    return _jump(bed, 0, -3600)


@case(
    "clock-on-a-day",
    area=AREA,
    fault="the wall clock goes on by a day and a minute, and events are kept for a day",
    promise="what has just been recorded is not deleted as old",
    within=180,
)
def forward(bed: Bed) -> str:
    return _jump(bed, 0, 86_460, swept=True)


@case(
    "clock-from-1970",
    area=AREA,
    fault="the start is in 1970, a while later the network gives the time",
    promise="events of before the jump are not deleted as old; those after it have the right time",
    within=180,
)
def from_1970(bed: Bed) -> str:
    return _jump(bed, -since_1970(), 0, swept=True)


def _jump(bed: Bed, before: float, after: float, swept: bool = False) -> str:
    """Events before and after a jump; with ``swept`` the store has looked for old ones since."""
    clock, camera = Clock(bed, before), station(bed, more=DAYS)
    program = camera.run(env=clock.env)
    more_over(program, 2)
    early = told(program)
    clock.turn(after)
    jumped = datetime.now(UTC) + timedelta(seconds=after)
    more_over(program, 2)
    if swept:
        time.sleep(62)  # a store looks once a minute
    ends(program)
    names = told(program)
    assert names == sorted(names), f"ids went back: {names}"
    found = all_kept(camera, names)
    for event in found.values():
        assert event["ended"] >= event["started"], event
    late = [datetime.fromisoformat(found[name]["started"]) for name in names[len(early) + 1 :]]
    assert all(jumped - timedelta(seconds=5) <= each < jumped + timedelta(seconds=150) for each in late), late
    clips = with_clips(found)
    assert clips >= len(names) - 1, f"{clips} clips of {len(names)} events"
    return f"{len(early)} events before, {len(names) - len(early)} after the jump, all kept, {clips} clips"


@case(
    "clock-and-sessions",
    area=AREA,
    fault="the wall clock goes back an hour, then on to an hour ahead, while somebody is logged in",
    promise="the session and a machine's token stand",
    within=180,
)
def sessions(bed: Bed) -> str:
    clock, camera = Clock(bed), station(bed)
    users = [*PROGRAM, "web", "user", "add", "ada", "--config", str(camera.settings)]
    added = subprocess.run(users, input="correct horse 7\n", text=True, capture_output=True, check=False)
    assert added.returncode == 0, added.stderr
    camera.settings.write_text(camera.settings.read_text() + "[web]\nenabled = true\nport = 0\n")
    program = camera.run(env=clock.env)
    address = program.wait_for(r"http://127\.0\.0\.1:(\d+)", 40)
    runs(program)
    cookie = _log_in(int(address[1]))
    seen = []
    for offset in (0, -3600, 3600):
        clock.turn(offset)
        time.sleep(1)
        seen.append(_asks(int(address[1]), cookie))
    ends(program)
    assert seen == [200, 200, 200], seen
    return "answers before, an hour back, an hour ahead: " + ", ".join(map(str, seen))


def _log_in(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = json.dumps({"name": "ada", "password": "correct horse 7"})
    headers = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{port}"}
    connection.request("POST", "/api/session", body, headers)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


def _asks(port: int, cookie: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/api/cameras", headers={"Cookie": cookie})
    return connection.getresponse().status
