"""A driver to be killed: ``python -m tests.batch.obey FOLDER ITEMS SECONDS [CLUSTER]`` does obedient items."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from edgedet.batch.run import Means, run
from edgedet.batch.work import Item
from tests.batch.jobs import Obedient


def main(folder: str, items: str, seconds: str, cluster: str | None = None) -> None:
    """Run to the end, and print what is in the results."""
    diary = Path(folder, "diary")
    diary.touch()
    job = Obedient(diary, seconds=float(seconds))
    wanted = [Item(f"item-{number}") for number in range(int(items))]
    output, _ = run(job, wanted, Means(Path(folder, "out"), 2, cluster), 1, lambda _: False)
    with output:
        assert not output.failures(), output.failures()
        print(*(json.loads(line)["source"] for line in output.lines()))


if __name__ == "__main__":
    main(*sys.argv[1:])
