"""A server, and somebody who is logged in to it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from edgedet.web.accounts import Accounts
from tests.web.driving import PASSWORDS
from tests.web.live.serving import Served, serving


@pytest.fixture
def served(app: FastAPI) -> Iterator[Served]:
    with serving(app) as server:
        yield server


@pytest.fixture
def visitor(served: Served, accounts: Accounts) -> Iterator[httpx.Client]:
    """Somebody who may look."""
    accounts.users.add("viewer", PASSWORDS["viewer"], "viewer")
    with httpx.Client(base_url=served.address, headers={"Origin": served.address}, timeout=10) as client:
        answer = client.post("/api/session", json={"name": "viewer", "password": PASSWORDS["viewer"]})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        yield client
