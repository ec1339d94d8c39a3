"""What a Raspberry Pi would make of it: a projection from published invoke times, not a measurement.

    python -m tests.bench.projection [FLOOR.json]

FLOOR.json is what ``python -m tests.bench.floor --json FLOOR.json`` wrote. What carries over from one processor to
another is taken to be how long everything else takes compared with one invoke on one thread:

* the detect thread is busy with more than the invoke for ``1 / pipeline ratio - 1`` invokes on one thread;
* all threads together work ``CPU of a frame to invoke alone - 1`` invokes on one thread beside it, on the cores that
  the invoke leaves. An invoke on T threads is taken to occupy T cores for as long as it takes.

Heat, the memory's bandwidth and the camera's own work aren't in it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.floor import CPU_TO_INVOKE, RATIO

CORES = 4
FLOOR = Path(__file__).with_name("floor.json")
NOBUO = "github.com/NobuoTsukamoto/benchmarks"


@dataclass(frozen=True, slots=True)
class Published:
    """Invoke times that somebody measured on a board.

    Attributes:
        board, model, runtime: on which, of what, with what.
        invoke_ms: on 1, 2, 3 and 4 threads.
        source: where they were published.
    """

    board: str
    model: str
    runtime: str
    invoke_ms: tuple[float, float, float, float]
    source: str


PUBLISHED = (
    Published(
        "Pi 3B+, 64-bit", "SSD MobileNetV2 300, int8", "TFLite 2.5, 2021", (342, 192, 144, 122),
        f"{NOBUO} tf1_detection_model_zoo/raspi.md",
    ),
    Published(
        "Pi 4, 64-bit", "SSD MobileNetV2 300, int8", "TFLite 2.5, 2021", (168, 93, 69, 57),
        f"{NOBUO} tf1_detection_model_zoo/raspi.md",
    ),
    Published(
        "Pi 4", "EfficientDet-Lite0 320, int8", "TFLite 2.18, 2024", (198, 117, 91, 78),
        f"{NOBUO} efficentdet/efficientdet.md",
    ),
    Published(
        "Pi 5", "EfficientDet-Lite0 320, int8", "TFLite 2.18, 2024", (45, 29, 25, 22.9),
        f"{NOBUO} efficentdet/efficientdet.md",
    ),
)  # fmt: skip


def projected_fps(invoke_ms: Sequence[float], threads: int, ratio: float, cpu_to_invoke: float) -> float:
    """Frames a second of the whole pipeline.

    Args:
        invoke_ms: published, on 1, 2, ... threads.
        threads: how many the invoke has.
        ratio: the pipeline's frames a second by bare invoke's, on one thread, where both were measured.
        cpu_to_invoke: the processor's time of a frame by that of an invoke, there.

    >>> round(projected_fps((100.0, 60.0), 1, 0.98, 1.2), 2)  # 100 ms, and 2 ms until the next
    9.8
    >>> round(projected_fps((100.0, 60.0, 50.0, 40.0), 4, 0.98, 1.4), 2)  # the cores are full: (4 x 40 + 40) / 4 ms
    20.0
    """
    alone, taken = invoke_ms[0], invoke_ms[threads - 1]
    in_turn = taken + (1 / ratio - 1) * alone
    full = (threads * taken + (cpu_to_invoke - 1) * alone) / CORES
    return 1e3 / max(in_turn, full)


def table(figures: Mapping[str, float]) -> Iterator[str]:
    """Lines of Markdown: a row for each board and model, frames a second by the threads of the invoke."""
    yield "| projected, not measured | published invoke, ms, on 1 / 2 / 3 / 4 threads | frames a second |"
    yield "| --- | --- | --- |"
    for each in PUBLISHED:
        invoke = " / ".join(f"{ms:g}" for ms in each.invoke_ms)
        fps = (
            projected_fps(each.invoke_ms, threads, figures[RATIO], figures[CPU_TO_INVOKE]) for threads in range(1, 5)
        )
        yield f"| {each.board}, {each.model} | {invoke} ({each.runtime}) | {' / '.join(f'{one:.1f}' for one in fps)} |"


def read(path: Path) -> dict[str, float]:
    """The figures of such a file, by name."""
    return {each["name"]: each["figure"] for each in json.loads(path.read_text())["figures"]}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.projection", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("floor", type=Path, nargs="?", default=FLOOR)
    figures = read(parser.parse_args().floor)
    print("\n".join(table(figures)))
    print(f"\nFrom {RATIO}: {figures[RATIO]:.3f}; {CPU_TO_INVOKE}: {figures[CPU_TO_INVOKE]:.3f}. Published by:")
    print("\n".join(sorted({each.source for each in PUBLISHED})))


if __name__ == "__main__":
    main()
