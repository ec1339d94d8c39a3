from __future__ import annotations

from collections.abc import Iterator

import pytest

from edgedet.capture import reconnect
from tests.capture.servers import RtspCamera


@pytest.fixture(scope="session")
def rtsp_url() -> Iterator[str]:
    """The address of an RTSP camera that does nothing unusual."""
    with RtspCamera() as camera:
        yield camera.url


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits half a second for a camera that is known to be back."""
    monkeypatch.setattr(reconnect, "FIRST_PAUSE", 0.02)
