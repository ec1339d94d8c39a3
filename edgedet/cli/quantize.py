"""``edgedet quantize``: a float model becomes a quantized one that has proved itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgedet.cli.logs import setup
from edgedet.cli.quantizing import pictures_options
from edgedet.errors import ConfigError

if TYPE_CHECKING:
    from edgedet.lab.quantize.recipes import Choice
    from edgedet.lab.quantize.subject import Subject
    from edgedet.lab.quantize.sweep import Sweep


def _show_recipes(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from edgedet.lab.quantize.ranges import METHODS
        from edgedet.lab.quantize.recipes import RECIPES, REFUSED

        width = max(map(len, RECIPES)) + 2
        lines = [f"{name:<{width}}{recipe.summary}" for name, recipe in RECIPES.items()]
        lines += ["", f"calibration: {', '.join(METHODS)}", "", "not to be had:"]
        click.echo("\n".join([*lines, *(f"{name}: {reason}" for name, reason in REFUSED.items())]))
        context.exit()


@click.command(context_settings={"show_default": True, "max_content_width": 100})
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--to",
    "out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The quantized model; with --sweep a folder.  [default: MODEL with the recipe in its name]",
)
@click.option("--recipe", default="int8", metavar="NAME", help="What becomes of weights and activations.")
@click.option(
    "--list-recipes",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_recipes,
    help="Show the recipes and calibration methods.",
)
@click.option("--calibration", default="min-max", metavar="METHOD", help="How activation ranges are chosen.")
@pictures_options("float and quantized are")
@click.option(
    "--max-drop",
    type=click.FloatRange(0, 100),
    metavar="POINTS",
    help="Write no model that loses more mAP points (0-100) against float; exit code 1.",
)
@click.option(
    "--keep",
    multiple=True,
    metavar="LAYER",
    help="For mixed recipes: a layer, by number or regular expression of its name. Repeatable.",
)
@click.option(
    "--keep-worst",
    type=click.IntRange(0, 10_000),
    default=0,
    help="For mixed recipes: how many of the most sensitive layers; 0: a tenth.",
)
@click.option("--sweep", "sweeping", is_flag=True, help="Try many recipes; one table, one JSON, one HTML report.")
@click.option(
    "--recipes", default="", show_default="thirteen of them", metavar="A,B@METHOD", help="What --sweep tries."
)
@click.option(
    "--also",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A model made elsewhere, put beside the others. Repeatable.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="HTML",
    help="Write the HTML report, and the JSON beside it.  [default: report.html in the sweep's folder]",
)
@click.option("--threads", type=click.IntRange(1, 256), default=1, help="The interpreter's, for latency.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--log-level", default="warning", metavar="[debug|info|warning|error]", help="What is logged.")
def quantize(
    model: Path, out: Path | None, recipe: str, calibration: str, data: tuple[str, ...], split: str, pictures: int,
    evaluation: Path | None, eval_split: str, eval_pictures: int, max_drop: float | None, keep: tuple[str, ...],
    keep_worst: int, sweeping: bool, recipes: str, also: tuple[Path, ...], report: Path | None, threads: int,
    as_json: bool, log_level: str,
) -> None:  # fmt: skip
    """Quantize the float TFLite MODEL, and prove what it cost: size, mAP, latency, memory, beside float.

    \b
    edgedet quantize float.tflite --data frames/ --eval val.json --max-drop 1
    edgedet quantize float.tflite --data frames/ --eval val.json --sweep -o sweep/
    """
    setup(log_level)
    choices = _choices(recipe, calibration, recipes, sweeping)
    if max_drop is not None and evaluation is None:
        raise ConfigError("--max-drop: nothing to measure the drop on; give annotated pictures with --eval")
    if (keep or keep_worst) and not any(choice.recipe.keeps for choice in choices):
        raise ConfigError("--keep: only mixed recipes keep layers; add --recipe mixed (or mixed-int16)")
    from edgedet.lab.quantize.acceptance import accept
    from edgedet.lab.quantize.delivery import workshop
    from edgedet.lab.quantize.subject import Evidence, Subject
    from edgedet.lab.quantize.sweep import sweep, with_layers

    def say(text: str) -> None:
        click.echo(text, err=True)

    evidence = Evidence(data, split, pictures, evaluation, eval_split, eval_pictures)
    target = out or (model.with_suffix("") if sweeping else model.with_name(f"{model.stem}-{choices[0].stem}.tflite"))
    _refuse_target(model, target, sweeping)
    page = report or (target / "report.html" if sweeping else None)
    subject = Subject(model, evidence, keep, keep_worst)
    with workshop(target if sweeping else target.parent, len(subject.model.content) * (len(choices) + 6)) as place:
        result = sweep(subject, choices, place, also, threads, page is not None, say)
        lost = result.lost(max_drop)
        if lost and page is None:
            result = with_layers(subject, result, place, say)
        written = accept(result, max_drop, place, target)
        _tell(subject, result, max_drop, page, as_json, written)
    if lost and not sweeping:
        drop = f"loses {lost[choices[0].name]:.2f} mAP points, --max-drop is {max_drop:g}"
        click.echo(f"edgedet: {target}: not written: it {drop}", err=True)
        raise click.exceptions.Exit(1)


def _choices(recipe: str, calibration: str, recipes: str, sweeping: bool) -> list[Choice]:
    from edgedet.lab.quantize.recipes import SWEEP, choose

    if recipes and not sweeping:
        raise ConfigError("--recipes: is for --sweep; name one with --recipe, or add --sweep")
    if not sweeping:
        return [choose(recipe, calibration)]
    found = [choose(text, calibration) for text in (recipes or SWEEP).split(",") if text.strip()]
    return list({choice.name: choice for choice in found}.values())


def _refuse_target(model: Path, target: Path, sweeping: bool) -> None:
    if sweeping and target.is_file():
        raise ConfigError(f"-o: {target} is a file; a sweep writes many: name a folder")
    if not sweeping and target.suffix != ".tflite":
        raise ConfigError(f"-o: {target}: a model's name ends in .tflite")
    if not sweeping and target.resolve() == model.resolve():
        raise ConfigError(f"-o: {target} is the float model itself; choose another name")


def _tell(
    subject: Subject, result: Sweep, max_drop: float | None, page: Path | None, as_json: bool, written: dict[str, str]
) -> None:
    from edgedet.lab.quantize.report import facts, write_report
    from edgedet.lab.quantize.table import table

    content = write_report(subject, result, max_drop, page) if page else facts(subject, result, max_drop)
    if as_json:
        click.echo(json.dumps({**content, "written": written, "report": str(page) if page else None}))
        return
    click.echo(table(content["models"]))
    if content["stay_float"]:
        names = ", ".join(f"{name} {count}" for name, count in content["stay_float"].items())
        click.echo(f"unknown to the quantizer, so left in float: {names}")
    if content["blame"]:
        click.echo(f"\nthe most sensitive layers of {content['layers']['of']}:\n  " + "\n  ".join(content["blame"]))
        click.echo("to try:\n  " + "\n  ".join(content["advice"]))
    for name, file in written.items():
        click.echo(f"{name}: {file}")
    if page:
        click.echo(f"report: {page}")
