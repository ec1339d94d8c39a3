"""Where results go."""

from __future__ import annotations

from pathlib import Path

from edgedet.config.section import Section, key


class MjpegConfig(Section):
    """The live picture in a browser."""

    enabled: bool = key(True, "serve the live picture", "--web/--no-web")
    host: str = key("127.0.0.1", "address to listen on; 0.0.0.0 shows it to the whole network", "--host", min_length=1)
    port: int = key(8080, "port to listen on; 0: any free one", "--port", ge=0, le=65535)
    quality: int = key(80, "JPEG quality", ge=1, le=100)
    width: int = key(0, "largest width sent, in pixels; 0: as captured", ge=0, le=16384)
    max_clients: int = key(32, "viewers at once; more are told to come later", ge=1, le=1000)


class OutputConfig(Section):
    """What is written."""

    jsonl: str = key("", "file for one JSON line a frame; - is standard output", "--jsonl")
    video: Path | None = key(None, "file for the annotated video (.mp4)", "--video")
