"""The interpreters that run a model, behind one small protocol.

LiteRT (``ai-edge-litert``) comes first: it has wheels for every current Python and runs quantized models many
times faster. ``tflite-runtime``, which came before it, is there for boards LiteRT has no wheels for.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.metadata
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError, RuntimeMissing

log = logging.getLogger(__name__)

_PACKAGES = {
    "litert": ("ai-edge-litert", "ai_edge_litert.interpreter"),
    "tflite-runtime": ("tflite-runtime", "tflite_runtime.interpreter"),
}


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output of a model.

    Attributes:
        index: its number in the interpreter.
        name: as the model calls it.
        shape: every dimension; the first is the batch, 1.
        dtype: NumPy's type of its elements.
        scale, zero_point: real value = (element - zero_point) * scale; scale 0: not quantized.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    scale: float
    zero_point: int

    def __str__(self) -> str:
        return f"{self.name} {self.dtype}{list(self.shape)}"

    def dequantize(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Real values, float32, of this tensor's elements."""
        if self.scale == 0:
            return values.astype(np.float32, copy=False)
        return (values.astype(np.float32) - self.zero_point) * np.float32(self.scale)


class Runtime(Protocol):
    """A model ready to run. Used by one thread at a time.

    Attributes:
        name: the package and its version, ``litert 2.3.0``.
        threads: how many it computes with.
        inputs, outputs: the model's tensors.
    """

    name: str
    threads: int
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    def input(self) -> NDArray[Any]:
        """The first input's own memory, to write into; let go of it before :meth:`invoke`."""

    def invoke(self) -> None:
        """Run the model once. Raises ModelError if it can't."""

    def output(self, tensor: Tensor) -> NDArray[Any]:
        """A view of an output's memory, valid until the next :meth:`invoke`: copy what must last."""


class TFLiteRuntime:
    """A :class:`Runtime` over either package's ``Interpreter``; they share its interface."""

    def __init__(
        self, package: str, model: Path, threads: int, delegate: str = "", content: bytes | None = None
    ) -> None:
        module = _import(package)
        self.name = f"{package} {_version(package)}"
        self.threads = threads
        delegates = [_load_delegate(module, delegate)] if delegate else []
        with _interpreter_messages() as messages:
            try:
                self._interpreter = module.Interpreter(
                    model_path=str(model) if content is None else None,
                    model_content=content,
                    num_threads=threads,
                    experimental_delegates=delegates,
                )
                self._interpreter.allocate_tensors()
            except (ValueError, RuntimeError) as error:
                reason = _one_line(messages()) or _one_line(error) or "it doesn't say why; the file is damaged"
                raise ModelError(f"{model}: {self.name} can't run it: {reason}") from None
            self.inputs = tuple(_tensor(d) for d in self._interpreter.get_input_details())
            self.outputs = tuple(_tensor(d) for d in self._interpreter.get_output_details())
        self._model = model

    def input(self) -> NDArray[Any]:
        """See :class:`Runtime`."""
        view: NDArray[Any] = self._interpreter.tensor(self.inputs[0].index)()
        return view

    def invoke(self) -> None:
        """See :class:`Runtime`."""
        try:
            self._interpreter.invoke()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{self._model}: {self.name} failed while running it: {_one_line(error)}") from None

    def output(self, tensor: Tensor) -> NDArray[Any]:
        """See :class:`Runtime`."""
        view: NDArray[Any] = self._interpreter.tensor(tensor.index)()
        return view


def open_runtime(
    model: Path,
    runtime: str = "auto",
    threads: int = 0,
    delegate: str = "",
    delegate_fallback: bool = False,
    content: bytes | None = None,
) -> Runtime:
    """Load a model into the interpreter that is asked for, or the best one installed; the choice is logged.

    Args:
        model: a ``.tflite`` file.
        runtime: ``litert``, ``tflite-runtime`` or ``auto`` (LiteRT if installed).
        threads: 0 means the physical cores this process may use.
        delegate: the library of an external delegate, such as ``libedgetpu.so.1``.
        delegate_fallback: run on the CPU, with a warning, when the delegate can't be loaded.
        content: the file's bytes, for who may not open it any more; None: they are read from it.

    Raises:
        RuntimeMissing: no interpreter, or the delegate, can be loaded.
        ModelError: the interpreter refuses the model.
    """
    package = choose_runtime(runtime)
    threads = threads or physical_cores()
    if delegate:
        try:
            return TFLiteRuntime(package, model, threads, delegate, content)
        except RuntimeMissing as error:
            if not delegate_fallback:
                raise
            log.warning("%s; running on the CPU instead, as model.delegate_fallback allows", error)
    return TFLiteRuntime(package, model, threads, content=content)


def choose_runtime(runtime: str = "auto") -> str:
    """The package that will run models: what is asked for, or LiteRT before tflite-runtime."""
    if runtime != "auto":
        _import(runtime)
        return runtime
    reasons = []
    for package in _PACKAGES:
        try:
            _import(package)
        except RuntimeMissing as error:
            reasons.append(str(error))
            continue
        log.info("runtime: %s%s", package, f" ({'; '.join(reasons)})" if reasons else "")
        return package
    raise RuntimeMissing("; ".join(reasons))


def physical_cores() -> int:
    """Physical cores this process may run on: more threads than that only get in each other's way."""
    import psutil

    allowed = len(os.sched_getaffinity(0))
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed))


def _import(package: str) -> Any:
    distribution, module = _PACKAGES[package]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name and not module.startswith(error.name):
            raise RuntimeMissing(
                f"{distribution}: installed, but {error.name} is missing; pip install {error.name}"
            ) from None
        hint = "edgedet[tflite]" if package == "tflite-runtime" else distribution
        raise RuntimeMissing(f"{distribution}: not installed; pip install '{hint}'") from None
    except (ImportError, AttributeError) as error:  # a NumPy it wasn't built for shows as either
        remedy = (
            "pip install 'numpy<2'" if package == "tflite-runtime" else f"pip install --force-reinstall {distribution}"
        )
        raise RuntimeMissing(f"{distribution}: can't be loaded ({_one_line(error)}); {remedy}") from None


@functools.cache  # a sandbox may not ask later
def _version(package: str) -> str:
    distribution, module = _PACKAGES[package]
    said = getattr(sys.modules.get(module.partition(".")[0]), "__version__", None)
    return str(said) if said else importlib.metadata.version(distribution)  # looks through all that is installed


def _load_delegate(module: Any, library: str) -> Any:
    try:
        return module.load_delegate(library)
    except (OSError, ValueError, RuntimeError, AttributeError) as error:
        reason = _one_line(error) or "it refused"
        raise RuntimeMissing(
            f"delegate {library}: can't be loaded ({reason}); install its library and plug the device in, "
            "or set model.delegate_fallback = true to run on the CPU"
        ) from None


def _tensor(details: dict[str, Any]) -> Tensor:
    scale, zero_point = details["quantization"]
    dtype = np.dtype(details["dtype"]) if details["dtype"] is not None else np.dtype(object)
    shape = tuple(int(n) for n in details["shape"])
    return Tensor(int(details["index"]), str(details["name"]), shape, dtype, float(scale), int(zero_point))


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:300]


@contextlib.contextmanager
def _interpreter_messages() -> Iterator[Any]:
    """Catch what the interpreter's C++ prints on stderr while it loads a model; its lines go to the debug log.

    Yields a function returning the errors caught so far. Anything on stderr that isn't the interpreter's is
    passed on.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    caught = os.memfd_create("edgedet-messages")  # as a file, but where none can be made too
    os.dup2(caught, 2)

    def lines() -> list[str]:
        return os.pread(caught, 1 << 16, 0).decode("utf-8", "replace").splitlines()

    try:
        yield lambda: "; ".join(line.removeprefix("ERROR: ") for line in lines() if line.startswith("ERROR: "))
    finally:
        sys.stderr.flush()
        os.dup2(saved, 2)
        os.close(saved)
        printed = lines()
        os.close(caught)
        for line in printed:
            if line.startswith(("INFO: ", "WARNING: ", "ERROR: ", "W0000 ", "I0000 ", "E0000 ")):
                log.debug("interpreter: %s", line)
            else:
                print(line, file=sys.stderr)
