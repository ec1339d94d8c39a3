"""Bare invokes, bare decoding and the pipeline, with and without a viewer, in turns."""

from __future__ import annotations

import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from edgedet.bench.turn import WARM_UP, PipelineTurn, bare_invokes
from edgedet.config import Config, MjpegConfig
from edgedet.publish import Publisher
from edgedet.publish.jsonl import JsonlPublisher
from edgedet.publish.mjpeg import MjpegPublisher
from edgedet.stages import build_cameras, build_detector
from edgedet.stats import Ring, percentiles_ms
from tests.bench.floor_film import Decoding, decode_only
from tests.bench.turns import median_ratio

VIEWER = Path(__file__).with_name("floor_viewer.py")


class Watched(MjpegPublisher):
    """The live picture, and somebody in a process of their own who watches it from the first frame on."""

    def __init__(self) -> None:
        super().__init__(MjpegConfig(port=0), ["camera"])
        self.seen = 0
        self._viewer: subprocess.Popen[str] | None = None

    def open(self) -> None:
        super().open()
        host, _, port = self.url.removeprefix("http://").rstrip("/").rpartition(":")
        command = [sys.executable, "-S", str(VIEWER), host, port]
        self._viewer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._viewer.stdout is not None
        assert self._viewer.stdout.readline() == "watching\n", "nobody could watch"

    def close(self) -> None:
        super().close()
        if self._viewer is not None:
            self.seen = int(self._viewer.communicate(timeout=20)[0] or 0)
            self._viewer = None


@dataclass(slots=True)
class Rounds:
    """What each round gave: frames a second, and milliseconds of the processor for one frame.

    Attributes:
        bare: invokes a second with nothing around them, before and after each turn of a pipeline.
        beside: invokes a second, beside another thread that decodes for as long as the pipeline's other threads work:
            what is left of an invoke on a machine whose cores slow each other down.
        decode_cpu: decoding with nothing around it, into BGR pictures.
        planes_cpu: the same without their colours converted.
        watched: pictures that the viewer got for each frame that was detected.
        invoke_p50_ms: of the bare invokes.
    """

    bare: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    viewed: list[float] = field(default_factory=list)
    invoke_cpu: list[float] = field(default_factory=list)
    decode_cpu: list[float] = field(default_factory=list)
    planes_cpu: list[float] = field(default_factory=list)
    frame_cpu: list[float] = field(default_factory=list)
    watched: list[float] = field(default_factory=list)
    invoke_p50_ms: float = 0.0

    def ratio(self, fps: list[float], first: int) -> float:
        """Of a pipeline's speed to that of the bare invokes right before and after it, the median of the rounds."""
        around = [(self.bare[i] + self.bare[i + 1]) / 2 for i in range(first, len(self.bare) - 1, 2)]
        return median_ratio(fps, around)

    @property
    def plain_ratio(self) -> float:
        """With JSON lines alone."""
        return self.ratio(self.plain, 0)

    @property
    def beside_ratio(self) -> float:
        """With JSON lines alone, to invokes beside a core as busy."""
        return median_ratio(self.plain, self.beside)

    @property
    def viewed_ratio(self) -> float:
        """With a viewer too."""
        return self.ratio(self.viewed, 1)

    @property
    def cpu_ratio(self) -> float:
        """Of a frame's processor time to that of a bare invoke and a bare decoding."""
        return self._cpu_over(self.decode_cpu)

    @property
    def planes_ratio(self) -> float:
        """The same, as if pictures came without being converted."""
        return self._cpu_over(self.planes_cpu)

    def _cpu_over(self, decode_cpu: list[float]) -> float:
        floor = statistics.median(self.invoke_cpu) + statistics.median(decode_cpu)
        return statistics.median(self.frame_cpu) / floor


def measure(film: Path, folder: Path, rounds: int, frames: int) -> Rounds:
    """Run them in turns.

    Args:
        film: what is read, over and over.
        folder: where the JSON lines go.
        rounds: how often each has its turn.
        frames: of a turn.
    """
    config = Config.model_validate(
        {"source": {"uri": str(film), "as_fast": True, "loop": True}, "model": {"threads": 1}}
    )
    detector = build_detector(config)
    found, times = Rounds(), Ring()

    def pipeline(*publishers: Publisher) -> PipelineTurn:
        lines = JsonlPublisher(str(folder / "lines.jsonl"))
        return PipelineTurn(build_cameras(config, detector, {})[0], detector, [lines, *publishers], frames)

    def bare() -> None:
        fps, cpu = bare_invokes(detector, frames, times)
        found.bare.append(fps)
        found.invoke_cpu.append(cpu)

    bare()
    for _ in range(rounds):
        found.decode_cpu.append(decode_only(film, frames, into_pictures=True))
        found.planes_cpu.append(decode_only(film, frames, into_pictures=False))
        turn = pipeline()
        found.plain.append(turn.fps)
        found.frame_cpu.append(turn.cpu_ms)
        bare()
        as_busy = max(1, round((turn.cpu_ms - found.invoke_cpu[-1]) / found.planes_cpu[-1]))
        with Decoding(film) as decode:
            found.beside.append(bare_invokes(detector, frames, Ring(), partial(decode, as_busy))[0])
        viewer = Watched()
        found.viewed.append(pipeline(viewer).fps)
        found.watched.append(viewer.seen / (frames + WARM_UP))
        bare()
    found.invoke_p50_ms = (percentiles_ms(times.values()) or {"p50": 0.0})["p50"]
    return found
