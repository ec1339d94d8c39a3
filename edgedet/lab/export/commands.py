"""What ``edgedet export`` does: from a net or a TFLite file to files in their place, each step checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from edgedet.inference.detector import Detector
from edgedet.lab.export import cards
from edgedet.lab.export.delivery import deliver, workshop
from edgedet.lab.export.graph import Graph
from edgedet.lab.export.interface import Normalisation, normalisation
from edgedet.lab.export.metadata import About, with_metadata
from edgedet.lab.export.onnx import run_onnx, to_onnx, with_properties
from edgedet.lab.export.parity import (
    FLOAT,
    Agreement,
    compare_detections,
    difference,
    ensure,
    run_tflite,
    run_torch,
)
from edgedet.lab.export.pictures import to_inputs
from edgedet.lab.export.postprocess import Suppression, with_postprocess
from edgedet.lab.export.qdq import to_qdq
from edgedet.lab.export.rawhead import find_raw_head
from edgedet.lab.export.request import Exported, Net, Wanted
from edgedet.lab.export.stage import Stage, change_input, make_outputs_float, sidecars
from edgedet.lab.export.tflite import to_tflite
from edgedet.types import Image

CONFIDENCE = 0.1
"""Objects of at least this score are compared, with suppression in the model and without."""


def export_net(trained: Net, out: Path, wanted: Wanted, images: Sequence[Image]) -> Exported:
    """Write a net as TFLite.

    Args:
        trained: the net.
        out: the ``.tflite`` file to write; its card goes beside it.
        wanted: what it is to be like.
        images: pictures, uint8 (H, W, 3) BGR, that parity is checked on.

    Raises:
        ModelError: it can't be converted, or a step changed more than it may; then nothing is written.
        OutputError: it can't be written.
    """
    with workshop(out, trained.file) as place:
        stage = Stage(to_tflite(trained.net, trained.size), Normalisation(), trained.head, trained.card)
        before = run_torch(trained.net, to_inputs(images, trained.size))
        after = run_tflite(stage.write(place / "float.tflite"), images, stage.given)
        found = difference("PyTorch to TFLite", before, after, FLOAT)
        ensure(found)
        return _finish(replace(stage, differences=(found,)), out, wanted, images, place)


def export_tflite(
    source: Path, out: Path, wanted: Wanted, images: Sequence[Image], labels: Path | None = None
) -> Exported:
    """Change what a raw TFLite detector, float or quantized, takes and gives.

    Its normalisation, head and anchors are from its card or metadata, and its labels too unless a file of them is
    given. The rest is as in :func:`export_net`.

    Raises:
        LabelsError: nothing says what its classes are called.
        ModelError: it can't be read, has suppression inside already, or a step changed more than it may.
        OutputError: it can't be written.
    """
    with workshop(out, source) as place:
        detector = cards.open_labelled(source, labels)
        head, base, model = find_raw_head(detector), cards.base_of(detector), source.read_bytes()
        graph = Graph(model)
        given = cards.normalisation_of(base) or normalisation(graph.kind(graph.inputs[0]))
        return _finish(Stage(model, given, head, base), out, wanted, images, place)


def export_onnx(trained: Net, out: Path, calibration: NDArray[Any] | None, images: Sequence[Image]) -> Exported:
    """Write a net as ONNX.

    Args:
        trained: the net.
        out: the ``.onnx`` file to write; its card goes beside it.
        calibration: float32 (N, size, size, 3), -1 to 1: pictures to quantize it with, into QDQ; None: float.
        images: pictures, uint8 (H, W, 3) BGR, that parity is checked on.

    Raises:
        ModelError: it can't be converted, or conversion changed more than it may; then nothing is written.
        OutputError: it can't be written.
    """
    with workshop(out, trained.file) as place:
        inputs = to_inputs(images, trained.size)
        before = run_torch(trained.net, inputs)
        labels = trained.card["labels"]
        given = Normalisation()
        model = with_properties(
            to_onnx(trained.net, trained.size), {"labels": labels, "mean": given.mean, "std": given.std}
        )
        differences = [difference("PyTorch to ONNX", before, run_onnx(model, inputs), FLOAT)]
        ensure(differences[0])
        if calibration is not None:
            model = to_qdq(model, calibration)
            differences.append(difference("PyTorch to QDQ int8", before, run_onnx(model, inputs)))
        card = cards.onnx_card(trained.card, out, model, trained.head, trained.size, len(labels))
        card = cards.with_parity(card, differences, len(images))
        files = {out: model, **sidecars(card, out, trained.head)}
        deliver(files, place)
        return Exported(tuple(files), tuple(differences))


def _finish(raw: Stage, out: Path, wanted: Wanted, images: Sequence[Image], place: Path) -> Exported:
    """Input, outputs, suppression, metadata, card: what is wanted of them, in this order."""
    dtype = wanted.input or ("uint8" if wanted.suppression else raw.input.dtype)
    raw = change_input(raw, dtype, images, place)
    if wanted.float_outputs:
        raw = make_outputs_float(raw, images, place)
    done = raw
    if wanted.suppression is not None:
        model = with_postprocess(raw.model, raw.head, wanted.suppression)
        done = replace(raw, model=model, suppression=wanted.suppression)
    done = replace(done, model=with_metadata(done.model, _about(done.base, out), done.given))
    (place / "raw").mkdir()
    before, after = raw.write(place / "raw" / out.name), done.write(place / out.name)
    agreement = _compare(before, after, wanted.suppression, images)
    files = {out: done.model, **done.beside(out, len(images), agreement)}
    deliver(files, place)
    return Exported(tuple(files), done.differences, agreement)


def _compare(raw: Path, done: Path, suppression: Suppression | None, images: Sequence[Image]) -> Agreement | None:
    """Whether the finished model finds what the raw one does; None: it is raw too, but it opens."""
    if suppression is None:
        Detector(done, threads=1)
        return None
    before, after = (
        Detector(
            path,
            threads=1,
            confidence=max(CONFIDENCE, suppression.nms_score_threshold),
            iou=suppression.nms_iou_threshold,
            max_detections=suppression.max_detections,
        )
        for path in (raw, done)
    )
    return compare_detections(before, after, images)


def _about(base: dict[str, Any], out: Path) -> About:
    labels = tuple(base["labels"])
    description = f"Finds {', '.join(labels)}. {base.get('architecture', '')}".strip()
    return About(labels, out.stem, description, author="edgedet", licence=str(base.get("licence", "")))
