"""Which detector runs, and what is kept of what it finds."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import model_validator

from edgedet.config.section import Fraction, Section, key


class ModelConfig(Section):
    """Which detector runs, and on what."""

    path: Path | None = key(None, "a TFLite detector; unset: the bundled one", "-m/--model")
    labels: Path | None = key(None, "a labels file; unset: from the model's card or metadata", "-l/--labels")
    runtime: Literal["auto", "litert", "tflite-runtime"] = key("auto", "which interpreter package runs the model")
    threads: int = key(0, "interpreter threads; 0: the physical cores", "--threads", ge=0, le=64)
    delegate: str = key("", "an external delegate's library, e.g. libedgetpu.so.1")
    delegate_fallback: bool = key(False, "run on the CPU, and say so, when the delegate can't be loaded")
    resize: Literal["auto", "letterbox", "stretch"] = key("auto", "how a frame meets the model's shape; auto: the card")
    isolate: Literal["off", "process", "sandbox"] = key(
        "off", "run the model in a process of its own; sandbox: one that may do nothing but compute", "--isolate"
    )

    @model_validator(mode="after")
    def _delegate_outside(self) -> ModelConfig:
        if self.isolate == "sandbox" and self.delegate:
            raise ValueError(
                f'isolate: "sandbox" would keep the delegate {self.delegate} from its device; take "process", or leave '
                "the delegate out"
            )
        return self


class DetectConfig(Section):
    """Which detections are kept."""

    confidence: Fraction = key(0.5, "lowest score kept", "-c/--confidence")
    class_confidence: dict[str, Fraction] = key({}, "lowest score kept for single labels: { person = 0.4 }")
    iou: Fraction = key(0.5, "overlap above which the weaker of two boxes of one class is dropped")
    max_detections: int = key(100, "most objects kept in one frame", ge=1, le=1000)
