"""Who is told: the MQTT broker, and receivers of messages."""

from __future__ import annotations

import os
import stat
from importlib.util import find_spec
from pathlib import Path

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning
from edgedet.doctor.permission import is_stranger, may
from edgedet.doctor.reach import unreachable

CREDENTIALS = Path("etc/edgedet/credentials")
"""Where systemd takes credentials from, below the root, readable by root alone; it calls NAME edgedet_NAME."""


def mqtt(context: Context) -> Finding:
    """The broker is there, lets us in, and passes a message on."""
    config = context.config.mqtt
    if not config.host:
        return note("no broker is set")
    where = f"{config.host}:{config.port_used}"
    fault = unreachable(
        config.host,
        config.port_used,
        unknown="check mqtt.host, or give its address",
        silent=f"ping {config.host}; a firewall may be in between",
        refused="start the broker, or check mqtt.host and mqtt.port",
    )
    return fault or _login(context, where)


def _login(context: Context, where: str) -> Finding:
    config = context.config.mqtt
    credential = context.root / CREDENTIALS / config.password_credential.removeprefix("edgedet_")
    if config.password_credential and not context.environ.get("CREDENTIALS_DIRECTORY"):
        if not _readable(credential):
            return _not_tried(where)
        config = config.model_copy(update={"password_credential": "", "password_file": credential})
    if config.password_file is not None and is_stranger(context) and not os.access(config.password_file, os.R_OK):
        return _not_tried(where)
    try:
        from edgedet.mqtt import check_installed

        check_installed()
        from edgedet.errors import EdgedetError
        from edgedet.mqtt.trial import try_out
    except ImportError as fault:
        return error(f"mqtt: {fault}", f"{context.pip} install 'edgedet[mqtt]'")
    try:
        said = list(try_out(config))
    except EdgedetError as fault:
        text, _, fix = str(fault).removeprefix("mqtt: ").partition("; ")
        return error(text, fix or "edgedet mqtt test shows more")
    if not config.tls and config.user and not _is_near(config.host):
        return warning(
            f"{said[0]}: the password crosses the network unencrypted", "set mqtt.tls = true; brokers take 8883"
        )
    return ok(f"{where}: {'; '.join(line.removeprefix(where).strip(': ') for line in said)}")


def _not_tried(where: str) -> Finding:
    return note(
        f"{where}: answers; the password is the service's alone, so logging in wasn't tried",
        "sudo edgedet doctor --only mqtt",
    )


def notify(context: Context) -> Finding:
    """Receivers are set as they should be. They aren't bothered: whether messages arrive isn't tried."""
    config = context.config.notify
    if not (config.urls or config.urls_file or config.urls_credential or config.webhook):
        return note("no receivers are set")
    if (config.urls or config.urls_file or config.urls_credential) and find_spec("apprise") is None:
        return error("notify: apprise isn't installed", f"{context.pip} install 'edgedet[notify]'")
    for key, file in (("urls_file", config.urls_file), ("webhook_secret_file", config.webhook_secret_file)):
        if file is None:
            continue
        if not may(context, file, "r"):
            return error(f"notify.{key}: {context.user} can't read {file}", f"sudo chown {context.user} {file}")
        if not is_stranger(context) and file.stat().st_mode & stat.S_IROTH:
            return warning(f"notify.{key}: everybody may read {file}", f"chmod 600 {file}")
    return ok("receivers are set; whether messages arrive is told by: edgedet notify test")


def _readable(path: Path) -> bool:
    try:
        return bool(path.read_bytes())
    except OSError:
        return False


def _is_near(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")
