"""Recipes tried on one float model and measured beside it, in turns."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edgedet.errors import ModelError
from edgedet.lab.quantize.blame import measure_regained
from edgedet.lab.quantize.proof import Proof, prove
from edgedet.lab.quantize.recipes import Choice
from edgedet.lab.quantize.sensitivity import Sensitivity
from edgedet.lab.quantize.subject import Subject

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """A model beside the float one.

    Attributes:
        name: the recipe's, or the file's.
        choice: how it was made; None: it was made elsewhere.
        proof: what was measured; None if it couldn't be made.
        failure: why not.
    """

    name: str
    choice: Choice | None
    proof: Proof | None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Sweep:
    """The trials of one float model.

    Attributes:
        reference: the float model's figures.
        trials: in the order asked for, models made elsewhere last.
        studied: the trial whose layers were looked at; None without calibration pictures.
        layers: their errors, the worst first.
        machine: where it was measured, in words.
        threads: the interpreter's.
    """

    reference: Proof
    trials: tuple[Trial, ...]
    studied: Trial | None
    layers: tuple[Sensitivity, ...]
    machine: str
    threads: int

    def lost(self, max_drop: float | None) -> dict[str, float]:
        """The mAP points that each recipe lost which lost more than allowed; None: all is allowed."""
        if max_drop is None:
            return {}
        drops = {t.name: t.proof.drop(self.reference) for t in self.trials if t.proof and t.choice}
        return {name: drop for name, drop in drops.items() if drop is not None and drop > max_drop}


def sweep(
    subject: Subject,
    choices: Sequence[Choice],
    folder: Path,
    also: Sequence[Path] = (),
    threads: int = 1,
    study: bool = True,
    say: Say = lambda _: None,
) -> Sweep:
    """Make the models in a folder, and measure them all in turns.

    Args:
        subject: the float model and its pictures.
        choices: the recipes.
        folder: where the models are written, each with its card.
        also: models made elsewhere, with their cards.
        threads: the interpreter's, when latency is measured.
        study: look at the layers of the first full-integer recipe, and what keeping the worst ones regains.
        say: told what is being done.
    """
    made: dict[str, Path] = {}
    failures: dict[str, str] = {}
    for choice in choices:
        say(f"making {choice.name}")
        try:
            made[choice.name] = subject.quantize(choice, folder)
        except ModelError as error:
            if len(choices) == 1:
                raise
            failures[choice.name] = str(error)
    pictures = f" on {len(subject.dataset)} pictures" if subject.dataset else ""
    say(f"measuring {len(made) + len(also) + 1} models{pictures}")
    reference, *proofs = prove(
        [("float", subject.model.path), *made.items(), *((path.name, path) for path in also)], subject.dataset, threads
    )
    by_name = {proof.name: proof for proof in proofs}
    trials = [Trial(c.name, c, by_name.get(c.name), failures.get(c.name, "")) for c in choices]
    trials += [Trial(path.name, None, by_name[path.name]) for path in also]
    result = Sweep(reference, tuple(trials), None, (), machine(), threads)
    return with_layers(subject, result, folder, say) if study else result


def with_layers(subject: Subject, result: Sweep, folder: Path, say: Say = lambda _: None) -> Sweep:
    """The same, with the layers of the plainest calibrated trial: their errors, and what keeping the worst regains."""
    trial = _to_study(result.trials)
    if trial is None or trial.choice is None or trial.proof is None or subject.calibration is None:
        return result
    say(f"looking at the layers of {trial.name}")
    layers = subject.sensitivities(trial.choice)
    if subject.dataset is not None:
        layers = measure_regained(
            subject.model, trial.choice, subject.held, trial.proof, layers, subject.dataset, folder
        )
    return replace(result, studied=trial, layers=tuple(layers))


def _to_study(trials: Sequence[Trial]) -> Trial | None:
    """The int8 trial if there is one, else the first full-integer one, else the first."""
    made = [t for t in trials if t.proof and t.choice]
    integer = [t for t in made if t.choice and t.choice.recipe.calibrated and not t.choice.recipe.keeps]
    return next((t for t in integer if t.name == "int8"), next(iter(integer or made), None))


def machine() -> str:
    """This machine and its runtime, in words."""
    name = ""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        rows = (line.partition(":") for line in info.read_text().splitlines())
        name = next((value.strip() for key, _, value in rows if key.strip() in ("model name", "Model")), "")
    from importlib.metadata import version

    name = name or platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, LiteRT {version('ai-edge-litert')}"


def summary(result: Sweep, max_drop: float | None) -> list[dict[str, Any]]:
    """One row a model, the float one first, for tables and JSON."""
    lost = result.lost(max_drop)
    rows: list[dict[str, Any]] = [{"name": "float", "drop_points": 0.0, "refused": False, **result.reference.to_dict()}]
    for trial in result.trials:
        if trial.proof is None:
            rows.append({"name": trial.name, "failure": trial.failure})
            continue
        drop = trial.proof.drop(result.reference)
        rows.append(
            {
                **trial.proof.to_dict(),
                "recipe": trial.choice.recipe.name if trial.choice else None,
                "calibration": trial.choice.calibration if trial.choice and trial.choice.recipe.calibrated else None,
                "drop_points": None if drop is None else round(drop, 3),
                "refused": trial.name in lost,
            }
        )
    return rows
