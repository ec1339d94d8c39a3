"""One invoke by LiteRT's interpreter and by its compiled-model API, with what each may be told.

python -m tests.bench.trials.interpreter [ROUNDS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from ai_edge_litert.compiled_model import CompiledModel
from ai_edge_litert.interpreter import Interpreter
from ai_edge_litert.options import CpuOptions, Options

from edgedet.inference.card import default_model
from tests.bench.trials.timing import compare

COUNT = 5
SHAPE = (1, 320, 320, 3)


def interpreter() -> Callable[[], None]:
    made = Interpreter(model_path=str(default_model()), num_threads=1)
    made.allocate_tensors()

    def run() -> None:
        for _ in range(COUNT):
            made.invoke()

    return run


def compiled(**options: object) -> Callable[[], None]:
    cpu = CpuOptions(num_threads=1, **options)  # type: ignore[arg-type]
    model = CompiledModel.from_file(str(default_model()), options=Options(cpu_options=cpu))
    noise = np.zeros(SHAPE, np.int8)
    inputs, outputs = model.create_input_buffers(0), model.create_output_buffers(0)

    def run() -> None:
        for _ in range(COUNT):
            inputs[0].write(noise)
            model.run_by_index(0, inputs, outputs)

    return run


def opening() -> None:
    """How long it takes to open the model and invoke it; with a file of packed weights, the first time and again."""
    with tempfile.TemporaryDirectory() as folder:
        cache = {"xnnpack_weight_cache_path": str(Path(folder) / "weights")}
        for name, make in (
            ("interpreter", interpreter),
            ("compiled model", compiled),
            ("compiled model, weights to a file", lambda: compiled(**cache)),
            ("compiled model, weights from it", lambda: compiled(**cache)),
        ):
            times = []
            for _ in range(1 if "to a file" in name else 5):
                start = time.perf_counter()
                made = make()
                made()
                times.append(time.perf_counter() - start)
                del made
            print(f"opening and invoking: {name:36} {sorted(times)[len(times) // 2] * 1e3:8.1f} ms")


if __name__ == "__main__":
    opening()
    ways = {
        "interpreter": interpreter(),
        "compiled model": compiled(),
        "compiled model, latest operators": compiled(xnnpack_flags=0x1 | 0x2 | 0x20),
    }
    for clock in ("process", "wall"):
        print(f"{clock}:")
        compare(ways, int(sys.argv[1]) if len(sys.argv) > 1 else 7, COUNT, clock)
