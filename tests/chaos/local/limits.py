"""Too little memory, too little processor, a part that fails."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from tests.chaos.bed import Bed, Missing, resident
from tests.chaos.case import case
from tests.chaos.local.disks import memory_disk
from tests.chaos.local.kept import all_kept, with_clips
from tests.chaos.local.running import clean, detects, ends, exits, figures, more_over, over, runs, told
from tests.chaos.local.station import RATE, station

AREA = "limits"
GROUPS = Path("/sys/fs/cgroup")


def group(bed: Bed, controller: str) -> Path:
    """A control group of version 1 for this case alone."""
    folder = GROUPS / controller / f"chaos-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        raise Missing(f"a control group for {controller} (version 1): {error.strerror}") from None
    bed.stack.callback(_dissolve, folder)
    return folder


def _dissolve(folder: Path) -> None:
    for _ in range(50):
        try:
            folder.rmdir()
        except OSError:  # its last process is still going
            time.sleep(0.1)
        else:
            return


@case(
    "out-of-memory",
    area=AREA,
    fault="the kernel kills it for memory while it records (control group)",
    promise="the next start is whole: every event that was told is there, with a clip",
    within=180,
)
def out_of_memory(bed: Bed) -> str:
    memory, camera = group(bed, "memory"), station(bed)
    (memory / "memory.swappiness").write_text("0")
    (memory / "memory.limit_in_bytes").write_text("1M")
    program = camera.run()
    more_over(program, 2)
    (memory / "cgroup.procs").write_text(str(program.process.pid))  # what it takes from now on counts
    code = exits(program, 20)
    assert code == -9, f"ended with {code}: {program.text()[-1500:]}"
    names = told(program)
    program = camera.run()
    more_over(program, 1)
    ends(program)
    found = all_kept(camera, [*names, *over(program)])
    without = [name for name in names if "clip" not in found[name]["files"]]
    assert not without, f"told, but without a clip: {without}"
    return f"killed; {len(names)} events told before, all kept, {with_clips(found)} clips play"


@case(
    "address-space",
    area=AREA,
    fault="started with too little address space (ulimit -v), 5 sizes",
    promise="ends with 2 and a line, or a library ends it with a signal or a line of its own; never hangs; "
    "the next start is whole",
    within=180,
)
def address_space(bed: Bed) -> str:
    camera, seen = station(bed), list[str]()
    for megabytes in (250, 450, 600, 650, 700):
        program = camera.run("--seconds", "4", prefix=["prlimit", f"--as={megabytes << 20}", "--"])
        code = exits(program, 40)
        library = "OpenBLAS error: " in program.text()  # NumPy's: it ends the process itself, with 1
        assert code != 1 or library, f"{megabytes} MB: {program.text()[-1000:]}"
        assert "internal error" not in program.text(), f"{megabytes} MB: {program.text()[-1000:]}"
        seen.append(f"{megabytes} MB: {code}" + (" (OpenBLAS)" if library else ""))
    program = camera.run()
    more_over(program, 1)
    ends(program)
    all_kept(camera, over(program))
    return "; ".join(seen)


@case(
    "cpu-20-percent",
    area=AREA,
    fault="a fifth of one core is all it gets (control group)",
    promise="drops frames and stays fresh: what it shows is of now; the status line counts the drops",
    alone=True,
    within=180,
)
def little_cpu(bed: Bed) -> str:
    cpu, camera = group(bed, "cpu"), station(bed)
    program = camera.run("--report", camera.bed.folder / "report.json")
    runs(program)
    (cpu / "cpu.cfs_period_us").write_text("100000")
    (cpu / "cpu.cfs_quota_us").write_text("20000")
    (cpu / "cgroup.procs").write_text(str(program.process.pid))
    time.sleep(5)
    before = camera.looked()
    time.sleep(20)
    looked, report = camera.looked() - before, figures(program, camera.bed.folder / "report.json")
    (cpu / "cpu.cfs_quota_us").write_text("-1")
    more_over(program, 1)
    text = ends(program)
    oldest = report["latency_ms"]["age"]["p99"]
    assert looked >= 10, f"only {looked} frames in 20 s"
    assert oldest < 2000, f"frames {oldest:.0f} ms old were looked at"
    assert "dropped" in text
    all_kept(camera, told(program))
    return f"{looked / 20:.1f} frames a second of {RATE}, {report['drops']} dropped, at most {oldest:.0f} ms old (p99)"


@case(
    "publisher-fails",
    area=AREA,
    fault="the file of one publisher (JSON lines) has no room for 6 s",
    promise="detection, events and clips go on; the publisher says so and comes back by itself",
    within=180,
)
def publisher(bed: Bed) -> str:
    disk, camera = memory_disk(bed, "64k"), station(bed)
    lines = disk / "lines.jsonl"
    program = camera.run("--jsonl", lines)
    program.wait_for("jsonl stopped: .*no space left on device", 60)
    more_over(program, 1)
    lines.write_bytes(b"")
    program.wait_for("jsonl runs again", 60)
    size = lines.stat().st_size
    more_over(program, 1)
    assert lines.stat().st_size > size
    ends(program)
    found = all_kept(camera, told(program))
    return f"said so, came back; {len(told(program))} events kept, {with_clips(found)} clips"


@case(
    "memory-stays",
    area=AREA,
    fault="the storage is gone for 30 s, the picture large",
    promise="what waits in memory is bounded: no more than 60 MB beside what it had",
    within=180,
)
def memory_stays(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run()
    more_over(program, 3)
    before = resident(program.process)
    shutil.rmtree(camera.kept.rename(camera.kept.with_name("gone")), ignore_errors=True)  # at once, whatever is written
    program.wait_for("events are held in memory", 30)
    time.sleep(30)
    detects(camera, program)
    after = resident(program.process)
    ends(program)
    clean(program)
    assert after - before < 60, f"{before:.0f} MB before, {after:.0f} after"
    return f"{before:.0f} MB before, {after:.0f} MB after 30 s"
