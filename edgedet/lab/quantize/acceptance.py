"""What passed its proof is delivered, the proof in its card."""

from __future__ import annotations

from pathlib import Path

from edgedet.lab.quantize.delivery import deliver, note
from edgedet.lab.quantize.sweep import Sweep


def accept(result: Sweep, max_drop: float | None, workshop: Path, target: Path) -> dict[str, str]:
    """Move the models that lost no more than allowed to their final names.

    Args:
        result: the trials.
        max_drop: mAP points (0 to 100) a model may lose; None: any.
        workshop: the folder that the trials' models are in.
        target: the final name, ending in ``.tflite``, of the only one; or the folder for many.

    Returns:
        The files by the trial's name.

    Raises:
        OutputError: a file can't be written.
    """
    lost = result.lost(max_drop)
    written = {}
    for trial in result.trials:
        if trial.proof is None or trial.choice is None or trial.name in lost:
            continue
        drop = trial.proof.drop(result.reference)
        proof = {
            "machine": result.machine,
            "threads": result.threads,
            "drop_points": None if drop is None else round(drop, 3),
            "float": result.reference.to_dict(),
            "quantized": trial.proof.to_dict(),
        }
        staged = workshop / f"{trial.choice.stem}.tflite"
        note(staged, proof=proof)
        out = target if target.suffix == ".tflite" else target / staged.name
        deliver(staged, out)
        written[trial.name] = str(out)
    return written
