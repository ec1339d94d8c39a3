"""Writes ``reference.json``: what published trackers make of the scenes, measured by the ``motmetrics`` package.

Run in an environment that has motmetrics and one of the libraries, from the root of the repository::

    pip install motmetrics trackers            # or: motmetrics "supervision<0.27" scipy
    python -m tests.tracking.reference trackers

It needs NumPy alone of what edgedet needs. The other library's part of the file stays as it is.
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tests.tracking.libraries import LIBRARIES
from tests.tracking.scenes import SCENES, Look, make

FILE = Path(__file__).with_name("reference.json")
SEEDS = (10, 11, 12)
SHOWN = ("crossings", "flicker", "uneven rate")
"""Scenes whose tracks are in the file too, so that our own figures can be checked."""


def motmetrics_figures(looks: list[Look], ids: list[list[int]]) -> list[float]:
    """MOTA, IDF1 and identity switches as ``motmetrics`` counts them."""
    import motmetrics
    import supervision

    seen = motmetrics.MOTAccumulator(auto_id=True)
    for look, given in zip(looks, ids, strict=True):
        tracks = np.array(given, np.int64)
        boxes = look.boxes[tracks >= 0]
        distances = 1 - supervision.box_iou_batch(look.truth, boxes)
        seen.update(look.ids, tracks[tracks >= 0], np.where(distances > 0.5, np.nan, distances))
    names = ["mota", "idf1", "num_switches"]
    row = motmetrics.metrics.create().compute(seen, metrics=names).iloc[0]
    return [round(float(row[name]), 6) for name in names]


def main(library: str) -> None:
    held = json.loads(FILE.read_text()) if FILE.exists() else {"versions": {}, "boxes": {}, "figures": {}, "tracks": {}}
    held["versions"] |= {name: version(name) for name in (library, "motmetrics")}
    for name, scene in SCENES.items():
        for seed in SEEDS:
            looks = make(scene, seed)
            held["boxes"][f"{name}/{seed}"] = sum(len(look.scores) for look in looks)
            frames = [(look.elapsed, look.boxes, look.scores) for look in looks]
            for limits in ("matched", "default"):
                ids = LIBRARIES[library](frames, scene.rate, limits == "matched")
                key = f"{library}/{limits}/{name}/{seed}"
                held["figures"][key] = motmetrics_figures(looks, ids)
                if name in SHOWN and seed == SEEDS[0] and limits == "matched":
                    held["tracks"][key] = " ".join(",".join(map(str, row)) or "." for row in ids)
            print(name, seed, held["figures"][key], flush=True)
    text = json.dumps(held, indent=1, sort_keys=True)
    FILE.write_text(text + "\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1])
