"""Workers as actors of a Ray cluster (https://docs.ray.io/en/latest/ray-core/actors.html)."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import socket
import warnings
from concurrent.futures import Future
from typing import Any

from edgedet.batch.work import Job, Unit, Worked
from edgedet.batch.worker import Worker
from edgedet.errors import ConfigError, ExtraMissing

LOCAL = "local"
"""The address that starts a cluster on this machine, for the length of a run."""

AUTO = "auto"
"""The address of the cluster that this machine is part of."""

_OBJECT_STORE = 100 << 20
"""Bytes of shared memory of a local cluster: units and results are small and stay in it for moments."""


class Cluster:
    """A crew of Ray actors, one processor each; an actor that died is replaced by another, anywhere in the cluster.

    Args:
        job: what they do; edgedet has to be installed wherever they run, the model travels with the job.
        size: how many; 0: as many as the cluster has processors.
        address: of a cluster: ``auto``, ``HOST:PORT``, ``ray://HOST:PORT``; :data:`LOCAL`: one is started here.

    Raises:
        ConfigError: no cluster answers, or it has fewer processors.
        ExtraMissing: Ray isn't installed.
    """

    name = "Ray"

    def __init__(self, job: Job, size: int, address: str) -> None:
        self._ray = _ray(address == LOCAL)
        _connect(self._ray, address, size)
        self._hired: dict[int, Any] = {}
        try:
            there = int(self._ray.cluster_resources().get("CPU", 0))
            if size > there:
                raise ConfigError(f"--workers {size}: the cluster has {there} processors; ask for as many at most")
            self.size = size or there
            self._actor = self._ray.remote(num_cpus=1, max_restarts=0)(Worker)
            self._job = self._ray.put(job)
        except BaseException:
            self._ray.shutdown()
            raise

    def submit(self, place: int, unit: Unit) -> Future[Worked]:
        """Give a unit to the actor in a place; one is hired if there is none."""
        if place not in self._hired:
            self._hired[place] = self._actor.remote(self._job)
        future: Future[Worked] = self._hired[place].work.remote(unit).future()
        return future

    def death(self, place: int, error: BaseException) -> str | None:
        """How the actor in a place died, if that is what an error of its future means; it is dismissed."""
        known = self._ray.exceptions
        if isinstance(error, known.OutOfMemoryError):
            how = "killed by Ray for want of memory"
        elif isinstance(error, known.ActorUnavailableError):
            how = "out of reach"
        elif isinstance(error, known.ActorDiedError) and error.actor_init_failed:
            last = str(error).strip().split("\n")[-1]
            raise ConfigError(
                f"--cluster: a worker can't begin ({last}); is edgedet installed, the same, on all of it?"
            )
        elif isinstance(error, known.RayActorError | known.WorkerCrashedError):
            how = "ended, or its machine is gone"
        else:
            return None
        self.dismiss(place)
        return how

    def dismiss(self, place: int) -> None:
        """End the actor in a place and free what it holds."""
        actor = self._hired.pop(place, None)
        if actor is not None:
            with contextlib.suppress(self._ray.exceptions.RayError):
                self._ray.kill(actor)

    def close(self) -> None:
        """End them all, and leave the cluster; one that was started here ends too."""
        for place in list(self._hired):
            self.dismiss(place)
        self._ray.shutdown()


def _ray(alone: bool) -> Any:
    """Ray; one that is for this machine alone listens on the loopback address only."""
    if alone:
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # its switch for that, whatever the system
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would report to its makers
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # the coming default; it warns of the old one
    try:
        return importlib.import_module("ray")
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise ExtraMissing("--cluster: Ray isn't installed; run: pip install 'edgedet[cluster]'") from None


def _connect(ray: Any, address: str, size: int) -> None:
    quiet = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if address == LOCAL:
                own = {"include_dashboard": False, "object_store_memory": _OBJECT_STORE}
                ray.init(address=LOCAL, num_cpus=size or os.cpu_count(), **own, **quiet)
            else:
                _knock(address)
                ray.init(address=address, **quiet)
        except Exception as error:  # a node that doesn't come up in time is a plain one
            reason = str(error).strip().split("\n")[0]
            raise ConfigError(
                f"--cluster {address}: can't be used ({reason}); see: ray status, and Ray's logs"
            ) from None


def _knock(address: str) -> None:
    """Raise OSError or ValueError where nothing answers: Ray itself would wait for minutes."""
    if address != AUTO:
        host, _, port = address.removeprefix("ray://").rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
