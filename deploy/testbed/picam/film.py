"""Checks of the film that is recorded of a camera."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import av
import numpy as np
from bed import PHOTOGRAPH, run

WITHOUT_ENCODER = "this board has no H.264 encoder; its film is encoded by the recorder"


def recorded() -> str:
    """events are recorded; that no encoder is here is said"""
    with tempfile.TemporaryDirectory() as folder:
        _, said = run(PHOTOGRAPH, "--storage", folder)
        assert said.count(WITHOUT_ENCODER) == 1, said
        clips = list(Path(folder).glob("**/*.mp4"))
        assert len(clips) == 1, said
        return f"{WITHOUT_ENCODER}; {pictures_in(clips[0])} pictures"


def film() -> str:
    """clips from picamera2's own encoder and output classes, libx264 in the hardware's place"""
    said, clip = _filmed()
    assert said.count("its film comes from the board's H.264 encoder") == 1, said
    assert "recording 640x480" not in said, said
    with av.open(str(clip)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.pts is not None]
        base = float(container.streams.video[0].time_base or 0)
    assert packets[0].is_keyframe
    times = [float(packet.pts or 0) * base for packet in packets]
    keys = [time for time, packet in zip(times, packets, strict=True) if packet.is_keyframe]
    steps = np.diff(times)[4:]  # the first four buffers are filled at once
    assert 0.9 / 30 < np.median(steps) < 1.1 / 30, steps.tolist()
    assert np.mean(np.abs(steps - 1 / 30) < 0.02) > 0.8, steps.tolist()
    assert 1.5 < np.max(np.diff(keys)) < 2.5, keys
    count = pictures_in(clip)
    assert count == len(packets)
    return f"{count} pictures, {len(keys)} key frames, {np.median(steps) * 1000:.1f} ms apart (90 %: {_spread(steps)})"


def covered() -> str:
    """the film of a covered camera never comes from that encoder"""
    said, clip = _filmed("[privacy]\nmasks = [[[0, 0], [1, 0], [1, 0.2], [0, 0.2]]]\n")
    assert "its film comes from" not in said, said
    with av.open(str(clip)) as container:
        pictures = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    assert all(picture[:80].max() < 40 for picture in pictures)
    return f"{len(pictures)} pictures, all covered"


def _filmed(settings: str = "") -> tuple[str, Path]:
    """The log of a run in which picamera2's encoder counts as the hardware's, and the clip it made."""
    folder = Path(tempfile.mkdtemp())
    file = folder / "edgedet.toml"
    file.write_text(settings + f'[source]\nuri = "{PHOTOGRAPH}"\n[storage]\npath = "{folder}"\n[mjpeg]\nport = 0\n')
    run_it = [sys.executable, __file__, "run", "--config", str(file), "--seconds", "8"]
    done = subprocess.run(run_it, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    clips = list(folder.glob("**/*.mp4"))
    assert len(clips) == 1, done.stderr
    return done.stderr, clips[0]


def _spread(steps: Any) -> str:
    least, most = np.percentile(steps, (5, 95)) * 1000
    return f"{least:.1f} to {most:.1f}"


def pictures_in(clip: Path) -> int:
    """How many pictures of a film can be decoded; one that can't is an error."""
    with av.open(str(clip)) as container:
        return sum(1 for _ in container.decode(video=0))


def with_encoder(arguments: list[str]) -> None:
    """Run edgedet; picamera2's software encoder counts as the hardware's."""
    from picamera2 import encoders

    import edgedet.capture.picam as picam
    from edgedet.cli import main

    picam.find_encoder = lambda: (encoders.LibavH264Encoder, "")
    sys.argv = ["edgedet", *arguments]
    main()


CHECKS = (recorded, film, covered)

if __name__ == "__main__":
    with_encoder(sys.argv[1:])
