"""``edgedet evaluate``: the accuracy of models on annotated pictures."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgedet.cli.logs import setup

if TYPE_CHECKING:
    from edgedet.inference.detector import Detector
    from edgedet.lab.datasets import Dataset
    from edgedet.lab.evaluate.evaluation import Stress
    from edgedet.types import Image

RUNTIMES = ("litert", "tflite-runtime", "onnxruntime", "openvino", "all")

_file = click.Path(path_type=Path)


@click.command()
@click.argument("models", nargs=-1, required=True, metavar="MODEL...", type=_file)
@click.option("--data", type=_file, required=True, metavar="FILE", help="Annotated pictures, such as a COCO JSON.")
@click.option("--images", type=_file, metavar="FOLDER", help="The pictures' folder, where the annotations don't say.")
@click.option("--split", default="", metavar="NAME", help="Only the pictures of one split, such as val.")
@click.option(
    "--most", type=click.IntRange(1), metavar="N", help="At most so many pictures, spread evenly.  [default: all]"
)
@click.option(
    "--runtime",
    "runtimes",
    multiple=True,
    type=click.Choice(RUNTIMES),
    help="Runs the models; may be given several times.  [default: litert for .tflite, onnxruntime for .onnx]",
)
@click.option(
    "--threads",
    type=click.IntRange(0, 256),
    default=0,
    show_default="the physical cores",
    help="Each runtime's threads.",
)
@click.option(
    "--precision",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.9,
    show_default=True,
    help="What the second recommended confidence must reach.",
)
@click.option("--robustness", is_flag=True, help="Also under noise, blur, low light, JPEG, rain, occlusion.")
@click.option(
    "--adversarial",
    type=_file,
    metavar="CHECKPOINT",
    help="Also under FGSM and PGD attacks made on this float network.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of corruptions and attacks.")
@click.option("--pictures", type=_file, metavar="FOLDER", help="Precision-recall curves and reliability as PNG.")
@click.option("--json", "report", type=_file, metavar="FILE", help="Write everything measured as JSON.")
def evaluate(
    models: tuple[Path, ...], data: Path, images: Path | None, split: str, runtimes: tuple[str, ...], **options: Any
) -> None:
    """Measure the accuracy of MODELs (.tflite, .onnx) on annotated pictures, beside each other.

    \b
    COCO's AP, AP50 and AR (100 detections), through the pipeline's own preprocessing, decode and suppression.
    invoke ms   median of a run of the model alone, the models taking turns on every picture
    twins       the part of the first model's objects, at its confidences of best F1, that this one sees too
    score diff  how far the twins' scores are apart, on average
    ECE         expected calibration error, detections from 0.1 on: how far confidence and precision are apart

    \b
    edgedet evaluate float.tflite int8.tflite --data instances.json --split val
    edgedet evaluate int8.tflite int8.onnx --runtime all --data instances.json --robustness --json report.json
    """
    setup("warning")
    from edgedet.lab.evaluate import evaluation, tables

    _check(options["report"], options["pictures"])
    dataset, detectors = prepare(models, data, images, split, runtimes, options["threads"])
    dataset = thinned(dataset, options["most"])
    network = _network(options["adversarial"])
    watch = _progress(len(dataset))
    results = evaluation.evaluate(detectors, dataset, options["precision"], watch)
    about = {"file": str(data), "split": split, "pictures": len(dataset), "classes": list(dataset.labels)}
    report: dict[str, Any] = {"data": about, "models": [result.to_dict() for result in results]}
    show(tables.accuracy(results))
    show(tables.thresholds(results))
    if options["pictures"] is not None:
        from edgedet.lab.evaluate.charts import draw

        show(str(path) for path in draw(results, options["pictures"]))
    stresses: dict[str, Iterable[Stress]] = {}
    if options["robustness"]:
        stresses["robustness"] = evaluation.robustness(detectors, dataset, options["seed"], watch)
    if network is not None:
        stresses["adversarial"] = evaluation.adversarial(detectors, dataset, network, options["seed"], watch)
    for name, stress in stresses.items():
        rows = list(stress)
        report[name] = [row.to_dict(rows[0]) for row in rows]
        show(tables.stress(results, rows))
    if options["report"] is not None:
        from edgedet.lab.files import write

        write(options["report"], (json.dumps(report, indent=1) + "\n").encode())


def _check(report: Path | None, pictures: Path | None) -> None:
    """What would spoil the work at its end is better said at its beginning."""
    from edgedet.lab import require
    from edgedet.lab.files import ready

    require("pycocotools")
    if report is not None:
        ready(report.parent)
    if pictures is not None:
        require("matplotlib")
        ready(pictures)


def prepare(
    models: Sequence[Path], data: Path, images: Path | None, split: str, runtimes: Sequence[str], threads: int
) -> tuple[Dataset, list[Detector]]:
    """The pictures and the models that are measured on them, as they were asked for."""
    from edgedet.lab.datasets.formats import read_dataset
    from edgedet.lab.evaluate.common_classes import narrowed, of_split
    from edgedet.lab.evaluate.runtimes import missing, open_detector, plan

    dataset = of_split(read_dataset(data, images=images), split, data)
    detectors = [open_detector(model, runtime, threads) for model, runtime in plan(models, runtimes)]
    dataset, notes = narrowed(dataset, detectors, data)
    if "all" in runtimes:
        notes += missing().values()
    for note in notes:
        click.echo(f"note: {note}", err=True)
    return dataset, detectors


def thinned(dataset: Dataset, most: int | None) -> Dataset:
    """At most so many of the pictures, spread evenly."""
    if most is None or most >= len(dataset):
        return dataset
    kept = (dataset.pictures[i * len(dataset) // most] for i in range(most))
    return replace(dataset, pictures=tuple(kept))


def _network(checkpoint: Path | None) -> Any:
    if checkpoint is None:
        return None
    from edgedet.lab import require

    require("torch")
    from edgedet.lab.training.checkpoint import load

    return load(checkpoint)


def show(lines: Iterable[str]) -> None:
    """Print a table, and an empty line after it."""
    for line in lines:
        click.echo(line)
    click.echo()


def _progress(length: int) -> Any:
    """A bar on standard error, if that is a terminal."""

    def watch(images: Iterable[Image], what: str) -> Iterator[Image]:
        if not sys.stderr.isatty():
            yield from images
            return
        with click.progressbar(images, length=length, label=what, file=sys.stderr) as bar:
            yield from bar

    return watch
