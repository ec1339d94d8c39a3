"""Every setting, its default and what it means: the typed shape of ``edgedet.toml``.

How the layers (flags, environment, file, defaults) become one :class:`Config` is :mod:`edgedet.settings`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0, le=86400)]


def _key(default: Any, text: str, flag: str = "", **limits: Any) -> Any:
    """A setting: its default, its one-line meaning and the flag that sets it, if one does."""
    return Field(default, description=text, json_schema_extra={"flag": flag}, validate_default=True, **limits)


class Section(BaseModel):
    """A table of the file. Unknown keys are refused, and so are values of another type: "0.5" is no number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SourceConfig(Section):
    """Where frames come from."""

    uri: str = _key("demo:", "camera, stream, file, folder or glob (see Sources)", "--source", min_length=1)
    width: int = _key(0, "pixels across to ask a camera for; 0: its default", ge=0, le=16384)
    height: int = _key(0, "pixels down to ask a camera for; 0: its default", ge=0, le=16384)
    fps: float = _key(0, "frames a second to ask a camera for; 0: its default", ge=0, le=1000)
    format: Literal["auto", "MJPG", "YUYV"] = _key("auto", "pixel format to ask a USB camera for")
    transport: Literal["tcp", "udp"] = _key("tcp", "how RTSP carries the video")
    open_timeout: Seconds = _key(10, "seconds to wait for a network source to open")
    stall_timeout: Seconds = _key(10, "seconds without a frame after which a live source is opened again")
    retry_max: Seconds = _key(30, "longest pause between attempts to reconnect, in seconds")
    loop: bool = _key(False, "start a file or folder again at its end", "--loop/--no-loop")
    as_fast: bool = _key(
        False, "read files at full speed, every frame, instead of in real time", "--as-fast/--no-as-fast"
    )


class ModelConfig(Section):
    """Which detector runs, and on what."""

    path: Path | None = _key(None, "a TFLite detector; unset: the bundled one", "-m/--model")
    labels: Path | None = _key(None, "a labels file; unset: from the model's card or metadata", "-l/--labels")
    runtime: Literal["auto", "litert", "tflite-runtime"] = _key("auto", "which interpreter package runs the model")
    threads: int = _key(0, "interpreter threads; 0: the physical cores", "--threads", ge=0, le=64)
    delegate: str = _key("", "an external delegate's library, e.g. libedgetpu.so.1")
    delegate_fallback: bool = _key(False, "run on the CPU, and say so, when the delegate can't be loaded")
    resize: Literal["auto", "letterbox", "stretch"] = _key(
        "auto", "how a frame meets the model's shape; auto: the card"
    )


class DetectConfig(Section):
    """Which detections are kept."""

    confidence: Fraction = _key(0.5, "lowest score kept", "-c/--confidence")
    class_confidence: dict[str, Fraction] = _key({}, "lowest score kept for single labels: { person = 0.4 }")
    iou: Fraction = _key(0.5, "overlap above which the weaker of two boxes of one class is dropped")
    max_detections: int = _key(100, "most objects kept in one frame", ge=1, le=1000)


class MjpegConfig(Section):
    """The live picture in a browser."""

    enabled: bool = _key(True, "serve the live picture", "--web/--no-web")
    host: str = _key("127.0.0.1", "address to listen on; 0.0.0.0 shows it to the whole network", "--host", min_length=1)
    port: int = _key(8080, "port to listen on; 0: any free one", "--port", ge=0, le=65535)
    quality: int = _key(80, "JPEG quality", ge=1, le=100)
    width: int = _key(0, "largest width sent, in pixels; 0: as captured", ge=0, le=16384)
    max_clients: int = _key(32, "viewers at once; more are told to come later", ge=1, le=1000)


class OutputConfig(Section):
    """What is written."""

    jsonl: str = _key("", "file for one JSON line a frame; - is standard output", "--jsonl")
    video: Path | None = _key(None, "file for the annotated video (.mp4)", "--video")


class MonitorConfig(Section):
    """What is reported about the program itself."""

    interval: Seconds = _key(5, "seconds between status lines", ge=0.1)
    report: Path | None = _key(None, "file for the last measurements as JSON", "--report")
    log_level: Literal["debug", "info", "warning", "error"] = _key("info", "how much is logged", "--log-level")


class Config(Section):
    """The whole of ``edgedet.toml``."""

    source: SourceConfig = SourceConfig()
    model: ModelConfig = ModelConfig()
    detect: DetectConfig = DetectConfig()
    mjpeg: MjpegConfig = MjpegConfig()
    output: OutputConfig = OutputConfig()
    monitor: MonitorConfig = MonitorConfig()
