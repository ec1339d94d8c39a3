"""The packages with compiled code, and whether they were compiled for the NumPy that is here.

NumPy 2 changed the layout that such code relies on. What was built for NumPy 1 says under NumPy 2 ``_ARRAY_API not
found``, or ``numpy.dtype size changed ... Expected 96 from C header, got 88``; what was built for NumPy 2 alone says
the numbers the other way round under NumPy 1. Some can be imported and fail when they are used, and some crash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edgedet.doctor.command import Ran
from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok
from edgedet.doctor.system import FLASH

_LAYOUT = re.compile(r"size changed.*Expected (\d+) from C header, got (\d+)", re.DOTALL)
_SIZES = {(96, 88): 1, (88, 96): 2}
"""Bytes of a dtype, as they were when the code was built and as they are: the NumPy it was built for."""
_FOR_ONE = re.compile(r"_ARRAY_API not found|compiled using NumPy 1|multiarray failed to import")
_RUNTIMES = {
    "litert": ("ai-edge-litert", "ai_edge_litert.interpreter"),
    "tflite-runtime": ("tflite-runtime", "tflite_runtime.interpreter"),
}
_PROBE = """
import importlib.util, sys
name, distribution = sys.argv[1:]
if importlib.util.find_spec(name.partition(".")[0]) is None:
    sys.exit(3)
importlib.import_module(name)
from importlib.metadata import version, PackageNotFoundError
try:
    print(version(distribution))
except PackageNotFoundError:
    print("")
"""
_INTERPRET = """
from edgedet.inference.card import default_model
sys.modules[name].Interpreter(model_path=str(default_model()))
"""
NOT_THERE = 3
"""The exit code of a probe for a package that isn't installed."""


def probe(context: Context, module: str, distribution: str, then: str = "") -> Ran:
    """Import a module in a child; its version is on stdout, :data:`NOT_THERE` the code if it isn't installed.

    Args:
        context: runs the child.
        module: its name.
        distribution: what pip calls its package.
        then: more Python, to use it.
    """
    return context.python("-c", _PROBE + then, module, distribution)


def numpy(context: Context) -> Finding:
    """NumPy can be loaded."""
    ran = context.numpy
    if ran.code == 0:
        version, _, file = ran.out.partition("\n")
        return ok(f"NumPy {version} from {file.removesuffix('/__init__.py')}")
    if "No module named 'numpy'" in ran.err:
        return error("NumPy isn't installed", f"{context.pip} install numpy")
    return error(f"NumPy can't be loaded: {ran.end}", f"{context.pip} install --force-reinstall numpy")


def opencv(context: Context) -> Finding:
    """OpenCV can be loaded, with the NumPy that is here."""
    ran = probe(context, "cv2", "opencv-python-headless")
    if ran.code == 0:
        return ok(f"OpenCV {ran.out}".strip())
    if ran.code == NOT_THERE:
        return error("OpenCV isn't installed", f"{context.pip} install opencv-python-headless")
    if missing := re.search(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object", ran.err):
        return error(
            f"OpenCV can't be loaded: {missing[1]} is missing",
            f"{context.pip} uninstall -y opencv-python; {context.pip} install --force-reinstall opencv-python-headless",
        )
    return error(f"OpenCV can't be loaded: {said(ran)}", mend(context, ran, "opencv-python-headless"))


def runtime(context: Context) -> Iterator[Finding]:
    """The interpreters: which are here, which one runs models, and what keeps another from loading."""
    wanted = context.settings.model.runtime if context.settings is not None else "auto"
    # tflite-runtime can be imported under a NumPy it wasn't built for, and fails at its first model only
    tried = {name: probe(context, module, dist, _INTERPRET) for name, (dist, module) in _RUNTIMES.items()}
    loads = [name for name, ran in tried.items() if ran.code == 0]
    chosen = next((name for name in loads if wanted in ("auto", name)), None)
    for name, ran in tried.items():
        distribution = _RUNTIMES[name][0]
        called = f"{distribution} {ran.out.strip()}".strip()
        if name == chosen:
            yield ok(f"{called}: runs the models")
        elif ran.code == 0:
            yield note(f"{called}: loads too, and isn't used")
        elif ran.code != NOT_THERE and chosen is None:
            yield error(f"{distribution} can't be loaded: {said(ran)}", mend(context, ran, distribution))
        elif ran.code != NOT_THERE:
            yield note(
                f"{distribution} can't be loaded, and isn't needed: {said(ran)}", mend(context, ran, distribution)
            )
    if chosen is None and all(ran.code == NOT_THERE for ran in tried.values()):
        yield _none_installed(context)
    elif chosen is None and loads:
        yield error(f"model.runtime asks for {wanted}, and only {loads[0]} loads", 'set model.runtime = "auto"')


def _none_installed(context: Context) -> Finding:
    if context.host.bits == 64:
        return error("neither ai-edge-litert nor tflite-runtime is installed", f"{context.pip} install ai-edge-litert")
    if context.host.python <= (3, 11):
        return error(
            "ai-edge-litert has no 32-bit package, and tflite-runtime isn't installed",
            f"{FLASH}; or {context.pip} install 'edgedet[tflite]'",
        )
    return error("there is no interpreter at all for a 32-bit system with this Python", FLASH)


def said(ran: Ran) -> str:
    """Why a module couldn't be loaded, in one line; the layout's numbers in words."""
    if built := built_for(ran):
        running = 2 if built == 1 else 1
        return f"it was built for NumPy {built}, and NumPy {running} is here"
    return ran.end


def built_for(ran: Ran) -> int | None:
    """The NumPy that what couldn't be loaded was built for, 1 or 2; None: that isn't the trouble.

    >>> built_for(Ran(1, "", "numpy.dtype size changed, ... Expected 96 from C header, got 88 from PyObject"))
    1
    """
    if found := _LAYOUT.search(ran.err):
        return _SIZES.get((int(found[1]), int(found[2])))
    return 1 if _FOR_ONE.search(ran.err) else None


def mend(context: Context, ran: Ran, distribution: str) -> str:
    """What makes a package load."""
    if built_for(ran) == 1:
        also = " 'opencv-python-headless<4.12'" if distribution == "tflite-runtime" else ""
        return f"{context.pip} install 'numpy<2'{also}"
    if built_for(ran) == 2:
        return f"{context.pip} install --upgrade 'numpy>=2'"
    if missing := re.search(r"No module named '([\w.]+)'", ran.err):
        return f"{context.pip} install {missing[1].partition('.')[0]}"
    return f"{context.pip} install --force-reinstall {distribution}"
