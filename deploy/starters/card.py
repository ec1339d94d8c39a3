"""Completes a starter's card with what was measured and what there is to say of it.

python deploy/starters/card.py OUT/starter-320-int8.tflite

reads ``starter-320-{coco,pets}{,-robustness,-adversarial}.json``, which ``edgedet evaluate`` wrote, beside the model.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from edgedet.lab.export.markdown import render
from edgedet.lab.files import write

SETS = {"coco": "coco-mini val", "pets": "pets-mini test"}
WORDS = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))


def stress(report: dict[str, Any], kind: str) -> dict[str, Any]:
    """AP50 under each condition, float beside int8."""
    rows = {row["condition"]: dict(zip(("float", "int8"), row["AP50"], strict=True)) for row in report[kind]}
    return {"pictures": report["data"]["pictures"], "AP50": rows}


def main(model: Path) -> None:
    """Write the card and its Markdown anew."""
    path = model.with_suffix(".json")
    card = json.loads(path.read_text(encoding="utf-8"))
    stem = model.name.removesuffix("-int8.tflite")

    def report(name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((model.parent / f"{stem}-{name}.json").read_text(encoding="utf-8"))
        return content

    figures: dict[str, Any] = {"float": {}, "int8": {}}
    for key, title in SETS.items():
        for kind, found in zip(figures, report(key)["models"], strict=True):
            figures[kind][title] = found["figures"]
    card["figures"] = figures
    card["latency"] = {
        "invoke_p50_ms": report("coco")["models"][1]["invoke_p50_ms"],
        "float_invoke_p50_ms": report("coco")["models"][0]["invoke_p50_ms"],
        "where": "shared x86-64 machine with two cores, all of them, beside other work: only the ratio means much",
    }
    for kind in ("robustness", "adversarial"):
        card[kind] = {title: stress(report(f"{key}-{kind}"), kind) for key, title in SETS.items()}
    card.pop("proof", None)
    card |= WORDS["all"] | WORDS[stem]
    write(path, (json.dumps(card, indent=1, ensure_ascii=False) + "\n").encode())
    write(path.with_suffix(".md"), render(card).encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
