"""``edgedet tune``: the model and the threads with which this board meets a goal."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

import click
import psutil

from edgedet.board import open_board
from edgedet.capture import Source, open_source
from edgedet.cli.options import settings_options
from edgedet.config import Config
from edgedet.errors import EdgedetError, ExtraMissing
from edgedet.inference.detector import Detector
from edgedet.settings import Settings
from edgedet.stages import build_detector
from edgedet.tune.choice import Rated, choose, rate, settings_of
from edgedet.tune.goal import Goal, parse_goal
from edgedet.tune.kin import Kin, kindred, read_kin
from edgedet.tune.sweep import Trial, figures, sweep
from edgedet.tune.written import Values, lines_of, write_values

DEFAULT_GOAL = "cpu<=60,fps>=5"


@click.command()
@click.option("--for", "seconds", type=click.FloatRange(1, 86400), default=60, show_default=True,
              help="Seconds to measure, at least once each.")  # fmt: skip
@click.option("--goal", default=DEFAULT_GOAL, show_default=True, metavar="BOUNDS",
              help="What to meet: percent of all processors, frames a second, milliseconds of latency.")  # fmt: skip
@click.option("--write", is_flag=True, help="Change the settings file; the old one is kept beside it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings_options("source", "model", "detect")
@click.pass_context
def tune(context: click.Context, settings: Settings, seconds: float, goal: str, write: bool, as_json: bool) -> None:
    """Find the model and the threads with which this board meets a goal.

    \b
    edgedet tune                                   a minute for: cpu<=60,fps>=5
    edgedet tune --for 300 --goal "fps>=10" --write

    All models that are here and know the same labels are measured in turns, each with several numbers of threads. Of
    those that meet the goal the most accurate is chosen, then the one that takes the least. Stop edgedet meanwhile.
    Ctrl-C shows what was measured until then. Exit code 1: nothing meets the goal.
    """
    wanted, config = parse_goal(goal), settings.config
    trials = list(_trials(config))
    stopped = _measure(config, trials, seconds, quiet=as_json)
    cores = os.cpu_count() or 1
    rated = [rate(each, wanted, cores) for each in figures(trials)]
    if not rated:
        context.exit(130)
    chosen = choose(rated)
    values = settings_of(chosen)
    if values["governor.most_fps"] == config.governor.most_fps == 0:
        del values["governor.most_fps"]  # it holds without being said
    if as_json:
        click.echo(json.dumps(_as_json(rated, chosen, wanted, values)))
    else:
        _show(rated, chosen, wanted, values)
    if write and chosen.meets and not stopped:
        _write(settings, values)
    context.exit(130 if stopped else 0 if chosen.meets else 1)


def _trials(config: Config) -> Iterator[Trial]:
    """Every model that can take the present one's place, with every number of threads."""
    present = build_detector(config)
    kin = {each.path.resolve(): each for each in kindred(present.labels)}
    path = present.model.path.resolve()
    if path not in kin:
        kin[path] = read_kin(str(config.model.path), present.model.path)[0]
    cores = psutil.cpu_count(logical=False) or 1
    for each in kin.values():
        for threads in sorted({1, max(1, cores // 2), cores}):
            if (detector := _detector(config, each, threads)) is not None:
                yield Trial(each, threads, detector)


def _detector(config: Config, kin: Kin, threads: int) -> Detector | None:
    """None, and a line on stderr: it can't be loaded, or not with this delegate."""
    model = config.model.model_copy(update={"path": kin.path, "threads": threads})
    try:
        return build_detector(config.model_copy(update={"model": model}))
    except EdgedetError as error:
        click.echo(f"left out: {kin.name}: {error}", err=True)
        return None


def _measure(config: Config, trials: Sequence[Trial], seconds: float, quiet: bool) -> bool:
    """Measure; True: Ctrl-C has ended it early."""
    endless = config.source.model_copy(update={"as_fast": True, "loop": True})
    if open_source(endless).live:  # a camera's own rate would be measured
        endless = endless.model_copy(update={"uri": "demo:"})

    def new_source() -> Source:
        return open_source(endless)

    board = open_board(config.governor.board)
    try:
        for number in sweep(trials, new_source, board, seconds):
            if not quiet:
                turn, place = divmod(number - 1, len(trials))
                click.echo(f"\rturn {turn + 1}: {place + 1} of {len(trials)} ", nl=False, err=True)
    except KeyboardInterrupt:
        return True
    finally:
        board.close()
        if not quiet:
            click.echo(err=True)
    return False


def _show(rated: Sequence[Rated], chosen: Rated, goal: Goal, values: Values) -> None:
    width = max(len(each.figures.kin.name) for each in rated)
    click.echo(f"{'model':{width}}  threads    fps   at goal: fps  CPU %  latency ms  accuracy  warmer K  turns")
    for each in sorted(rated, key=lambda each: (each.figures.kin.name, each.figures.threads)):
        seen, kin = each.figures, each.figures.kin
        click.echo(
            f"{kin.name:{width}}  {seen.threads:7d}  {seen.fps:5.1f}  {each.fps:13.1f}  {each.cpu:5.0f}  "
            f"{seen.latency_ms:10.0f}  {_number(kin.accuracy, 2):>8}  {_number(seen.rise, 1):>8}  {seen.turns:5d}"
            f"{'  meets it' if each.meets else ''}"
        )
    name, threads = chosen.figures.kin.name, chosen.figures.threads
    said = (
        f"{name} on {threads} thread{'s' * (threads != 1)}: {chosen.fps:.1f} frames a second at {chosen.cpu:.0f} % CPU"
    )
    click.echo(f"{goal}: {said}" if chosen.meets else f"{goal}: nothing here meets it; nearest comes {said}")
    if chosen.meets:
        click.echo("\n".join(lines_of(values)))


def _number(value: float | None, digits: int) -> str:
    return f"{value:.{digits}f}" if value is not None else "-"


def _write(settings: Settings, values: Values) -> None:
    try:
        backup = write_values(settings, values)
    except ExtraMissing as error:
        click.echo(f"not written: {error}", err=True)
        return
    if backup is None:
        click.echo(f"{settings.file}: says so already")
    else:
        click.echo(f"{settings.file}: written, for the next start; as it was: {backup}")


def _as_json(rated: Sequence[Rated], chosen: Rated, goal: Goal, values: Values) -> dict[str, Any]:
    def row(each: Rated) -> dict[str, Any]:
        seen = each.figures
        return {
            "model": seen.kin.name, "threads": seen.threads, "turns": seen.turns, "fps": seen.fps,
            "cpu_ms_per_frame": seen.cpu_ms, "latency_ms": seen.latency_ms, "accuracy": seen.kin.accuracy,
            "warmer_k": seen.rise, "goal_fps": round(each.fps, 2), "goal_cpu_percent": round(each.cpu, 2),
            "meets": each.meets,
        }  # fmt: skip

    return {
        "goal": str(goal),
        "meets": chosen.meets,
        "chosen": row(chosen),
        "settings": dict(values) if chosen.meets else None,
        "measured": [row(each) for each in rated],
    }
