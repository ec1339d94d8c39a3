"""Every loop there is: its name, its command, and what is to be known of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.peers.models import Models
from tests.places import ROOT

PEERS = ROOT / ".venv-peers" / "bin" / "python"
EDGEDET = "edgedet"


@dataclass(frozen=True, slots=True)
class Loop:
    """A program that prints a JSON line for each frame of a film.

    Attributes:
        name: for the table.
        module: in this folder; empty: edgedet itself.
        model: the attribute of :class:`Models` that it reads.
        settings: how its threads are set, for the table.
        environment: variables that it wants.
        judged: whether edgedet has to be ahead of it.
    """

    name: str
    module: str
    model: str
    settings: str
    environment: Mapping[str, str] = field(default_factory=dict)
    judged: bool = True

    def command(self, models: Models, film: Path, fps: float, report: Path) -> list[str]:
        """How to run it: at ``fps`` frames a second, or as fast as can be at 0; only edgedet writes ``report``."""
        model = str(getattr(models, self.model))
        if self.module:
            module = f"tests.bench.peers.loops.{self.module}"
            return [str(PEERS), "-m", module, "--film", str(film), "--model", model, "--fps", str(fps)]
        pace = "--no-as-fast" if fps else "--as-fast"
        command = [sys.executable, "-m", "edgedet", "run", "--source", str(film), "--loop", pace, "-m", model]
        return [*command, "--threads", "1", "--no-web", "--jsonl", "-", "--report", str(report)]


LOOPS = (
    Loop(EDGEDET, "", "raw", "interpreter 1; looks at every frame", {"EDGEDET_MOTION_ENABLED": "false"}, False),
    Loop("edgedet as it comes", "", "raw", "interpreter 1; rests while nothing moves", judged=False),
    Loop("tutorial loop", "tutorial", "whole", "interpreter 1, OpenCV as it comes"),
    Loop("OpenCV DNN, float32", "opencv", "onnx_float", "cv2.setNumThreads(1)"),
    Loop("OpenCV DNN, int8", "opencv", "onnx_int8", "cv2.setNumThreads(1)"),
    Loop("supervision + ONNX Runtime, float32", "roboflow", "onnx_float", "intra-op 1"),
    Loop("supervision + ONNX Runtime, int8", "roboflow", "onnx_int8", "intra-op 1"),
    Loop("MediaPipe Tasks", "mediapipe_tasks", "whole", "can't be set"),
    Loop("Frigate's CPU routine", "frigate", "whole", "interpreter 1, ffmpeg 1"),
)
