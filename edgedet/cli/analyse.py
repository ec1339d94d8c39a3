"""``edgedet analyse``: a model's ranges, clipping and error, layer by layer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgedet.cli.logs import setup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgedet.lab.quantize.analysis import LayerFacts

HEADINGS = ("layer", "type", "weights", "channel spread", "activations", "limits", "clipped %", "SQNR dB")


@click.command(context_settings={"show_default": True, "max_content_width": 100})
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--float",
    "reference",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The float model it was made from: gives the error, and the clipping exactly.",
)
@click.option(
    "--data",
    multiple=True,
    metavar="PATH",
    show_default="three bundled photographs",
    help="Pictures it sees meanwhile: folder, glob, video, COCO JSON or .npy inputs. Repeatable.",
)
@click.option("--split", default="", show_default="all", metavar="NAME", help="The split of a COCO JSON.")
@click.option("--pictures", type=click.IntRange(1, 1000), default=16, help="How many are taken at most.")
@click.option("--png", type=click.Path(path_type=Path), metavar="FILE", help="Write the histograms as a picture.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, histograms included.")
@click.option("--log-level", default="error", metavar="[debug|info|warning|error]", help="What is logged.")
def analyse(
    model: Path, reference: Path | None, data: tuple[str, ...], split: str, pictures: int, png: Path | None,
    as_json: bool, log_level: str,
) -> None:  # fmt: skip
    """Show weight and activation ranges of the TFLite MODEL, what its quantization clips, and its error against float.

    \b
    edgedet analyse int8.tflite --float float.tflite --data frames/ --png layers.png
    """
    setup(log_level)
    from edgedet.capture import demo
    from edgedet.lab.quantize.analysis import analyse as look
    from edgedet.lab.quantize.float_model import read_float_model
    from edgedet.lab.quantize.layers import read_layered
    from edgedet.lab.quantize.pictures import read_calibration

    subject = read_layered(model)
    against = read_float_model(reference) if reference else None
    photographs = str(Path(demo.__file__).with_name("photos"))
    seen = read_calibration(subject, data or (photographs,), pictures, split)
    facts = look(subject, seen.inputs, against)
    if png:
        from edgedet.lab.files import write
        from edgedet.lab.quantize.analysis_chart import picture

        write(png, picture(facts, f"{model.name}, {len(seen.inputs)} pictures"))
    if as_json:
        head = {"model": str(model), "sha256": subject.file.sha256, "pictures": len(seen.inputs)}
        click.echo(json.dumps({**head, "layers": [fact.to_dict() for fact in facts]}))
        return
    click.echo(_table(facts))
    if png:
        click.echo(f"picture: {png}")


def _table(facts: Sequence[LayerFacts]) -> str:
    cells = [HEADINGS, *(_row(fact) for fact in facts)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(
            t.ljust(w) if i < 2 else t.rjust(w) for i, (t, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


def _row(fact: LayerFacts) -> tuple[str, ...]:
    return (
        fact.layer.title,
        fact.dtype,
        _ends(fact.weights),
        "" if fact.spread is None else f"{fact.spread:.1f}",
        _ends((fact.held.low, fact.held.high)),
        _ends(fact.limits),
        "" if fact.clipped is None else f"{100 * fact.clipped:.3f}",
        "" if fact.sqnr is None else f"{fact.sqnr:.1f}",
    )


def _ends(ends: tuple[float, float] | None) -> str:
    return "" if ends is None else f"{ends[0]:.3g} .. {ends[1]:.3g}"
