"""What the commands of ``edgedet batch`` make of the results of a run, and tell of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgedet.errors import ConfigError

if TYPE_CHECKING:
    from edgedet.batch.output import Output
    from edgedet.batch.report import Session
    from edgedet.batch.run import Means
    from edgedet.batch.spans import Span
    from edgedet.batch.work import Item


def check_form(form: str) -> None:
    """A package that is missing is better said before the work."""
    if form == "parquet":
        from edgedet.batch.catalogue import duckdb

        duckdb("--format parquet")


def check_labels(job: Any, only: Iterable[str]) -> None:
    """A model that can't be run, or doesn't know what is looked for, is found out before workers are started."""
    from edgedet.batch.detect import open_detector

    known = open_detector(job.config, job.bundle).labels
    for label in only:
        if label not in known:
            raise ConfigError(f"--only {label}: the model doesn't know it; it knows {', '.join(known[:20])}")


def deliver(output: Output, session: Session, means: Means, kind: str, form: str) -> None:
    """Merge the results, and tell how it went."""
    from edgedet.batch.report import report, to_lines

    results = output.write_lines("results.jsonl", output.lines())
    output.write_lines("failed.jsonl", (json.dumps(each, ensure_ascii=False) for each in output.failures()))
    if form == "parquet":
        from edgedet.batch.parquet import to_parquet

        results = to_parquet(results, kind)
    for line in to_lines(report(session, output, means.price)):
        click.echo(line)
    click.echo(f"results: {results}")


def look_back(output: Output, items: list[Item], compare: Path | None, gap: float, only: Sequence[str]) -> None:
    """List when what was seen, and what changed since an earlier run."""
    from edgedet.batch.spans import spans

    if not only and compare is None:
        return
    seen: dict[str, list[Span]] = dict(spans(output.lines(), gap))
    if only:
        found = (json.dumps(span.to_dict(), ensure_ascii=False) for of_clip in seen.values() for span in of_clip)
        path = output.write_lines("found.jsonl", found)
        click.echo(f"seen in {len(seen)} of {len(items)}: {path}")
    if compare is not None:
        from edgedet.batch.changes import changed, read_spans, to_line, to_lines

        changes = list(changed(read_spans(compare, gap, only), seen, (item.key for item in items)))
        output.write_lines("changes.jsonl", (to_line(*each) for each in changes))
        for line in to_lines(changes, len(items)):
            click.echo(line)


def end(output: Output) -> None:
    """End with code 1 if anything failed."""
    failed = output.failures()
    if failed:
        click.echo(f"{len(failed)} failed, the first: {failed[0]['reason']}", err=True)
        raise click.exceptions.Exit(1)
