"""``edgedet train``: a detector from annotated pictures."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgedet.cli.logs import setup
from edgedet.errors import ConfigError

if TYPE_CHECKING:
    from edgedet.lab.training.job import Job
    from edgedet.lab.training.plan import Plan

_file = click.Path(path_type=Path)
_shown: dict[str, Any] = {"show_default": True}


@click.command()
@click.option(
    "--data", type=_file, multiple=True, metavar="FILE", help="Annotated pictures; may be given several times."
)
@click.option("--share", type=float, multiple=True, help="Part of each batch from each --data, in their order.")
@click.option("--labels", metavar="A,B,...", help="The classes.  [default: those of the first --data]")
@click.option("--val", "validation", type=_file, metavar="FILE", help="Pictures to measure on in between.")
@click.option("--to", "folder", type=_file, metavar="FOLDER", help="Where the run's files go; a run there goes on.")
@click.option("--from", "start", type=_file, metavar="FILE", help="A TFLite model or a checkpoint to start from.")
@click.option("--from-labels", "start_labels", type=_file, metavar="FILE", help="The classes of an SSD in --from.")
@click.option("--teacher", type=_file, metavar="CHECKPOINT", help="A detector to learn from as well.")
@click.option("--size", type=int, default=320, help="Input side in pixels: 192 to 448, in steps of 32.", **_shown)
@click.option("--width", type=float, default=1.0, help="MobileNetV2's width: 0.35, 0.5, 0.75 or 1.0.", **_shown)
@click.option(
    "--extras", type=click.Choice(["lite", "full"]), default="lite", help="As in SSDLite, or in SSD.", **_shown
)
@click.option("--steps", type=click.IntRange(1), default=3000, help="Batches to learn from.", **_shown)
@click.option("--batch", type=click.IntRange(2), default=16, help="Pictures in a batch.", **_shown)
@click.option("--rate", type=float, default=1e-3, help="Highest learning rate.", **_shown)
@click.option("--norms", is_flag=True, help="Put batch norm into a start that has none.")
@click.option("--backbone-rate", type=float, default=0.2, help="Factor on it for the backbone.", **_shown)
@click.option(
    "--frozen", type=click.IntRange(0, 17), default=0, help="Blocks left as they are, from the first.", **_shown
)
@click.option("--loss", type=click.Choice(["focal", "hard-negative"]), default="focal", help="Of the scores.", **_shown)
@click.option("--qat", is_flag=True, help="Quantization-aware: train as if it were int8.")
@click.option("--precision", type=click.Choice(["bf16", "float32"]), default="float32", help="bf16: mixed.", **_shown)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", **_shown)
@click.option("--seed", type=click.IntRange(0), default=0, **_shown)
@click.option(
    "--validate-every", type=click.IntRange(0), default=500, help="Steps between two; 0: at the end.", **_shown
)
@click.option(
    "--patience", type=click.IntRange(0), default=0, help="Validations without a better one; 0: no end.", **_shown
)
@click.option("--save-every", "save_seconds", type=click.FloatRange(0), default=90, help="Seconds.", **_shown)
@click.option("--smoke", is_flag=True, help="Try everything in minutes: train on drawn shapes, quantize, evaluate.")
def train(smoke: bool, **options: Any) -> None:
    """Train an SSDLite MobileNetV2 detector.

    \b
    edgedet train --data train.json --labels person,cat --from backbone.tflite --to run
    edgedet export run/model.pt --to detector-float.tflite
    edgedet quantize detector-float.tflite --data train.json --to detector-int8.tflite

    A run that was stopped, or killed, goes on where it was when the same command is given again. The folder holds
    state.pt to go on from, model.pt with the averaged weights, and curves.png.
    """
    setup("info")
    if smoke:
        from edgedet.cli.smoke import smoke as run_smoke

        run_smoke(options["folder"])
        return
    if not options["data"] or options["folder"] is None:
        raise click.UsageError("wanted: --data FILE and --to FOLDER (or --smoke)")
    from edgedet.lab.training.job import prepare

    job, plan = _job(options), _plan(options)
    trainer = prepare(job, plan, options["device"])
    resumed = trainer.restore()
    if resumed:
        click.echo(f"going on from step {resumed} of {plan.steps}", err=True)
    model = trainer.run(_Progress(plan.steps, plan.batch))
    click.echo(f"{job.folder / 'model.pt'}: {', '.join(model.labels)}; {model.about['steps']} steps")


def _job(options: dict[str, Any]) -> Job:
    from edgedet.lab.training.architecture import Architecture
    from edgedet.lab.training.job import Job

    labels = tuple(name.strip() for name in (options["labels"] or "").split(",") if name.strip())
    if any(share <= 0 for share in options["share"]):
        raise ConfigError("--share: wanted numbers over 0, one for each --data")
    return Job(
        data=options["data"],
        folder=options["folder"],
        architecture=Architecture(max(1, len(labels)), options["size"], options["width"], options["extras"]),
        shares=options["share"],
        labels=labels,
        validation=options["validation"],
        start=options["start"],
        start_labels=options["start_labels"],
        norms=options["norms"],
        teacher=options["teacher"],
        about=shlex.join(["edgedet", *(Path(a).name if a.startswith("/") else a for a in sys.argv[1:])]),
    )


def _plan(options: dict[str, Any]) -> Plan:
    from edgedet.lab.training.plan import Plan

    names = (
        "steps",
        "batch",
        "rate",
        "backbone_rate",
        "frozen",
        "loss",
        "qat",
        "precision",
        "seed",
        "validate_every",
        "patience",
        "save_seconds",
    )
    return Plan(**{name: options[name] for name in names})


class _Progress:
    """A line that is written over, or one now and then where nobody watches."""

    def __init__(self, steps: int, batch: int) -> None:
        self._steps, self._batch = steps, batch
        self._first, self._start, self._told = -1, 0.0, 0.0

    def __call__(self, step: int, point: dict[str, Any]) -> None:
        now = time.monotonic()
        if self._first < 0:
            self._first, self._start = step, now
        watched = sys.stderr.isatty()
        if step < self._steps and now - self._told < (0.2 if watched else 30):
            return
        self._told = now
        rate = (step - self._first) / max(now - self._start, 1e-9)
        left = (self._steps - step) / rate if rate else 0.0
        numbers = ", ".join(f"{k} {v}" for k, v in point.items() if k not in ("step", "ap50"))
        text = f"step {step} of {self._steps}, {rate * self._batch:.1f} pictures/s, {left / 60:.0f} min left; {numbers}"
        click.echo(f"\r\x1b[K{text}" if watched else text, err=True, nl=not watched or step >= self._steps)
