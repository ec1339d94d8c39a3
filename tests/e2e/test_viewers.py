"""Viewers cost detection nothing worth a name, and a slow one no more than a quick one."""

from __future__ import annotations

import contextlib
import json
import socket
import statistics
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import running

ROUNDS, SECONDS = 3, 7.0


def request(url: str) -> socket.socket:
    host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
    viewer = socket.create_connection((host, int(port)), timeout=10)
    viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    viewer.sendall(b"GET /stream.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return viewer


@contextlib.contextmanager
def two_viewers(url: str) -> Iterator[None]:
    """One reads all it can, the other one byte a second."""
    stop = threading.Event()

    def quick() -> None:
        with urllib.request.urlopen(f"{url}stream.mjpg", timeout=10) as stream:
            while not stop.is_set():
                stream.read(65536)

    def slow() -> None:
        with request(url) as viewer:
            while not stop.wait(1):
                viewer.recv(1)

    threads = [threading.Thread(target=quick), threading.Thread(target=slow)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def fps(url: str) -> float:
    with urllib.request.urlopen(f"{url}health", timeout=10) as answer:
        return float(json.load(answer)["fps"])


@pytest.mark.slow
def test_a_slow_viewer_and_a_quick_one(tmp_path: Path) -> None:
    alone, watched = [], []
    with running(tmp_path, "--port", 0, "--threads", 1) as program:
        url = program.url()
        time.sleep(6)
        for _ in range(ROUNDS):  # in turns, so that a busy moment of the machine hits both
            time.sleep(SECONDS)
            alone.append(fps(url))
            with two_viewers(url):
                time.sleep(SECONDS)
                watched.append(fps(url))
    ratio = statistics.median(watched) / statistics.median(alone)
    print(f"detections a second: alone {alone}, with two viewers {watched}: {ratio:.3f}")
    assert ratio > 0.95
