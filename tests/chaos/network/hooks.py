"""A program on the network that is to be told of events, and fails in every way it can: each arrives at least once."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path

from edgedet.outbox import Outbox
from tests.chaos.bed import Bed, resident, within
from tests.chaos.case import case
from tests.chaos.network.telling import Telling, in_order, size
from tests.chaos.proxy import Proxy, proxy
from tests.mqtt.mosquitto import make_certificates
from tests.notify.receivers import Web, web

AREA = "sink: webhook"
PROMISE = "detection goes on; each message arrives at least once, in order"
MOST_OUTBOX = 4 << 20
"""Bytes the waiting messages of a minute may take."""


def _telling(bed: Bed, address: str, env: dict[str, str] | None = None) -> Telling:
    return Telling(
        bed,
        f'[notify]\nwebhook = "{address}"\nwebhook_picture = "none"\nevery = 0\nwait = 0\nlabels = ["person", "cat"]\n',
        env,
    )


def _ids(hook: Web) -> list[str]:
    """Events told, as they came."""
    return [str(json.loads(each.body)["event"]["id"]) for each in hook.got]


def _arrive(telling: Telling, hook: Web, more: int = 3, seconds: float = 30) -> str:
    """Assert that messages go through now, and that none was left out; in words."""
    before = len(hook.got)
    _, took = within(seconds, lambda: len(hook.got) >= before + more, "messages arrive")
    telling.goes_on()
    bytes_ = size(telling.outbox)
    assert bytes_ < MOST_OUTBOX, f"the outbox takes {bytes_} bytes"
    telling.ended()
    return f"through after {took:.1f} s, {in_order(_ids(hook), telling.started())}, outbox {bytes_ / 1024:.0f} KiB"


@case("hook-500", area=AREA, fault="it answers 500, then 503, then takes them", promise=PROMISE)
def failing(bed: Bed) -> str:
    hook = bed.stack.enter_context(web(500, 503, 200))
    telling = _telling(bed, f"http://{hook.address}/hook")
    return _arrive(telling, hook, 6, 40)


@case("hook-hang", area=AREA, fault="it takes the request and never answers, once", promise=PROMISE)
def hanging(bed: Bed) -> str:
    hook = bed.stack.enter_context(web("hang", 200))
    telling = _telling(bed, f"http://{hook.address}/hook")
    return _arrive(telling, hook, 4, 45)


@case("hook-drip", area=AREA, fault="its answer's head never ends, a byte every 50 ms", promise=PROMISE, within=120)
def dripping(bed: Bed) -> str:
    hook = bed.stack.enter_context(web("drip", 200))
    telling = _telling(bed, f"http://{hook.address}/hook")
    return _arrive(telling, hook, 4, 60)


@case("hook-close", area=AREA, fault="it hangs up instead of an answer, twice", promise=PROMISE)
def closing(bed: Bed) -> str:
    hook = bed.stack.enter_context(web("close", "close", 200))
    telling = _telling(bed, f"http://{hook.address}/hook")
    return _arrive(telling, hook, 6, 40)


def _behind(bed: Bed, *answers: int | str) -> tuple[Web, Proxy]:
    hook = bed.stack.enter_context(web(*(answers or (200,))))
    return hook, bed.stack.enter_context(proxy(int(hook.port), bed.random))


@case("hook-rst", area=AREA, fault="connections are refused, then reset in mid-request", promise=PROMISE)
def resetting(bed: Bed) -> str:
    hook, way = _behind(bed)
    telling = _telling(bed, f"http://127.0.0.1:{way.port}/hook")
    within(25, lambda: len(hook.got) >= 1, "the first arrives")
    way.close_door()
    way.cut(reset=True)
    telling.program.wait_for("webhook", 15)
    telling.goes_on()
    way.delay = 0.5  # so that there is a request to be cut
    way.open_door()
    end = time.monotonic() + 6
    while time.monotonic() < end:
        time.sleep(bed.random.uniform(0.3, 0.9))
        way.cut(reset=True)
    way.delay = 0.0
    return _arrive(telling, hook)


@case(
    "hook-redirect",
    area=AREA,
    fault="it sends us in a circle (302 to itself), then takes them",
    promise=f"no redirect is followed, what to do is said; {PROMISE}",
)
def circling(bed: Bed) -> str:
    hook = bed.stack.enter_context(web(302, 302, 200))
    telling = _telling(bed, f"http://{hook.address}/hook")
    telling.program.wait_for(r"it sends us elsewhere; set notify\.webhook", 25)
    seen = _arrive(telling, hook, 6, 40)
    assert all(each.path == "/hook" for each in hook.got), "a redirect was followed"
    return seen


@case(
    "hook-huge",
    area=AREA,
    fault="its answer is 200 with a body without end",
    promise=f"the answer isn't read to its end, memory doesn't grow; {PROMISE}",
)
def endless(bed: Bed) -> str:
    hook, way = _behind(bed)
    telling = _telling(bed, f"http://127.0.0.1:{way.port}/hook")
    within(25, lambda: len(hook.got) >= 1, "the first arrives")
    before = resident(telling.program.process)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"
    way.canned, way.mode = head + bytes(32 << 20), "answer"
    passed = way.passed
    within(20, lambda: way.passed >= passed + 3, "messages go there")
    more = resident(telling.program.process) - before
    assert more < 20, f"{more:.0f} MiB more"
    telling.goes_on()
    way.mode = "pass"
    within(25, lambda: len(hook.got) >= 4, "messages arrive")
    telling.ended()
    return f"{way.passed - passed} such answers, {more:+.0f} MiB"


@case(
    "hook-noise",
    area=AREA,
    fault="64 KiB of noise instead of an answer, for 8 s",
    promise=PROMISE,
)
def noise(bed: Bed) -> str:
    hook, way = _behind(bed)
    way.canned, way.mode = bed.random.randbytes(65536), "answer"
    telling = _telling(bed, f"http://127.0.0.1:{way.port}/hook")
    telling.program.wait_for("the connection broke", 30)
    time.sleep(4)
    way.mode = "pass"
    return _arrive(telling, hook)


@case(
    "hook-tls",
    area=AREA,
    fault="TLS: noise in the handshake, then a certificate of nobody's, then the right one",
    promise=f"nothing is told to a stranger, the reason is said; {PROMISE}",
)
def untrusted(bed: Bed) -> str:
    folder = Path(bed.folder) / "tls"
    folder.mkdir()
    make_certificates(folder)
    right, wrong = _pem(folder, "server"), _stranger(folder)
    hook = bed.stack.enter_context(web(certificate=right))
    stranger = bed.stack.enter_context(web(certificate=wrong))
    way = bed.stack.enter_context(proxy(int(hook.port), bed.random))
    way.canned, way.mode = bed.random.randbytes(4096), "answer"
    telling = _telling(bed, f"https://127.0.0.1:{way.port}/hook", {"SSL_CERT_FILE": str(folder / "ca.pem")})
    telling.program.wait_for(r"not to be trusted|connection broke", 30)
    way.target, way.mode = stranger.port, "pass"
    passed = way.passed
    within(25, lambda: way.passed > passed, "the stranger is tried")
    time.sleep(1)
    way.target = hook.port
    seen = _arrive(telling, hook, 3, 40)
    assert not stranger.got, "a stranger was told"
    assert re.search("not to be trusted", telling.program.text()), telling.program.text()
    return seen


def _pem(folder: Path, name: str) -> Path:
    both = folder / f"{name}-both.pem"
    both.write_text((folder / f"{name}.key").read_text() + (folder / f"{name}.pem").read_text())
    return both


def _stranger(folder: Path) -> Path:
    """A certificate for this address that the authority hasn't signed."""
    subprocess.run(
        [
            "openssl", "x509", "-req", "-in", "server.csr", "-CA", "other.pem", "-CAkey", "other.key",
            "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "stranger.pem",
        ],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    (folder / "stranger.key").write_text((folder / "server.key").read_text())
    return _pem(folder, "stranger")


@case(
    "hook-kill",
    area=AREA,
    fault="it is away, and the program is killed (SIGKILL) meanwhile",
    promise="what waited is told after the next start, in order, none is lost",
)
def killed(bed: Bed) -> str:
    hook, way = _behind(bed)
    way.close_door()
    telling = _telling(bed, f"http://127.0.0.1:{way.port}/hook")
    telling.program.wait_for("webhook", 30)
    within(25, lambda: len(telling.started()) >= 4, "events are kept")
    telling.program.process.kill()
    telling.program.process.wait()
    waited = telling.started()
    way.open_door()
    again = Telling(bed, telling.settings.read_text().partition("[notify]")[2].join(["[notify]", ""]))
    within(30, lambda: set(waited) <= set(_ids(hook)), "what waited is told")
    again.ended()
    return f"{len(waited)} events waited over the kill; {in_order(_ids(hook), again.started())}"


@case(
    "outbox-bound",
    area=AREA,
    fault="nobody takes messages: 600 with pictures of 20 KiB come, 100 may wait",
    promise="the oldest are given up, said and counted; file and memory stay bounded",
)
def bounded(bed: Bed) -> str:
    path, picture = bed.folder / "outbox.db", bed.random.randbytes(20 << 10)
    outbox = Outbox(path, most=100)
    largest = 0
    for number in range(600):
        outbox.put("nobody", f"{number}/start", {"number": number}, picture)
        if number % 20 == 0:
            largest = max(largest, size(path))
    report = outbox.report()
    oldest = outbox.next("nobody")
    outbox.close()
    assert report["waiting"] == {"nobody": 100}
    assert report["dropped"] == {"nobody": 500}
    assert oldest is not None
    assert oldest.message == {"number": 500}
    assert largest < 2 * 100 * len(picture) + (8 << 20), f"{largest} bytes"
    return f"100 wait, 500 given up, {largest / 2**20:.1f} MiB at most"
