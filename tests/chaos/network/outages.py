"""A webhook out of reach, a stranger in its place, the program killed meanwhile: what waits is told, or counted."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

from edgedet.outbox import Outbox
from tests.chaos.bed import Bed, within
from tests.chaos.case import case
from tests.chaos.network.hook import AREA, PROMISE, arrive, behind, hooked, ids
from tests.chaos.network.telling import Telling, in_order, size
from tests.chaos.proxy import proxy
from tests.mqtt.mosquitto import make_certificates
from tests.notify.receivers import web


@case("hook-rst", area=AREA, fault="connections are refused, then reset in mid-request", promise=PROMISE)
def resetting(bed: Bed) -> str:
    hook, way = behind(bed)
    telling = hooked(bed, f"http://127.0.0.1:{way.port}/hook")
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
    return arrive(telling, hook)


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
    telling = hooked(bed, f"https://127.0.0.1:{way.port}/hook", {"SSL_CERT_FILE": str(folder / "ca.pem")})
    telling.program.wait_for(r"not to be trusted|connection broke", 30)
    way.target, way.mode = stranger.port, "pass"
    passed = way.passed
    within(25, lambda: way.passed > passed, "the stranger is tried")
    time.sleep(1)
    way.target = hook.port
    seen = arrive(telling, hook, 3, 40)
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
    hook, way = behind(bed)
    way.close_door()
    telling = hooked(bed, f"http://127.0.0.1:{way.port}/hook")
    telling.program.wait_for("webhook", 30)
    within(25, lambda: len(telling.started()) >= 4, "events are kept")
    telling.program.process.kill()
    telling.program.process.wait()
    waited = telling.started()
    way.open_door()
    again = Telling(bed, telling.settings.read_text().partition("[notify]")[2].join(["[notify]", ""]))
    within(30, lambda: set(waited) <= set(ids(hook)), "what waited is told")
    again.ended()
    return f"{len(waited)} events waited over the kill; {in_order(ids(hook), again.started())}"


@case(
    "outbox-bound",
    area=AREA,
    fault="nobody takes messages: 300 with pictures of 20 KiB come, 100 may wait",
    promise="the oldest are given up, said and counted; file and memory stay bounded",
)
def bounded(bed: Bed) -> str:
    path, picture = bed.folder / "outbox.db", bed.random.randbytes(20 << 10)
    outbox = Outbox(path, most=100)
    largest = 0
    for number in range(300):
        outbox.put("nobody", f"{number}/start", {"number": number}, picture)
        if number % 20 == 0:
            largest = max(largest, size(path))
    report = outbox.report()
    oldest = outbox.next("nobody")
    outbox.close()
    assert report["waiting"] == {"nobody": 100}
    assert report["dropped"] == {"nobody": 200}
    assert oldest is not None
    assert oldest.message == {"number": 200}
    assert largest < 2 * 100 * len(picture) + (8 << 20), f"{largest} bytes"
    return f"100 wait, 200 given up, {largest / 2**20:.1f} MiB at most"
