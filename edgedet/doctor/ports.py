"""The ports that are to be listened on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok
from edgedet.doctor.processes import holders, name, own

_LISTENING = "0A"  # TCP_LISTEN, include/net/tcp_states.h


def ports(context: Context) -> Iterator[Finding]:
    """Each is free, or our own running edgedet has it."""
    wanted = list(_wanted(context))
    for what, host, port in wanted:
        yield _one(context, what, host, port)
    if not wanted:
        yield note("none is listened on")


def _wanted(context: Context) -> Iterator[tuple[str, str, int]]:
    config = context.config
    if config.web.enabled:
        yield "web", config.web.host, config.web.port
        if config.web.redirect_port:
            yield "web.redirect", config.web.host, config.web.redirect_port
    elif config.mjpeg.enabled:
        yield "mjpeg", config.mjpeg.host, config.mjpeg.port
    if config.metrics.enabled:
        yield "metrics", config.metrics.host, config.metrics.port


def _one(context: Context, what: str, host: str, port: int) -> Finding:
    from edgedet.errors import EdgedetError
    from edgedet.listening import own_address, refusal, resolve

    where = f"{what}: {host}:{port}"
    setting = f"{what.partition('.')[0]}.{'redirect_port' if '.' in what else 'port'}"
    if port == 0:
        return ok(f"{what}: any free port")
    try:
        family, address = resolve(host, port)
        with closing(socket.socket(family)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as fault:
        said: EdgedetError = refusal(where, fault, setting, f"{what}.host", own_address(f"{what}.host"))
        if "in use" not in str(said):
            text, _, fix = str(said).partition("; ")
            return error(text, fix)
        return _taken(context, where, port, setting)
    return ok(f"{where} is free")


def _taken(context: Context, where: str, port: int, setting: str) -> Finding:
    who = {pid for inode in _listeners(context, port) for pid in holders(context, f"socket:[{inode}]")}
    ours = own(context)
    if who & ours.keys() or (not who and (ours or context.unit.active)):
        return ok(f"{where} is the running edgedet's")
    named = ", ".join(name(context, pid) for pid in sorted(who)) or "another program"
    return error(
        f"{where} is in use by {named}", f"set {setting} to another, or stop it: sudo ss -ltnp 'sport = :{port}'"
    )


def _listeners(context: Context, port: int) -> Iterator[str]:
    """The sockets that listen on a port: their inodes, from ``/proc/net/tcp`` (``proc_net(5)``)."""
    for table in ("proc/net/tcp", "proc/net/tcp6"):
        for line in (context.text(table) or "").splitlines()[1:]:
            words = line.split()
            if words[3] == _LISTENING and int(words[1].rpartition(":")[2], 16) == port:
                yield words[9]
