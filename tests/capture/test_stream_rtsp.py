from __future__ import annotations

import itertools
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from edgedet.capture import Source, open_source
from edgedet.config import SourceConfig
from tests.capture.clips import numbered, write_video
from tests.capture.servers import RtspCamera


def source_of(uri: str, **settings: str | float) -> Source:
    return open_source(SourceConfig(uri=uri, **{"stall_timeout": 1.5, "open_timeout": 8, "retry_max": 1, **settings}))


def read(source: Source, count: int) -> list[int]:
    return [frame.index for frame in itertools.islice(iter(source.read, None), count)]


def wait_for(source: Source, state: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while source.status().state != state:
        assert time.monotonic() < deadline, source.status()
        time.sleep(0.05)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_frames_come(transport: str) -> None:
    with RtspCamera() as camera:
        source = source_of(camera.url, transport=transport)
        source.open()
        assert source.status().detail.startswith("h264 320x240")
        indices = read(source, 10)
        source.close()
    assert indices == sorted(set(indices))


def test_killed_and_started_again_and_then_stopped() -> None:
    with RtspCamera() as camera:
        source = source_of(camera.url)
        source.open()
        seen: list[int] = []
        reader = threading.Thread(target=lambda: seen.extend(read(source, 10**9)), daemon=True)
        reader.start()
        camera.kill()
        wait_for(source, "reconnecting")
        camera.start()
        wait_for(source, "open")
        assert source.status().reconnects == 1
        camera.process.send_signal(signal.SIGSTOP)
        wait_for(source, "reconnecting")
        assert "no frame for 1.5 s" in source.status().detail or "doesn't open" in source.status().detail
        camera.process.send_signal(signal.SIGCONT)
        wait_for(source, "open")
        camera.process.send_signal(signal.SIGSTOP)
        source.close()
        reader.join(5)
        assert not reader.is_alive()
        camera.process.send_signal(signal.SIGCONT)
    assert seen == sorted(set(seen))


def test_one_that_starts_later_than_we_do() -> None:
    with RtspCamera() as camera:
        camera.kill()
        source = source_of(camera.url)
        source.open()
        assert "connection refused" in source.status().detail
        camera.start()
        assert len(read(source, 3)) == 3
        source.close()


def test_a_login(caplog: pytest.LogCaptureFixture) -> None:
    with RtspCamera("--user", "me", "--password", "s3cr3t") as camera:
        for login, works in (("me:s3cr3t@", True), ("me:wr0ng@", False), ("", False)):
            source = source_of(camera.url.replace("//", f"//{login}"))
            source.open()
            assert (source.status().state == "open") is works
            assert works or "(401)" in source.status().detail
            source.close()
            assert "s3cr3t" not in source.uri + source.status().detail
    assert "s3cr3t" not in caplog.text
    assert "wr0ng" not in caplog.text


def test_a_looping_file_plays_on(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "a.mp4", [np.asarray(numbered(n, 320, 240)) for n in range(15)], fps=25)
    with RtspCamera("--file", str(clip)) as camera:
        source = source_of(camera.url)
        source.open()
        assert len(read(source, 40)) == 40
        assert source.status().reconnects == 0
        source.close()
