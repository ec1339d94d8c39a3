"""A training run as a picture."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from edgedet.lab import require
from edgedet.lab.files import write


def draw(history: list[dict[str, Any]], path: Path) -> None:
    """Draw the losses, the learning rate and the validation AP50 of each class over the steps, as a PNG file."""
    require("matplotlib").use("Agg")
    from matplotlib import pyplot

    figure, (losses, accuracy) = pyplot.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for name in ("scores", "boxes", "distillation"):
        points = [(h["step"], h[name]) for h in history if name in h]
        if points:
            losses.plot(*zip(*points, strict=True), label=name)
    losses.set(xlabel="step", ylabel="loss for one object", ylim=(0, None))
    if losses.lines:
        losses.legend(frameon=False)
    validated = [h for h in history if "ap50" in h]
    for label in validated[0]["ap50"] if validated else ():
        accuracy.plot([h["step"] for h in validated], [h["ap50"][label] for h in validated], ".-", label=label)
    accuracy.set(xlabel="step", ylabel="AP50 on the validation pictures", ylim=(0, 1))
    if validated:
        accuracy.legend(frameon=False)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    pyplot.close(figure)
    write(path, picture.getvalue())
