"""Signals, at moments nobody chose."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.chaos.bed import Bed, descriptors
from tests.chaos.case import case
from tests.chaos.local.kept import all_kept, plays, with_clips
from tests.chaos.local.running import clean, ends, exits, more_over, more_told, runs, told
from tests.chaos.local.station import RATE, station
from tests.e2e.program import edgedet
from tests.supervised.manager import listening

AREA = "process"
KILLS = 6


@case(
    "kill-9",
    area=AREA,
    fault=f"SIGKILL at {KILLS} random moments",
    promise="every event that was told is there with a clip that plays; files and database agree",
    within=180,
)
def killed(bed: Bed) -> str:
    camera, names = station(bed), list[str]()
    for _ in range(KILLS):
        program = camera.run()
        runs(program)
        time.sleep(bed.random.uniform(0.2, 6))
        program.process.kill()
        program.process.wait()
        names += told(program)
        clean(program)
    program = camera.run("--frames", "1")
    assert exits(program, 30) == 0, program.text()
    found = all_kept(camera, names)
    without = [name for name in names if "clip" not in found[name]["files"]]
    assert not without, f"told, but without a clip: {without}"
    assert len(names) >= KILLS // 2, f"only {len(names)} events were told: this run says little"
    return f"{KILLS} kills, {len(names)} events told, all kept, {with_clips(found)} clips play"


@case(
    "stopped-10-s",
    area=AREA,
    fault="SIGSTOP for 10 s, then SIGCONT, as when a virtual machine or a laptop sleeps",
    promise="goes on within 2 s, without a burst of stale frames or events; the watchdog isn't starved by it",
    within=180,
)
def stopped(bed: Bed) -> str:
    camera = station(bed)
    with listening(f"@chaos-{os.getpid()}") as heard:
        program = camera.run(env={"NOTIFY_SOCKET": heard.address, "WATCHDOG_USEC": "3000000"})
        heard.wait_for("READY=1", 40)
        more_over(program, 1)
        before = camera.looked()
        program.process.send_signal(signal.SIGSTOP)
        time.sleep(10)
        heard.drain()
        heard.messages.clear()
        resumed = time.monotonic()
        program.process.send_signal(signal.SIGCONT)
        fed = heard.wait_for("WATCHDOG=1", 10) - resumed
        time.sleep(3)
        looked = camera.looked() - before
        more_over(program, 1)
        text = ends(program)
    assert "the watchdog isn't fed" not in text, text[-2000:]
    assert fed < 4, f"fed {fed:.1f} s after it went on"
    assert 5 <= looked <= RATE * (fed + 3) + 10, f"{looked} frames in {fed + 3:.1f} s"
    all_kept(camera, told(program))
    return f"watchdog fed {fed:.1f} s after, {looked} frames in the first {fed + 3:.1f} s; every event kept"


@case(
    "sigterm-in-a-clip",
    area=AREA,
    fault="SIGTERM in the middle of an event",
    promise="ends with 0 within 10 s; the event has its end, and its clip plays",
    within=180,
)
def terminated(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run()
    runs(program)
    last = more_told(program, 1)[-1]
    began = time.monotonic()
    ends(program, 15)
    took = time.monotonic() - began
    found = all_kept(camera, [last])
    assert found[last]["ended"], "it has no end"
    assert plays(Path(found[last]["files"]["clip"]["path"]))
    return f"ended after {took:.1f} s, the clip plays"


@case(
    "signal-at-start",
    area=AREA,
    fault="SIGINT and SIGTERM at 8 random moments of the start",
    promise="ends at once, without a traceback, and leaves a storage that opens",
    within=180,
)
def signalled_at_start(bed: Bed) -> str:
    camera, codes = station(bed), list[int]()
    for number in range(8):
        program = camera.run(prefix=["env", "--default-signal=INT"])  # a shell's background job ignores it
        time.sleep(bed.random.uniform(0.05, 1.5))
        program.process.send_signal((signal.SIGINT, signal.SIGTERM)[number % 2])
        codes.append(exits(program, 20))
        clean(program)
    assert set(codes) <= {0, 130, 143, -signal.SIGINT, -signal.SIGTERM}, codes
    program = camera.run("--frames", "5")
    assert exits(program, 30) == 0, program.text()
    all_kept(camera, [])
    return f"exit codes {sorted(set(codes))}, no traceback"


@case(
    "sighup-storm",
    area=AREA,
    fault="100 times SIGHUP in 5 s, the settings changing all the while",
    promise="goes on detecting by the last settings; nothing is leaked, nothing stops",
    within=180,
)
def reloads(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run()
    runs(program)
    more_told(program, 1)
    before, base = descriptors(program.process), camera.settings.read_text()
    for number in range(100):
        half = camera.settings.with_suffix(".new")
        half.write_text(f"{base}[retention]\ndays = {number + 1}\n")
        half.replace(camera.settings)
        program.process.send_signal(signal.SIGHUP)
        time.sleep(0.05)
    asked = edgedet("reload", "--config", camera.settings)
    assert asked.returncode == 0, asked.stderr
    more_over(program, 1)
    after = descriptors(program.process)
    text = ends(program)
    taken = text.count("applied: retention.days")
    assert taken >= 1, text[-2000:]
    assert after <= before + 6, f"{before} files open before, {after} after"
    return f"settings taken over {taken} times, {after - before:+d} descriptors"
