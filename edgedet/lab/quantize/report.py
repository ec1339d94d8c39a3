"""A sweep as one JSON and one HTML page that needs nothing else: its pictures are in it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from edgedet.lab import require
from edgedet.lab.files import write
from edgedet.lab.quantize import charts
from edgedet.lab.quantize.blame import advice, blame
from edgedet.lab.quantize.recipes import RECIPES
from edgedet.lab.quantize.side_by_side import Pair, worst_pictures
from edgedet.lab.quantize.subject import Subject
from edgedet.lab.quantize.sweep import Sweep, summary
from edgedet.lab.quantize.table import HEADINGS, row_cells


def facts(subject: Subject, result: Sweep, max_drop: float | None) -> dict[str, Any]:
    """Everything that was measured, as plain values: the JSON report."""
    evidence, calibration = subject.evidence, subject.calibration
    studied = result.studied
    return {
        "model": {"file": subject.model.path.name, "sha256": subject.model.file.sha256},
        "machine": result.machine,
        "threads": result.threads,
        "calibration": calibration and {"from": list(evidence.data), "pictures": len(calibration.inputs)},
        "evaluation": subject.dataset
        and {
            "from": str(evidence.evaluation),
            "split": evidence.evaluation_split,
            "pictures": len(subject.dataset),
        },
        "max_drop": max_drop,
        "stay_float": subject.model.untouched,
        "models": summary(result, max_drop),
        "layers": {"of": studied.name, "sensitivity": [s.to_dict() for s in result.layers]} if studied else None,
        "blame": blame(result.layers) if studied else [],
        "advice": advice(studied.choice, result.layers) if studied and studied.choice else [],
    }


def write_report(subject: Subject, result: Sweep, max_drop: float | None, page: Path) -> dict[str, Any]:
    """Write ``page`` (HTML) and the JSON of the same name; returns what the JSON holds.

    Raises:
        OutputError: they can't be written.
        ExtraMissing: jinja2 or matplotlib isn't installed.
    """
    content = facts(subject, result, max_drop)
    write(page.with_suffix(".json"), (json.dumps(content, indent=1) + "\n").encode())
    write(page, render(content, result, _pairs(subject, result)).encode())
    return content


def render(content: dict[str, Any], result: Sweep, pairs: Sequence[Pair]) -> str:
    """The HTML page."""
    jinja2 = require("jinja2")
    source = files("edgedet.lab.quantize").joinpath("report.html.j2").read_text(encoding="utf-8")
    rows = content["models"]
    scored = bool(rows[0]["accuracy"])
    several = len([row for row in rows if row.get("accuracy")]) > 1
    pictures = {
        "pareto": _uri("svg+xml", charts.pareto(rows).encode()) if scored else "",
        "sensitivity": _uri("svg+xml", charts.sensitivity(result.layers).encode()) if result.layers else "",
        "classes": _uri("svg+xml", charts.class_deltas(rows).encode()) if several else "",
    }
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(source)
    return str(
        template.render(
            content=content,
            headings=HEADINGS,
            rows=[(row_cells(row), row) for row in rows],
            recipes=RECIPES,
            pictures=pictures,
            studied=result.studied.name if result.studied else "",
            pairs=[(p.name, p.difference, _uri("jpeg", p.reference), _uri("jpeg", p.other)) for p in pairs],
        )
    )


def _pairs(subject: Subject, result: Sweep) -> list[Pair]:
    if subject.dataset is None or result.studied is None or result.studied.proof is None:
        return []
    return worst_pictures(subject.dataset, result.reference, result.studied.proof)


def _uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
