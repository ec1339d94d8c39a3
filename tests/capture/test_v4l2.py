"""The V4L2 driver, over OpenCV's real capture of a video file: no V4L2 device is needed."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

import cv2
import pytest

from edgedet.capture import open_source
from edgedet.capture.reconnect import Reconnecting
from edgedet.capture.v4l2 import V4l2Driver
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from tests.capture.clips import number_of, write_video


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_video(tmp_path / "a.avi", 12, codec="mjpeg", pixels="yuvj420p")


def camera(device: Path, **settings: int | str) -> Reconnecting:
    config = SourceConfig(uri="0", stall_timeout=2, retry_max=0.2, **settings)
    return Reconnecting("0", lambda: V4l2Driver(str(device), config, cv2.VideoCapture), config)


def test_frames_come_and_what_was_granted_is_said(clip: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    source = camera(clip, width=640, height=480, format="YUYV")  # which a file can't grant
    source.open()
    assert source.status().detail.endswith(" 160x120 10 fps")
    frame = source.read()
    source.close()
    assert frame is not None
    assert 0 <= number_of(frame.image) < 12
    assert " 160x120 10 fps" in caplog.text


def test_a_device_that_gives_no_more_is_opened_again(clip: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = camera(clip)
    source.open()
    while source.status().reconnects < 2:
        assert source.read() is not None
    source.close()
    assert source.read() is None
    assert "gives no more frames; is it still plugged in?" in caplog.text


def test_no_such_device() -> None:
    source = open_source(SourceConfig(uri="v4l2:///dev/video93"))
    with pytest.raises(SourceError, match=r"^v4l2:///dev/video93: no such device as /dev/video93; .*edgedet sources"):
        source.open()


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is permitted to root")
def test_no_permission(clip: Path) -> None:
    clip.chmod(0)
    with pytest.raises(SourceError, match=r"permission denied .* usermod -aG video"):
        camera(clip).open()
    clip.chmod(stat.S_IRUSR)


def test_in_use_or_no_camera() -> None:
    source = open_source(SourceConfig(uri="v4l2:///dev/null"))
    with pytest.raises(SourceError, match="another program using it"):
        source.open()


@pytest.mark.parametrize("uri", ["0", "v4l2:0", "v4l2:///dev/video0", "/dev/video0"])
def test_every_way_to_name_it(uri: str) -> None:
    if Path("/dev/video0").exists():
        pytest.skip("there is a camera here")
    with pytest.raises(SourceError, match=f"^{uri}: no such device as /dev/video0;"):
        open_source(SourceConfig(uri=uri)).open()


@pytest.mark.parametrize("uri", ["v4l2:", "v4l2:cam"])
def test_what_names_no_device(uri: str) -> None:
    with pytest.raises(SourceError, match="names no device"):
        open_source(SourceConfig(uri=uri))
