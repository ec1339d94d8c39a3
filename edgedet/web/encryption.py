"""The certificate in use: found, judged, and taken anew when it was renewed."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from edgedet.config.web import WebConfig
from edgedet.errors import ConfigError
from edgedet.web.certificate import complaint, context_of, load, read

log = logging.getLogger(__name__)


def files_of(config: WebConfig, folder: Path) -> tuple[Path, Path]:
    """The certificate and its key: those of the settings, else those that ``edgedet web cert`` makes.

    Args:
        config: ``[web]``.
        folder: of :func:`edgedet.web.folder.web_folder`.
    """
    if config.cert_file is not None and config.key_file is not None:
        return config.cert_file, config.key_file
    return folder / "cert.pem", folder / "key.pem"


class Encryption:
    """Serves TLS. A certificate whose time isn't now is told of and used all the same: without it there would be no way
    in at all, and a Pi that was just switched on may not know what day it is.

    Args:
        config: ``[web]``.
        folder: where a generated certificate is.

    Attributes:
        context: for connections.
        ends: when the certificate ends, in UTC, ISO 8601.

    Raises:
        ConfigError: there is no certificate, or it can't be used.
    """

    def __init__(self, config: WebConfig, folder: Path) -> None:
        self._cert_file, self._key_file = files_of(config, folder)
        if config.cert_file is None and not self._cert_file.exists():
            raise ConfigError("web.tls: there is no certificate; make one with edgedet web cert, or set web.cert_file")
        self.context = context_of(self._cert_file, self._key_file)
        self._stamp = self._stamps()
        self._judge()

    def look_again(self) -> None:
        """Take a renewed certificate for new connections; one that can't be used is told of, and the old one stays."""
        stamp = self._stamps()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            context_of(self._cert_file, self._key_file)
            load(self.context, self._cert_file, self._key_file)
            self._judge()
        except ConfigError as error:
            log.error("web: %s; the one before stays in use", error)
        else:
            log.info("web: %s: the new certificate is in use", self._cert_file)

    def _judge(self) -> None:
        cert = read(self._cert_file)
        self.ends = cert.not_valid_after_utc.isoformat(timespec="seconds")
        if said := complaint(cert, datetime.now(UTC)):
            log.error("web: %s: %s", self._cert_file, said)

    def _stamps(self) -> tuple[float, ...]:
        return tuple(file.stat().st_mtime if file.exists() else 0.0 for file in (self._cert_file, self._key_file))
