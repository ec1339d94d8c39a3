"""``edgedet train --smoke``: the lab's commands one after the other, on drawn shapes."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path

import click

STEPS = 150


def smoke(folder: Path | None) -> None:
    """Train, export, quantize and evaluate as a user would; each command is shown before it runs.

    Args:
        folder: where everything is kept, a new one; None: nothing is kept.
    """
    if folder is not None:
        _run_all(folder)
        return
    with tempfile.TemporaryDirectory(prefix="edgedet-smoke-") as name:
        _run_all(Path(name) / "smoke")


def _run_all(folder: Path) -> None:
    from edgedet.cli.evaluate import evaluate
    from edgedet.cli.export import export
    from edgedet.cli.quantize import quantize
    from edgedet.cli.train import train
    from edgedet.lab.training.shapes import draw_shapes

    data = draw_shapes(folder / "shapes", 240)
    run, exported, quantized = folder / "run", folder / "shapes-float.tflite", folder / "shapes-int8.tflite"
    shape = f"--size 192 --width 0.35 --steps {STEPS} --batch 8 --rate 0.003 --seed 1"
    _run(train, f"train --data {data} --to {run} {shape}")
    _run(export, f"export {run / 'model.pt'} --to {exported}")
    _run(quantize, f"quantize {exported} --data {data} --split train --pictures 32 --to {quantized}")
    _run(evaluate, f"evaluate {exported} {quantized} --data {data} --split val")


def _run(command: click.Command, line: str) -> None:
    click.secho(f"$ edgedet {line}", bold=True)
    command.main(shlex.split(line)[1:], standalone_mode=False)
