"""What a broker wants to see: password, certificates, a name."""

from __future__ import annotations

import logging
import os
import re
import socket
import ssl
import stat
from collections.abc import Mapping
from pathlib import Path

from edgedet.config.mqtt import MqttConfig
from edgedet.errors import ConfigError
from edgedet.mqtt.broker import Broker

log = logging.getLogger(__name__)


def client_id(config: MqttConfig) -> str:
    """The one that is set, else ``edgedet-`` and this machine's name: the same after each start."""
    return config.client_id or f"edgedet-{socket.gethostname().partition('.')[0]}"


def broker_of(config: MqttConfig) -> Broker:
    """The broker, with all it wants to see.

    Raises:
        ConfigError: password or certificates can't be read.
    """
    user = config.user or None
    return Broker(config.host, config.port_used, user, password(config), tls_context(config), config.version)


def slug(text: str) -> str:
    """A text as a name that Home Assistant takes: letters, digits, ``-`` and ``_``."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text)


def password(config: MqttConfig, environ: Mapping[str, str] = os.environ) -> str | None:
    """The password, from its file or systemd credential; None: there is none.

    Args:
        config: names the one or the other.
        environ: where ``CREDENTIALS_DIRECTORY`` stands (systemd.exec(5), LoadCredential=).

    Raises:
        ConfigError: it can't be read, or is empty.
    """
    path = config.password_file
    name = "mqtt.password_file"
    if config.password_credential:
        name = "mqtt.password_credential"
        folder = environ.get("CREDENTIALS_DIRECTORY")
        if not folder:
            raise ConfigError(
                f"{name}: systemd gave no credentials; add LoadCredential={config.password_credential}:FILE to the unit"
            )
        path = Path(folder) / config.password_credential
    if path is None:
        return None
    try:
        text = path.read_text().rstrip("\r\n")
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it isn't text"
        raise ConfigError(f"{name}: {path} can't be read: {reason}; write the password into it") from error
    if not text:
        raise ConfigError(f"{name}: {path} is empty; write the password into it")
    if config.password_file is not None and mode & (stat.S_IRGRP | stat.S_IROTH):
        log.warning("%s: others may read %s; run chmod 600 on it", name, path)
    return text


def tls_context(config: MqttConfig) -> ssl.SSLContext | None:
    """How the connection is encrypted; None: it isn't. The broker's certificate and name are always checked.

    Raises:
        ConfigError: a file can't be read, or isn't what it should be.
    """
    if not config.tls:
        return None
    try:
        context = ssl.create_default_context(cafile=config.ca_file)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise ConfigError(f"mqtt.ca_file: {config.ca_file} is no certificate (PEM): {_reason(error)}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if config.cert_file is not None:
        try:
            # a key under a pass phrase would be asked for on the terminal, where nobody may be
            context.load_cert_chain(config.cert_file, config.key_file, password=lambda: "")
        except (OSError, ValueError) as error:
            for name, file in (("cert_file", config.cert_file), ("key_file", config.key_file)):
                if file is not None and not file.exists():
                    raise ConfigError(
                        f"mqtt.{name}: {file} is gone; get it back, or another certificate: edgedet fleet renew, "
                        "then roll it out"
                    ) from None
            files = f"{config.cert_file} and {config.key_file}"
            raise ConfigError(
                f"mqtt.cert_file: {files} are no certificate and its key without pass phrase (PEM): {_reason(error)}"
            ) from error
    return context


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason or str(error)
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
