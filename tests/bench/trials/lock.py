"""How long a Python thread may hold the interpreter's lock while another comes back from an invoke.

python -m tests.bench.trials.lock [ROUNDS]
"""

from __future__ import annotations

import sys
import threading

from tests.bench.trials.interpreter import COUNT, interpreter
from tests.bench.trials.timing import compare

INTERVALS_MS = (0.5, 5, 0.1)


def main(rounds: int) -> None:
    """Invokes beside a thread that never stops computing in Python, on the clock; and with nobody beside them."""
    invokes, stop, busy = interpreter(), threading.Event(), threading.Event()

    def compute() -> None:
        while not stop.is_set():
            while busy.is_set():
                sum(range(500))
            busy.wait(0.01)

    def beside(interval_ms: float) -> None:
        sys.setswitchinterval(interval_ms / 1e3)
        busy.set()
        invokes()
        busy.clear()

    thread = threading.Thread(target=compute)
    thread.start()
    ways = {f"beside it, {ms:g} ms": (lambda ms=ms: beside(ms)) for ms in INTERVALS_MS}
    try:
        compare(ways | {"alone": invokes}, rounds, COUNT, "wall")
    finally:
        stop.set()
        busy.clear()
        thread.join()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
