"""A bucket on this machine, and a store full of events."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from edgedet.events.places import NAMES, Kept, Kind
from edgedet.events.store import Store
from tests.events.store.made import event

needs = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("minio", "pyrage", "moto", "flask")),
    reason="needs minio, pyrage and moto[server]: pip install 'edgedet[archive]' 'moto[server]'",
)
needs_duckdb = pytest.mark.skipif(find_spec("duckdb") is None, reason="needs duckdb: pip install 'edgedet[catalogue]'")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@contextlib.contextmanager
def s3_server(checked_after: int | None = None) -> Iterator[int]:
    """An S3 server in a process of its own; its port.

    Args:
        checked_after: how many requests are taken without a look at their signature; None: all are.
    """
    port = free_port()
    environ = {**os.environ, "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    if checked_after is not None:
        environ["INITIAL_NO_AUTH_ACTION_COUNT"] = str(checked_after)
    command = ["nice", "-n", "19", sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, "the S3 server ended"
        time.sleep(0.1)
    raise AssertionError("the S3 server doesn't answer")


def bucket_at(port: int, name: str, read_s: float = 10.0, stop: threading.Event | None = None, mbit: float = 0):  # type: ignore[no-untyped-def]
    """A bucket of a server, through :mod:`edgedet.archive`; imported late, for its packages may not be here."""
    from minio.credentials import Credentials

    from edgedet.archive.body import Pace
    from edgedet.archive.s3 import Bucket
    from edgedet.archive.wire import Address, Wire

    address = Address(name, "porch/", f"http://127.0.0.1:{port}", "us-east-1")
    return Bucket(Wire(address, Credentials("key", "secret"), read_s=read_s), Pace(mbit, stop or threading.Event()))


def make_bucket(port: int, name: str) -> None:
    from edgedet.archive.wire import Ask

    bucket_at(port, name).wire.send(Ask("PUT"))


def fill(root: Path, count: int, size: int = 3000, first: int = 0, camera: str = "front") -> list[str]:
    """Events in a store, each with a clip and a snapshot like no other; their ids."""
    ids = []
    with contextlib.closing(Store(root)) as store:
        for number in range(first, first + count):
            store.put(event(number, "start", camera=camera))
            ended = event(number, "end", camera=camera)
            store.put(ended)
            for kind, length in (("clip", size), ("snapshot", 700)):
                store.kept(_write(store, ended.id, kind, length))  # type: ignore[arg-type]
            ids.append(ended.id)
    return ids


def _write(store: Store, event_id: str, kind: Kind, size: int) -> Kept:
    path = store.places.file(event_id, kind)
    path.write_bytes(random.Random(f"{event_id} {kind}").randbytes(size))
    return Kept(event_id, kind, path, size, 0.0, 12.0 if kind == "clip" else 0.0)


def add_open(root: Path, number: int) -> str:
    """An event that goes on, its clip being written."""
    with contextlib.closing(Store(root)) as store:
        started = event(number, "start")
        store.put(started)
        store.places.folder(started.id).joinpath(f".{NAMES['clip']}.tmp").write_bytes(b"half")
        store.put(replace(event(number, "end"), label="cat"))
    return started.id
