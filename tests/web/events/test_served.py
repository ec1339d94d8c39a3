"""Clips over a real connection, which may end before they do."""

from __future__ import annotations

import logging
import time
from collections import deque
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from edgedet.events.store import Store
from edgedet.web.accounts import Accounts
from tests.web.events.stored import event, put
from tests.web.live.serving import serving

SIZE = 24 << 20


@pytest.fixture
def large(store: Store) -> Path:
    """A clip much larger than what waits in sockets."""
    made = put(store, event(0))
    path = store.places.file(made.id, "clip")
    with path.open("wb") as file:
        file.truncate(SIZE)
    return path


def test_a_player_that_leaves_and_a_film_that_ends_early_disturb_nobody(
    app: FastAPI, accounts: Accounts, large: Path, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"Authorization": f"Bearer {accounts.machines.add('player', 'viewer')}"}
    with serving(app) as server, httpx.Client(base_url=server.address, headers=headers, timeout=10) as client:
        url = f"/api/events/{large.parent.name}/clip"
        for asked in ({}, {"Range": "bytes=100-"}, {"Range": "bytes=0-9999999,12000000-"}):
            with client.stream("GET", url, headers=asked) as answer:
                next(answer.iter_raw(1000))
        time.sleep(0.3)
        assert [each.message for each in caplog.records if each.levelno >= logging.WARNING] == []
        with client.stream("GET", url) as answer:
            chunks = answer.iter_raw(1000)
            next(chunks)
            with large.open("r+b") as file:
                file.truncate(1 << 20)
            with pytest.raises(httpx.RemoteProtocolError):
                deque(chunks, maxlen=0)
        (said,) = [each for each in caplog.records if each.name == "edgedet.web.ranges"]
        assert "can't be sent to its end" in said.message
        assert said.exc_info is None
        with client.stream("GET", url) as answer:
            chunks = answer.iter_raw(1000)
            got = len(next(chunks))
            large.unlink()
            assert got + sum(map(len, chunks)) == 1 << 20, "what is being played plays on"
        assert client.get("/api/health/live").status_code == 200
