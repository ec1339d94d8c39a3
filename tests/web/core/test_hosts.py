from __future__ import annotations

import socket

import pytest
from fastapi import FastAPI

from edgedet.config.web import WebConfig
from edgedet.web.accounts import Accounts
from edgedet.web.app import make_app
from edgedet.web.desk import Desk
from edgedet.web.hosts import host_of, is_own_address
from tests.web.driving import Browser

NAME = socket.gethostname().lower()


@pytest.fixture
def web_config() -> WebConfig:
    return WebConfig(enabled=True, names=["Camera.Example.com", "2001:db8::5"])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "camera.example.com", "camera.example.com.:443",
     "[2001:db8::5]", NAME, f"{NAME.partition('.')[0]}.local:8080", "127.8.9.1"],
)  # fmt: skip
def test_own_names_and_addresses_are_answered(client: Browser, host: str) -> None:
    assert client.get("/api/session", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.0.2.1", "camera.example.com.evil.example",
     "2001:db8::5", "", " ", "127.0.0.1:8080@evil.example", "evil.example#127.0.0.1", "a" * 300, "127.0.0.1/x",
     "[::1", "0.0.0.0", "127.1", "0x7f.1", "2130706433"],
)  # fmt: skip
def test_others_are_not(client: Browser, host: str) -> None:
    answer = client.get("/api/session", headers={"Host": host})
    assert answer.status_code in (400, 421)
    assert list(answer.json()) == ["detail"]


def test_the_remedy_is_told(client: Browser) -> None:
    answer = client.get("/", headers={"Host": "front.example.org"})
    assert answer.json()["detail"] == "front.example.org: not a name of this camera; add it to web.names"


def test_the_address_it_was_met_at_is_its_own() -> None:
    assert is_own_address("192.0.2.1", "192.0.2.1")
    assert is_own_address("192.0.2.1", "::ffff:192.0.2.1")
    assert is_own_address("fe80::1", "fe80::1%eth0")
    assert not is_own_address("192.0.2.2", "192.0.2.1")
    assert host_of("[2001:DB8::1]:80") == "2001:db8::1"


@pytest.fixture
def redirecting(desk: Desk, accounts: Accounts) -> FastAPI:
    return make_app(desk, accounts, WebConfig(tls=True, redirect_port=80, port=443), https_port=8443)


def test_plain_requests_are_sent_on(redirecting: FastAPI) -> None:
    with Browser(redirecting) as browser:
        answer = browser.get("/api/events?label=a%20b")
        assert answer.status_code == 308
        assert answer.headers["location"] == "https://127.0.0.1:8443/api/events?label=a%20b"
        evil = browser.get("/", headers={"Host": "evil.example"})
        assert evil.status_code == 421


def test_encrypted_ones_are_answered(redirecting: FastAPI) -> None:
    with Browser(redirecting, "https://127.0.0.1:8443") as browser:
        answer = browser.get("/api/session")
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
