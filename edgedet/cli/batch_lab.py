"""``edgedet batch evaluate`` and ``quantize``: what needs the lab."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgedet.cli.batch_options import PATH, means_options
from edgedet.cli.batch_results import deliver, end
from edgedet.cli.quantizing import pictures_options
from edgedet.errors import ConfigError

if TYPE_CHECKING:
    from edgedet.batch.run import Means


@click.command()
@click.argument("models", nargs=-1, required=True, metavar="MODEL...", type=PATH)
@means_options
@click.option("--data", type=PATH, required=True, metavar="FILE", help="Annotated pictures, such as a COCO JSON.")
@click.option("--images", type=PATH, metavar="FOLDER", help="The pictures' folder, where the annotations don't say.")
@click.option("--split", default="", metavar="NAME", help="Only the pictures of one split, such as val.")
@click.option("--most", type=click.IntRange(1), metavar="N", help="At most so many pictures, spread evenly.")
@click.option("--precision", type=click.FloatRange(0, 1, min_open=True), default=0.9, show_default=True,
              help="What the second recommended confidence must reach.")  # fmt: skip
@click.option(
    "--chunk", type=click.IntRange(1, 256), default=16, show_default=True, help="Pictures a worker gets at a time."
)
def evaluate(
    models: tuple[Path, ...], means: Means, data: Path, images: Path | None, split: str, most: int | None,
    precision: float, chunk: int,
) -> None:  # fmt: skip
    """Measure the accuracy of MODELs (.tflite, .onnx) on annotated pictures, with the figures of edgedet evaluate.

    \b
    edgedet batch evaluate a.tflite b.tflite --data instances.json --split val -o figures/
    """
    from edgedet.batch.bundle import pack
    from edgedet.batch.run import run
    from edgedet.cli.evaluate import prepare, show, thinned
    from edgedet.cli.logs import setup
    from edgedet.lab import require
    from edgedet.lab.evaluate import tables
    from edgedet.lab.evaluate.runtimes import plan

    setup("warning")
    require("pycocotools")
    from edgedet.batch.evaluate import Evaluate, items_of, results

    dataset, detectors = prepare(models, data, images, split, (), 1)
    dataset = thinned(dataset, most)
    job = Evaluate(tuple((pack(model), runtime) for model, runtime in plan(models)))
    output, session = run(job, items_of(dataset), means, chunk, lambda _: True)
    with output:
        deliver(output, session, means, job.kind, "jsonl")
        failed = frozenset(each["source"] for each in output.failures())
        found, measured = results(output.lines(), dataset, detectors, precision, failed, output.median)
        about = {"file": str(data), "split": split, "pictures": len(measured), "classes": list(measured.labels)}
        figures = [{k: v for k, v in each.to_dict().items() if k != "invoke_p50_ms"} for each in found]
        output.write_lines("evaluation.json", [json.dumps({"data": about, "models": figures}, indent=1)])
        show(tables.accuracy(found))
        show(tables.thresholds(found))
        end(output)


@click.command()
@click.argument("model", type=PATH)
@means_options
@click.option("--sweep", "sweeping", is_flag=True, help="Try many recipes: what a batch is for.")
@click.option(
    "--recipes", default="", show_default="all, with all calibrations", metavar="A,B@METHOD", help="What is tried."
)
@pictures_options("all are", required=True)
def quantize(
    model: Path, means: Means, sweeping: bool, recipes: str, data: tuple[str, ...], split: str, pictures: int,
    evaluation: Path, eval_split: str, eval_pictures: int,
) -> None:  # fmt: skip
    """Quantize the float TFLite MODEL in many ways, and rank them by mAP, with size and latency.

    \b
    edgedet batch quantize float.tflite --sweep --data train.json --eval val.json -o sweep/
    """
    from edgedet.batch.run import run
    from edgedet.cli.logs import setup
    from edgedet.lab import require

    if not sweeping:
        raise ConfigError("batch quantize: one recipe needs no batch; add --sweep, or use edgedet quantize")
    setup("warning")
    for package in ("ai_edge_quantizer", "pycocotools"):
        require(package)
    from edgedet.batch.quantize import Quantize, candidates, ranking
    from edgedet.lab.quantize.subject import Evidence
    from edgedet.lab.quantize.table import table

    job = Quantize(model, Evidence(data, split, pictures, evaluation, eval_split, eval_pictures))
    output, session = run(job, candidates(recipes), means, 1, lambda _: False)
    with output:
        deliver(output, session, means, job.kind, "jsonl")
        rows = ranking(output.lines(), output.failures(), means.folder)
        output.write_lines("sweep.json", [json.dumps(rows, indent=1)])
        click.echo(table(rows))
        end(output)
