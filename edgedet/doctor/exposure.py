"""Who can look from where: what is open to the network, without a password or without encryption."""

from __future__ import annotations

import ipaddress
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning

_OWN_CERTIFICATE = "edgedet web cert"


def exposure(context: Context) -> Iterator[Finding]:
    """A finding for each thing the network sees."""
    config, found = context.config, False
    if config.web.enabled:
        found = True
        yield from _page(context)
    elif config.mjpeg.enabled:
        found = True
        if _is_open(config.mjpeg.host):
            yield warning(
                f"mjpeg: {config.mjpeg.host}: everybody in the network sees the live picture, without a password",
                "set web.enabled = true, web.tls = true and mjpeg.enabled = false; then edgedet web user add NAME",
            )
        else:
            yield ok("mjpeg: this machine alone sees the live picture")
    if config.metrics.enabled and _is_open(config.metrics.host):
        found = True
        yield note(
            f"metrics: {config.metrics.host}: everybody in the network reads the figures; there are no pictures in them"
        )
    if not found:
        yield note("nothing is served")


def certificate(context: Context) -> Finding:
    """The page's certificate is good today, and for a while."""
    web = context.config.web
    if not (web.enabled and web.tls):
        return note("not needed: web.tls is off")
    try:
        from edgedet.web.certificate import complaint, read
        from edgedet.web.encryption import files_of
    except ImportError as fault:
        return error(f"web: {fault.name} isn't installed", f"{context.pip} install 'edgedet[web]'")
    from edgedet.errors import ConfigError

    file, _ = files_of(web, state(context))
    if web.cert_file is None and not file.exists():
        return error("web.tls: there is no certificate", f"{_OWN_CERTIFICATE}, or set web.cert_file")
    try:
        found = read(file)
    except ConfigError as fault:
        text, _, fix = str(fault).partition("; ")
        return error(text, fix)
    now = context.host.now()
    if said := complaint(found, now):
        text, _, fix = said.partition(";")
        tell = error if now >= found.not_valid_after_utc else warning
        own = f"{_OWN_CERTIFICATE} --force" if web.cert_file is None else "renew it where it is from"
        return tell(f"{file}: {text}", own if "not valid before" not in text else fix.strip())
    return ok(f"{file}: good until {found.not_valid_after_utc:%Y-%m-%d}")


def state(context: Context) -> Path:
    """The folder of users and certificates."""
    from edgedet.web.folder import web_folder  # it leads to NumPy, which may be what is broken

    return web_folder(context.config.web, context.config.storage.path)


def _page(context: Context) -> Iterator[Finding]:
    web, people = context.config.web, _users(state(context) / "users.db")
    if people == 0:
        yield note("web: there is no user yet, so only this machine may look", "edgedet web user add NAME")
    if not _is_open(web.host):
        yield ok(f"web: {web.host}: this machine alone")
    elif web.tls:
        yield ok(f"web: {web.host}: the network, encrypted, with a password")
    elif web.trusted_proxies:
        yield ok(f"web: {web.host}: not encrypted, behind a proxy")
    else:
        yield warning(
            f"web: {web.host}: passwords and pictures cross the network unencrypted",
            f"{_OWN_CERTIFICATE}, and set web.tls = true",
        )


def _users(file: Path) -> int | None:
    """How many there are; None: it can't be told."""
    if not file.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=2)) as db:
            return int(db.execute("SELECT count(*) FROM users").fetchone()[0])
    except sqlite3.Error:
        return None


def _is_open(host: str) -> bool:
    """Whether others than this machine may come."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() != "localhost"
