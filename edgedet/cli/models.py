"""``edgedet models``: the detectors there are, and those that are here."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from edgedet.cli.options import settings_options
from edgedet.errors import EdgedetError, ModelError, RuntimeMissing
from edgedet.settings import Settings
from edgedet.zoo.catalogue import Listed, catalogue, read_card, resolve
from edgedet.zoo.folder import nearest, user_folder
from edgedet.zoo.own import open_registry
from edgedet.zoo.text import card_text


@click.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """List, check and download detectors.

    Pulled models go to EDGEDET_MODELS, by default ~/.local/share/edgedet/models.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@settings_options("zoo")
def list_models(settings: Settings, as_json: bool) -> None:
    """List the models there are: bundled, pulled, and those that can be pulled."""
    rows = list(catalogue(open_registry(settings.config.zoo)).values())
    if as_json:
        click.echo(json.dumps([row.facts() for row in rows]))
        return
    table = [("NAME", "INPUT", "CLASSES", "SIZE", "LICENCE", "HERE"), *map(_row, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip())


@models.command()
@click.argument("model", metavar="NAME|FILE")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings_options("zoo")
def show(settings: Settings, model: str, as_json: bool) -> None:
    """Show what is known of a model: architecture, data, figures, limits, licence."""
    listed = resolve(model, open_registry(settings.config.zoo))
    card = read_card(listed.path) if listed.path is not None else {}
    if as_json:
        click.echo(json.dumps({**listed.facts(), "card": card or None}))
        return
    facts = listed.facts()
    if facts["input"]:
        facts["input"] = "{}x{}".format(*facts["input"])
    known = {k: v for k, v in (facts | card).items() if v is not None and k not in ("here", "path", "registry")}
    click.echo(f"{listed.name}: {listed.path or f'not here; get it with: edgedet models pull {listed.name}'}")
    click.echo(card_text(known, shutil.get_terminal_size((100, 24)).columns))


@models.command()
@click.argument("targets", nargs=-1, metavar="[NAME|FILE]...")
@click.option("--all", "every", is_flag=True, help="Every model that is here.")
@settings_options("zoo")
def verify(settings: Settings, targets: tuple[str, ...], every: bool) -> None:
    """Check models: the hash against card and registry, and that each opens and runs.

    The exit code is 1 if one is bad.
    """
    from edgedet.cli.logs import setup
    from edgedet.zoo.verify import verify as check

    setup("warning")
    if not targets and not every:
        raise click.UsageError("nothing to verify; name models or files, or give --all")
    entries = open_registry(settings.config.zoo)
    here = [row.name for row in catalogue(entries).values() if row.path is not None] if every else []
    bad = []
    for target in dict.fromkeys([*here, *targets]):
        try:
            listed = resolve(target, entries)
            if listed.path is None:
                raise ModelError(f"not here; get it with: edgedet models pull {target}")
            click.echo(f"ok   {target}: {check(listed.path, listed.entry)}")
        except RuntimeMissing:
            raise
        except EdgedetError as error:
            bad.append(target)
            click.echo(f"bad  {target}: {str(error).removeprefix(f'{target}: ')}")
    if bad:
        click.echo(f"edgedet: {len(bad)} bad: {', '.join(bad)}", err=True)
        sys.exit(1)


@models.command()
@click.argument("model", metavar="NAME|FILE")
@click.option("--at-most", type=click.FloatRange(min=0), metavar="MS", default=0, help="Milliseconds it may take.")
@click.option("--record", is_flag=True, help="Take what it finds now for right: write it into the card beside FILE.")
@settings_options("zoo")
def test(settings: Settings, model: str, at_most: float, record: bool) -> None:
    """Run a model on its card's pictures, as `edgedet run` would: does it find what it should, and soon enough?

    With --record, what a registry is to say of it is printed too.
    """
    from edgedet.zoo.selftest import record as write
    from edgedet.zoo.selftest import registry_lines, self_test

    listed = resolve(model, open_registry(settings.config.zoo))
    if listed.path is None:
        raise ModelError(f"{model}: not here; get it with: edgedet models pull {model}")
    if record:
        samples = write(listed.path, settings.config.model)
        click.echo(f"# written to {listed.path.with_suffix('.json')}; for a registry:\n{registry_lines(samples)}")
        return
    click.echo(f"{listed.name}: {self_test(listed.path, settings.config.model, at_most)}")


@models.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--to", "folder", type=click.Path(path_type=Path), metavar="FOLDER", help="Put them there instead.")
@settings_options("zoo")
def pull(settings: Settings, names: tuple[str, ...], folder: Path | None) -> None:
    """Download models and verify them. One that was interrupted goes on where it stopped."""
    from edgedet.zoo.pull import pull as bring

    entries = open_registry(settings.config.zoo)
    rows = catalogue(entries)
    for name in names:
        if name in rows and rows[name].entry is None:
            click.echo(f"{name}: is here already: {rows[name].path}")
            continue
        if name not in entries:
            raise ModelError(f"{name}: no such model in the registry; {nearest(name, list(entries))}")
        with _Bar(name) as bar:
            pulled = bring(entries[name], folder, bar.update)
        state = f"{pulled.path}: {'here' if pulled.fresh else 'here already'}, {pulled.digest.kind} right"
        if pulled.first_use:
            state = (
                f"{pulled.path}: here; nobody states its hash: {pulled.digest} was recorded "
                "and is what it will be checked against from now on"
            )
        use = pulled.path if folder is not None and folder.resolve() != user_folder().resolve() else name
        click.echo(f"{state}\nedgedet run -m {use}")


class _Bar:
    """click's progress bar on stderr, made when the size is known."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._bar: Any = None

    def __enter__(self) -> _Bar:
        return self

    def update(self, done: int, total: int | None) -> None:
        """Show how far it is; a server that doesn't say how much is to come gets no bar."""
        if total is None or not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = click.progressbar(length=total, label=self._name, file=sys.stderr, show_pos=True)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(*error)


def _row(model: Listed) -> tuple[str, ...]:
    facts = model.facts()
    size = "-" if facts["size_bytes"] is None else f"{facts['size_bytes'] / 1e6:.1f} MB"
    classes = "-" if facts["labels"] is None else str(len(facts["labels"]))
    wide, high = facts["input"] or (None, None)
    licence = str(facts["licence"] or "-").partition(",")[0].removeprefix("weights: ")
    return (model.name, f"{wide}x{high}" if wide else "-", classes, size, licence, facts["here"])
