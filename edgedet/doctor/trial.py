"""``python -m edgedet.doctor.trial WHAT``: what may crash, tried in a process of its own. JSON on stdout.

``model`` loads the model of the settings and times it; ``card`` reads what is said of it; ``encoder`` looks for one
that works. What the settings say comes as JSON on the command line: they may be read by nobody else than our parent.
"""

from __future__ import annotations

import json
import logging
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from edgedet.errors import EdgedetError

BUDGET = 1.5
"""Seconds the timing of a model may take."""
LEAST, MOST = 3, 50
"""Invokes that are timed."""


def model(given: dict[str, Any]) -> dict[str, Any]:
    """Load the model as ``edgedet run`` would, and time its invokes on a grey picture.

    Args:
        given: the section ``[model]``.
    """
    from edgedet.config import Config
    from edgedet.stages import build_detector

    section = type(Config().model).model_validate_json(json.dumps(given))
    start = time.monotonic()
    detector = build_detector(Config().model_copy(update={"model": section}))
    loaded = time.monotonic() - start
    detector.runtime.invoke()  # the first also sets up
    took = list[float]()
    while len(took) < LEAST or (len(took) < MOST and sum(took) < BUDGET):
        start = time.perf_counter()
        detector.runtime.invoke()
        took.append(time.perf_counter() - start)
    return {
        "name": detector.model.path.name,
        "runtime": detector.runtime.name,
        "threads": detector.runtime.threads,
        "load_s": round(loaded, 2),
        "invoke_ms": round(statistics.median(took) * 1000, 2),
        "labels": len(detector.labels),
        "invokes": len(took),
    }


def card(given: dict[str, Any]) -> dict[str, Any]:
    """What is known of the model's file.

    Args:
        given: the section ``[model]``.
    """
    from edgedet.inference.card import bundled_cards, default_model, find_card
    from edgedet.zoo.digest import sha256
    from edgedet.zoo.folder import find_model

    path = find_model(Path(given["path"])) if given["path"] else default_model()
    digest = sha256(path)
    found = find_card(path, digest)
    return {
        "name": path.name,
        "sha256": digest,
        "bundled": digest in bundled_cards(),
        "card": found.path is not None,
        "checked": found.sha256 == digest,
    }


def encoder(given: dict[str, Any]) -> dict[str, Any]:
    """The encoder that films are recorded with.

    Args:
        given: the section ``[record]``.
    """
    from edgedet.events.recorder.codec import Encoding, open_codec

    width = min(given["width"] or 1280, 1920) & ~1
    encoding = Encoding(given["encoder"], width, width * 9 // 32 * 2, given["fps"] or 10.0, given["bitrate"])
    context, why = open_codec(encoding)
    return {"name": context.name, "why": why}


TRIALS = {"model": model, "card": card, "encoder": encoder}


def main() -> None:
    """Try one thing; exit code 1, and one line on stdout, if it can't be."""
    logging.disable(logging.CRITICAL)
    what, given = sys.argv[1:]
    try:
        print(json.dumps(TRIALS[what](json.loads(given))))
    except EdgedetError as error:
        print(error)
        sys.exit(1)
    except MemoryError:
        print("there isn't memory enough")
        sys.exit(1)


if __name__ == "__main__":
    main()
