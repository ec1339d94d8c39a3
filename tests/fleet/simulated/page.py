"""What was measured, as a page and a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.curve import curve
from tests.fleet.simulated.load import LIMIT, deviations, exponent, line

PAGE = Path(__file__).with_name("FIGURES.md")
STEEPEST = 1.1
JUDGED = ("cameras_cpu", "cameras_rss_mb", "broker_cpu", "broker_rss_mb")
"""What must not grow faster than the number of cameras."""
COLUMNS = (
    ("cameras_cpu", "cameras, CPU ms/s", 1e3),
    ("cameras_rss_mb", "cameras, MB", 1),
    ("broker_cpu", "broker, CPU ms/s", 1e3),
    ("broker_rss_mb", "broker, MB", 1),
    ("prometheus_cpu", "Prometheus, CPU ms/s", 1e3),
    ("prometheus_rss_mb", "Prometheus, MB", 1),
    ("packets_in", "packets to the broker /s", 1),
    ("bytes_in", "kB to the broker /s", 1e-3),
    ("series", "series", 1),
)
HEAD = """# A fleet on one machine

Written by `python -m tests.fleet.simulated --cameras {most:g} --minutes {minutes:g} --write`, last on {date},
{machine}.

Each camera is `edgedet run` with a certificate, client id, port and folder of its own, `demo:` at {fps:g} frames a
second and 320x240, the smallest bundled model, clips and pictures on, scraped every {every} s; one mosquitto and one
Prometheus by the settings of `deploy/fleet`. Each number of cameras is watched for {seconds:.0f} s in peace; then the
broker is killed (`SIGKILL`) and started again {restarts} times, {gone:g} s away and {back:g} s there each time.

"""


def exponents(figures: Mapping[str, Any]) -> dict[str, float]:
    """How each judged figure grows; empty with less than two numbers of cameras."""
    some = [each for each in figures["stages"] if each["cameras"]]
    return {name: exponent(some, name) for name in JUDGED} if len(some) > 1 else {}


def missed(figures: Mapping[str, Any]) -> dict[str, float]:
    """How far the load model misses the largest stage; empty with less than three numbers of cameras."""
    return deviations(figures["stages"]) if len(figures["stages"]) > 2 else {}


def verdicts(figures: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """Each thing that has to be so: whether it is, and in words."""
    events, panels = figures["events"], figures["panels"]
    came = f"{events['archived']} of {events['told']} messages of events kept, each once"
    wire = f"over {events['restarts']} kills of the broker; {events['twice']} came twice over the wire and were dropped"
    said = [
        (not events["missing"] and not events["unknown"] and events["told"] > 0, f"{came}, {wire}"),
        (not events["waiting"], f"{events['waiting']} wait in cameras that have ended"),
        (not panels["empty"], f"{panels['asked']} panels asked for each of {panels['cameras']} cameras, "
                              f"{len(panels['empty'])} without data"),
    ]  # fmt: skip
    for name, value in exponents(figures).items():
        said.append((value <= STEEPEST, f"{name} grows with exponent {value:.2f} (<= {STEEPEST:g})"))
    for name, value in missed(figures).items():
        said.append((abs(value) <= LIMIT, f"{name}: the load model is {value:+.0%} off (<= {LIMIT:.0%})"))
    return said


def text(figures: Mapping[str, Any]) -> str:
    """The page."""
    stages = figures["stages"]
    most = max(each["cameras"] for each in stages)
    lines = [HEAD.format(most=most, **{key: figures[key] for key in (
        "minutes", "date", "machine", "fps", "every", "seconds", "restarts", "gone", "back")})]  # fmt: skip
    lines += [f"* {'' if kept else '**not kept:** '}{said}" for kept, said in verdicts(figures)]
    lines += ["", f"| cameras | {' | '.join(label for _, label, _ in COLUMNS)} |", f"|{'---|' * (len(COLUMNS) + 1)}"]
    for each in stages:
        cells = " | ".join(f"{each.get(name, 0) * scale:.4g}" for name, _, scale in COLUMNS)
        lines.append(f"| {each['cameras']:g} | {cells} |")
    slopes = " | ".join(f"{line(stages, name).slope * scale:.3g}" for name, _, scale in COLUMNS)
    lines += [f"| each more | {slopes} |", "", "![Processor and memory](fleet.svg)", ""]
    block = figures["block"]
    lines += [
        f"Prometheus keeps a sample in {block['chunk_bytes'] / block['samples']:.2f} bytes and a series' index in "
        f"{block['index_bytes'] / block['series']:.0f}: a block of {block['samples']:.0f} samples, written at the end.",
        "",
    ]
    return "\n".join(lines)


def picture(figures: Mapping[str, Any]) -> str:
    """The cameras' processor time over their number."""
    stages = figures["stages"]
    points = [(each["cameras"], each["cameras_cpu"] * 1e3) for each in stages]
    fitted = line(stages, "cameras_cpu")
    title = "What cameras cost, all together"
    return curve(title, "cameras", "CPU, ms a second", points, lambda x: max(0.0, fitted(x)) * 1e3)
