"""An upload by hand, in the foreground."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from edgedet.archive.access import bucket_of
from edgedet.archive.faults import ArchiveError
from edgedet.archive.job import job_of, seal_of
from edgedet.archive.ledger import open_ledger
from edgedet.archive.lock import only_one
from edgedet.archive.uploader import Uploader
from edgedet.archive.worker import Worker
from edgedet.config import Config
from edgedet.disk import disk_error


def push(config: Config, root: Path, tell: Callable[[str], None], patient: bool = True) -> dict[str, int]:
    """Upload everything that waits and is ready.

    Args:
        config: the settings.
        root: the store's folder.
        tell: is told of each try that fails.
        patient: try again where the bucket is busy or out of reach.

    Returns:
        How many events were archived and lost, and how many still wait.

    Raises:
        ArchiveError: the bucket refuses; or another process uploads from here.
        StoreError: the store can't be read.
    """
    stop = threading.Event()
    bucket = bucket_of(config.archive, stop)

    def failed(error: ArchiveError, seconds: float) -> None:
        tell(f"{error}; trying again in {seconds:.0f} s")

    try:
        with only_one(root), closing(open_ledger(root)) as ledger:
            worker = Worker(Uploader(job_of(config), ledger, bucket, seal_of(config.archive)), stop, tell=failed)
            worker.drain(patient)
            waiting = ledger.counts().get("waiting", 0)
            return {"archived": worker.progress.archived, "lost": worker.progress.lost, "waiting": waiting}
    except FileNotFoundError as error:
        raise disk_error(root, error) from None
