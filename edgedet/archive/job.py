"""What is uploaded and how, from the settings."""

from __future__ import annotations

from edgedet.archive.seal import Seal
from edgedet.archive.uploader import Job
from edgedet.config import Config
from edgedet.config.archive import ArchiveConfig
from edgedet.errors import ConfigError
from edgedet.inference.card import default_model


def job_of(config: Config) -> Job:
    """The job.

    Raises:
        ConfigError: no events are kept.
    """
    if config.storage.path is None:
        raise ConfigError("storage.path: not set, so there is nothing to archive; set it")
    archive, model = config.archive, config.model.path
    name = (model or default_model()).stem
    return Job(config.storage.path, archive.what, archive.after, archive.encrypt, name)


def seal_of(config: ArchiveConfig) -> Seal | None:
    """What encrypts; None: nothing does here.

    Raises:
        ConfigError: a recipient is no public key.
    """
    return Seal(config.recipients) if config.encrypt == "age" else None
