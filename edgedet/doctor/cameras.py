"""Each camera that is set: whether it is there, and free."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from edgedet.doctor import video
from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok
from edgedet.doctor.picamera import is_module
from edgedet.doctor.processes import holders, lockers, name, own
from edgedet.doctor.reach import unreachable

_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_LIST = (
    "import json\n"
    "from picamera2 import Picamera2\n"
    "print('\\n' + json.dumps([[str(c.get('Model')), str(c.get('Id'))] for c in Picamera2.global_camera_info()]))"
)


def cameras(context: Context) -> Iterator[Finding]:
    """A finding for each camera."""
    several = len(context.config.cameras) > 1
    for camera in context.config.cameras:
        found = _one(context, camera.source.uri)
        yield Finding(found.severity, f"{camera.name}: {found.text}", found.fix) if several else found


def _one(context: Context, uri: str) -> Finding:
    from edgedet.capture.uri import scheme_of

    scheme = scheme_of(uri)
    if scheme == "demo":
        return note("the demo: no camera is set", "set source.uri; edgedet sources lists what is here")
    if scheme == "picam":
        return _module(context, uri) if is_module(uri) else note(f"{uri}: a test camera, no real one")
    if scheme == "v4l2":
        return _v4l2(context, uri)
    if scheme in _PORTS:
        return _network(uri)
    return _path(uri)


def _module(context: Context, uri: str) -> Finding:
    called = uri.rstrip(":")
    ran = context.python("-c", _LIST)
    if ran.code != 0:
        return error(f"{called}: the camera modules can't be listed: {ran.end}", "mend picamera2 first, see above")
    try:
        here = json.loads(ran.out.splitlines()[-1])
    except (ValueError, IndexError):
        return error(f"{called}: picamera2 doesn't list the camera modules", "rpicam-hello --list-cameras shows more")
    if not here:
        return error(
            f"{called}: no camera module is found",
            "switch off and check the ribbon cable at both ends; then rpicam-hello --list-cameras",
        )
    wanted = uri.partition(":")[2].removeprefix("//") or "0"
    found = [model for n, (model, name) in enumerate(here) if wanted in (str(n), model, name)]
    if not found:
        listed = ", ".join(f"picam:{n} {model}" for n, (model, _) in enumerate(here))
        return error(f"{called}: there is no such camera module; here: {listed}", 'set source.uri = "picam:0"')
    if taken := _lock(context):
        return error(f"{called}: the camera is in use by {taken}", "stop that program, or let it be another camera")
    return ok(f"{called}: {found[0]}")


def _lock(context: Context) -> str:
    """Who else has a camera module locked."""
    ours = own(context)
    for media in sorted((context.root / "dev").glob("media*")):
        for pid in lockers(context, media):
            if pid not in ours and pid != os.getpid():
                return name(context, pid)
    return ""


def _v4l2(context: Context, uri: str) -> Finding:
    number = uri.rpartition(":")[2] or "0"
    device = f"/dev/video{number}" if number.isdecimal() else uri.removeprefix("v4l2:").removeprefix("//")
    path = context.root / device.lstrip("/")
    found = video.state(path, context.host.ioctl)
    if found == "free":
        return ok(f"{device}: there, and free")
    if found == "busy":
        return _busy(context, device)
    if found == "denied":
        return error(
            f"{device}: permission denied for {context.user or 'this user'}",
            f"sudo usermod -aG video {context.user or '$USER'}, then log in again or restart the service",
        )
    if found == "no camera":
        return error(f"{device}: gives no pictures", "edgedet sources lists the cameras")
    there = ", ".join(f"/dev/{each.name}" for each in sorted((context.root / "dev").glob("video*"))) or "none"
    return error(f"{device}: there is no such camera; here: {there}", "plug it in; edgedet sources lists the cameras")


def _busy(context: Context, device: str) -> Finding:
    who = [pid for pid in holders(context, device) if pid != os.getpid()]
    if any(pid in own(context) for pid in who) or (not who and own(context)):
        return ok(f"{device}: in use by the running edgedet")
    named = ", ".join(name(context, pid) for pid in who) or "another program"
    return error(f"{device}: in use by {named}", f"stop it; fuser -v {device} names it")


def _network(uri: str) -> Finding:
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme.lower()]
    except ValueError:
        host, port = "", 0
    if not host:
        return error("the camera's address can't be understood", "write it as rtsp://USER:PASSWORD@HOST:PORT/PATH")
    fault = unreachable(
        host,
        port,
        unknown="check the host in source.uri, or give its address",
        silent=f"switch the camera on; ping {host}",
        refused="check host and port in source.uri, and that it is on",
    )
    return fault or ok(f"{host}:{port}: answers")


def _path(uri: str) -> Finding:
    files = [uri] if Path(uri).exists() else sorted(glob.glob(uri))  # noqa: PTH207 - of any folder
    if not files:
        return error(f"{uri}: there is no such file or folder", "correct source.uri")
    if not os.access(files[0], os.R_OK):
        return error(f"{files[0]}: can't be read", f"chmod +r {files[0]}")
    return note(f"{uri}: recorded pictures, no camera")
