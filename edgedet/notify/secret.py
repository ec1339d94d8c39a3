"""Secrets from files, or from systemd's credentials."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from edgedet.errors import ConfigError

log = logging.getLogger(__name__)


def read_secret(setting: str, file: Path | None, credential: str, environ: Mapping[str, str] = os.environ) -> str:
    """What stands in a file or credential, without the line's end; empty if neither is given.

    Args:
        setting: what their keys begin with, for errors: ``notify.urls`` of ``notify.urls_file``.
        file: the file.
        credential: the name of a systemd credential.
        environ: where ``CREDENTIALS_DIRECTORY`` stands (systemd.exec(5), ``LoadCredential=``).

    Raises:
        ConfigError: it is missing, empty, or can't be read.
    """
    where = f"{setting}_file"
    if credential:
        where, folder = f"{setting}_credential", environ.get("CREDENTIALS_DIRECTORY")
        if not folder:
            raise ConfigError(f"{where}: systemd gave no credentials; add LoadCredential={credential}:FILE to the unit")
        file = Path(folder, credential)
    if file is None:
        return ""
    try:
        text = file.read_text(encoding="utf-8").strip()
        mode = file.stat().st_mode
    except FileNotFoundError:
        raise ConfigError(f"{where}: {file}: no such file; write it, readable by edgedet alone (chmod 600)") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it isn't text"
        raise ConfigError(f"{where}: {file}: can't be read ({reason}); check it and its permissions") from None
    if not text:
        raise ConfigError(f"{where}: {file}: empty; write the secret into it")
    if not credential and mode & (stat.S_IRGRP | stat.S_IROTH):
        log.warning("%s: others may read %s; run: chmod 600 %s", where, file, file)
    return text
