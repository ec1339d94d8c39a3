from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from edgedet.web.accounts import Accounts
from edgedet.web.attempts import Attempts, Locked
from tests.web.driving import PASSWORDS, Browser


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def guess(attempts: Attempts, times: int, address: str = "192.0.2.7", name: str = "admin") -> int:
    """How many tries are let through."""
    let = 0
    for _ in range(times):
        try:
            attempts.begin(address, name)
        except Locked:
            continue
        let += 1
    return let


def test_the_right_password_must_wait_too(client: Browser, accounts: Accounts) -> None:
    accounts.users.add("admin", PASSWORDS["admin"], "admin")
    for _ in range(6):
        assert client.post("/api/session", json={"name": "admin", "password": "wrong"}).status_code == 401
    answer = client.post("/api/session", json={"name": "admin", "password": PASSWORDS["admin"]})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 30
    assert answer.json()["detail"].startswith("login: too many wrong tries; wait ")


def test_waits_grow_and_end() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    waits = []
    for _ in range(20):
        while True:
            try:
                attempts.begin("192.0.2.7", f"name {len(waits)}")
            except Locked as locked:
                waits.append(locked.seconds)
                clock.now += locked.seconds
                break
        if len(waits) >= 9:
            break
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    clock.now += 3 * 3600
    assert guess(attempts, 10) == 6


def test_a_name_is_locked_for_all_addresses_but_not_for_long() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for number in range(11):
        attempts.begin(f"192.0.2.{number}", "admin")
    with pytest.raises(Locked):
        attempts.begin("198.51.100.1", "ADMIN")
    attempts.begin("198.51.100.1", "viewer")
    clock.now += 300
    attempts.begin("198.51.100.1", "admin")


def test_an_address_is_locked_for_all_names() -> None:
    attempts = Attempts(Clock())
    assert sum(guess(attempts, 1, name=f"name {n}") for n in range(20)) == 6


def test_a_network_of_ipv6_addresses_counts_as_one() -> None:
    attempts = Attempts(Clock())
    assert sum(guess(attempts, 1, f"2001:db8::{n:x}", f"name {n}") for n in range(1, 20)) == 6
    attempts.begin("2001:db8:0:1::1", "somebody")


def test_an_own_password_does_not_pay_for_guessing_others() -> None:
    attempts = Attempts(Clock())
    let = 0
    for number in range(20):
        let += guess(attempts, 1, name=f"victim {number}")
        try:
            attempts.begin("192.0.2.7", "me")
        except Locked:
            continue
        attempts.right("192.0.2.7", "me")
    assert let <= 6


def test_many_at_once_gain_nothing() -> None:
    attempts = Attempts(Clock())
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _: guess(attempts, 1), range(200))) == 6


def test_memory_is_bounded() -> None:
    attempts = Attempts(Clock())
    for number in range(10_000):
        attempts.begin(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", f"name {number}")
    assert len(attempts._tries) <= 4096
