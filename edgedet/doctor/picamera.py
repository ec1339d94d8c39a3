"""The packages of a camera module: picamera2, libcamera, simplejpeg. They come from apt, and have to fit together."""

from __future__ import annotations

import re
import sys

from edgedet.doctor.command import Ran
from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning
from edgedet.doctor.packages import NOT_THERE, built_for, probe, said

DEBIAN = "usr/lib/python3/dist-packages"
"""Where Debian's Python packages are, below the root."""
UPGRADE = (
    "sudo apt update && sudo apt full-upgrade && sudo apt install --reinstall python3-picamera2 python3-libcamera, "
    "then sudo reboot"
)
_LIBRARY = re.compile(r"libcamera\d+(\.\d+)*")
_UNPAIRED = re.compile(r"undefined symbol|libcamera[\w.-]*\.so[\d.]*: cannot open|version `[^']+' not found")


def wanted(context: Context) -> bool:
    """Whether a camera module is to be used: one is set as source, and it isn't the test camera."""
    return any(is_module(camera.source.uri) for camera in context.config.cameras)


def is_module(uri: str) -> bool:
    """Whether a source is a camera module.

    >>> is_module("picam:"), is_module("picam:1"), is_module("picam:test"), is_module("demo:")
    (True, True, False, False)
    """
    return uri.lower().startswith("picam:") and not uri.lower().startswith("picam:test")


def concerns(context: Context) -> bool:
    """Whether to look at all: a camera module is wanted, or this is a board that could have one."""
    return context.is_pi or wanted(context)


def picamera2(context: Context) -> Finding:
    """picamera2 can be loaded in the environment that edgedet is in."""
    if not concerns(context):
        return note("not looked for: no camera module is set, and this is no Raspberry Pi")
    ran = probe(context, "picamera2", "picamera2")
    if ran.code == 0:
        return ok(f"picamera2 {ran.out}".strip())
    tell = error if wanted(context) else note
    if ran.code == NOT_THERE or "No module named 'picamera2'" in ran.err:
        return tell(*_invisible(context, "picamera2"))
    if "No module named 'libcamera'" in ran.err or "No module named 'pykms'" in ran.err:
        name = "libcamera" if "'libcamera'" in ran.err else "pykms"
        return tell(*_invisible(context, name))
    if _UNPAIRED.search(ran.err):
        return tell(f"picamera2 and libcamera don't fit together: {ran.last}", UPGRADE)
    if "simplejpeg" in ran.err and built_for(ran):
        return tell(f"picamera2 can't be loaded for simplejpeg's sake: {said(ran)}", _mend(context, ran))
    return tell(f"picamera2 can't be loaded: {said(ran)}", _mend(context, ran))


def simplejpeg(context: Context) -> Finding:
    """simplejpeg, which picamera2 loads, was built for the NumPy that is here."""
    if not concerns(context):
        return note("not looked for: no camera module is set, and this is no Raspberry Pi")
    ran = probe(context, "simplejpeg", "simplejpeg")
    if ran.code == 0:
        return ok(f"simplejpeg {ran.out}".strip())
    tell = error if wanted(context) else note
    if ran.code == NOT_THERE:
        return tell(*_invisible(context, "simplejpeg"))
    return tell(f"simplejpeg can't be loaded: {said(ran)}", _mend(context, ran))


def libcamera(context: Context) -> Finding:
    """The library, and its Python part, are of one version: an upgrade that stopped half way leaves two."""
    if not concerns(context):
        return note("not looked for: no camera module is set, and this is no Raspberry Pi")
    ran = context.run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package} ${Version}\n", "*libcamera*"], 5.0)
    rows = [line.split() for line in ran.out.splitlines()]
    versions = {row[1]: row[2] for row in rows if len(row) == 3 and row[0].startswith("ii")}
    binding = versions.get("python3-libcamera")
    if binding is None:
        tell = error if wanted(context) else note
        return tell("Debian's python3-libcamera isn't installed", "sudo apt install python3-picamera2")
    libraries = {version for name, version in versions.items() if _LIBRARY.fullmatch(name)}
    if binding not in libraries:
        there = ", ".join(sorted(libraries)) or "none"
        return warning(f"python3-libcamera is {binding}, the library {there}: they have to be one version", UPGRADE)
    return ok(f"libcamera {binding}, library and Python part alike")


def _invisible(context: Context, module: str) -> tuple[str, str]:
    """Why a package of Debian's isn't seen, and what makes it visible."""
    package = {"picamera2": "python3-picamera2", "pykms": "python3-kms++"}.get(module, f"python3-{module}")
    if not (context.root / DEBIAN / module).exists():
        return f"{module} isn't installed", f"sudo apt install {package}"
    here = ".".join(map(str, context.host.python))
    system = context.run(["/usr/bin/python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], 10.0)
    remake = f"/usr/bin/python3 -m venv --clear --system-site-packages {sys.prefix}, then install edgedet in it again"
    if system.code == 0 and system.out != here:
        return f"{module} is Debian's, for Python {system.out}; this is Python {here}", remake
    if sys.prefix == sys.base_prefix:
        return f"{module} is installed, but this Python doesn't look where Debian's packages are", remake
    return (
        f"{module} is installed, but the environment {sys.prefix} doesn't see Debian's packages",
        f"sed -i 's/^include-system-site-packages = .*/include-system-site-packages = true/' {sys.prefix}/pyvenv.cfg",
    )


def _mend(context: Context, ran: Ran) -> str:
    """A newer simplejpeg fits either NumPy; put into the environment it comes before Debian's."""
    if "simplejpeg" in ran.err or built_for(ran):
        return f"{context.pip} install --upgrade simplejpeg; if that doesn't help: {context.pip} install 'numpy<2'"
    return UPGRADE
