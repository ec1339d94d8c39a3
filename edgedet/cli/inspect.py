"""``edgedet inspect``: what the program understood of a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from edgedet.cli.options import settings_options
from edgedet.inference.detector import Detector
from edgedet.settings import Settings
from edgedet.stages import build_detector


@click.command()
@click.argument("model", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings_options("model")
def inspect(settings: Settings, model: Path | None, as_json: bool) -> None:
    """Show what edgedet understood of MODEL (default: the bundled one): input, head, anchors, labels, operators."""
    config = settings.config
    if model is not None:
        config = config.model_copy(update={"model": config.model.model_copy(update={"path": model})})
    detector = build_detector(config)
    facts = describe(detector)
    if as_json:
        click.echo(json.dumps(facts))
        return
    tensor = facts["input"]
    scaling = f"scale {tensor['scale']:.6g}, zero point {tensor['zero_point']}" if tensor["scale"] else "not quantized"
    rows = {
        "model": f"{facts['path']} ({facts['size_bytes']:,} bytes)",
        "sha256": facts["sha256"],
        "input": f"{tensor['dtype']} {tensor['shape']}, {scaling}; frames: {detector.resize}",
        "head": facts["head"] + (f", {facts['num_anchors']:,} anchors" if facts["num_anchors"] else ""),
        "labels": f"{len(facts['labels'])}: {', '.join(facts['labels'])}",
        "operators": ", ".join(f"{name} {count}" for name, count in facts["operators"].items()),
        "runtime": facts["runtime"],
    }
    for name, text in rows.items():
        click.echo(f"{name:<10} {text}")


def describe(detector: Detector) -> dict[str, Any]:
    """The facts ``--json`` prints; null where the model doesn't say."""
    tensor, model = detector.runtime.inputs[0], detector.model
    return {
        "path": str(model.path),
        "input": {
            "shape": list(tensor.shape),
            "dtype": str(tensor.dtype),
            "scale": tensor.scale,
            "zero_point": tensor.zero_point,
        },
        "head": detector.head.name,
        "num_anchors": detector.head.num_anchors,
        "labels": list(detector.labels),
        "runtime": detector.runtime.name,
        "size_bytes": model.size_bytes,
        "sha256": model.sha256,
        "operators": model.operators,
        "outputs": [{"name": t.name, "shape": list(t.shape), "dtype": str(t.dtype)} for t in detector.runtime.outputs],
    }
