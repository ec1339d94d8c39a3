"""How much decoding a frame of the film costs, by how FFmpeg is set.

python -m tests.bench.trials.decode [ROUNDS]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import av

from tests.bench.floor_film import film
from tests.bench.trials.timing import compare

COUNT = 120


def decode(path: Path, thread_type: str, threads: int = 0, skip: str = "DEFAULT") -> None:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = thread_type
        stream.codec_context.thread_count = threads
        if skip != "DEFAULT":
            stream.codec_context.options = {"skip_loop_filter": skip.lower()}
        for number, _ in enumerate(container.decode(stream), 1):
            if number == COUNT:
                return


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = film(Path(folder))
        ways = {
            "slices, as the program": lambda: decode(path, "SLICE"),
            "slices, one thread": lambda: decode(path, "SLICE", 1),
            "frames": lambda: decode(path, "FRAME"),
            "no loop filter where nothing refers": lambda: decode(path, "SLICE", 0, "noref"),
            "no loop filter at all": lambda: decode(path, "SLICE", 0, "all"),
        }
        for clock in ("process", "wall"):
            print(f"{clock}:")
            compare(ways, rounds, COUNT, clock)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
