"""A model's card: what there is to say of it, as JSON for programs and as Markdown for people, beside the model.

:mod:`edgedet.inference.card` reads the JSON; what more is in it is for people and for the lab.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.errors import LabelsError
from edgedet.inference.anchors import ASPECT_RATIOS, LAYERS, MAX_SCALE, MIN_SCALE, standard_anchors
from edgedet.inference.card import find_card
from edgedet.inference.detector import Detector
from edgedet.lab.export.graph import Graph
from edgedet.lab.export.interface import Normalisation
from edgedet.lab.export.parity import Agreement, Difference
from edgedet.lab.export.postprocess import OUTPUTS, Suppression
from edgedet.lab.export.rawhead import RawHead

_OF_ONE_FILE = ("sha256", "size_bytes", "outputs", "decode", "head", "anchors", "anchor_generator", "export", "latency")
"""What a card says that is of its own file alone: another file made of it has its own."""


def training_card(architecture: str, labels: Sequence[str], about: dict[str, Any]) -> dict[str, Any]:
    """What a card says of the net, whatever file it is in.

    Args:
        architecture: in words.
        labels: the name of every class.
        about: how it was trained; ``licence``, ``limits`` and ``figures`` get keys of their own.
    """
    training = dict(about)
    card: dict[str, Any] = {
        "task": "object detection",
        "architecture": architecture,
        "labels": list(labels),
        "training": training,
    }
    for key in ("figures", "limits", "licence"):
        if key in training:
            card[key] = training.pop(key)
    return card


def tflite_card(
    base: dict[str, Any], path: Path, model: bytes, head: RawHead, given: Normalisation, suppression: Suppression | None
) -> dict[str, Any]:
    """The card of a TFLite model.

    Args:
        base: what is to say of it whatever its file, or the card of the model that it is made of.
        path: where it will be.
        model: its bytes.
        head: what its raw outputs mean or meant.
        given: how pixels are normalised for it.
        suppression: the options of the operator it ends in; None: it has raw outputs.
    """
    graph = Graph(model)
    image = graph.inputs[0]
    ends = {graph.name(i): {"shape": list(graph.shape(i)), "dtype": graph.kind(i).dtype} for i in graph.outputs}
    if suppression is not None:
        ends = dict(zip(OUTPUTS, ends.values(), strict=True))
    shape = graph.shape(image)
    taken = {"shape": list(shape), "dtype": graph.kind(image).dtype}
    card = _card(base, path, model, taken, ends, given)
    if suppression is not None:
        return {**card, "postprocess": {**asdict(suppression), "num_anchors": len(head.anchors)}}
    return {**card, **_raw(head, path, (shape[2], shape[1]))}


def onnx_card(base: dict[str, Any], path: Path, model: bytes, head: RawHead, size: int, classes: int) -> dict[str, Any]:
    """The card of an ONNX model with raw outputs; see :func:`tflite_card`."""
    taken = {"shape": [1, size, size, 3], "dtype": "float32"}
    count = len(head.anchors)
    ends = {name: {"shape": [1, count, n], "dtype": "float32"} for name, n in (("boxes", 4), ("scores", classes))}
    return {**_card(base, path, model, taken, ends, Normalisation()), **_raw(head, path, (size, size))}


def with_parity(
    card: dict[str, Any], steps: Sequence[Difference], pictures: int, agreement: Agreement | None = None
) -> dict[str, Any]:
    """The card with what each step of the export changed on so many pictures, and what suppression did."""
    changed = [
        {k: float(f"{v:.3g}") if isinstance(v, float) else v for k, v in asdict(d).items() if k != "limit"}
        for d in steps
    ]
    export: dict[str, Any] = {"tool": f"edgedet {importlib.metadata.version('edgedet')}", "pictures": pictures}
    if changed:
        export["parity"] = changed
    if agreement is not None:
        export["suppression"] = asdict(agreement)
    return {**card, "export": export}


def open_labelled(model: Path, labels: Path | None) -> Detector:
    """Open a model whose classes have names: from a file, its card or its metadata.

    Raises:
        LabelsError: from neither; numbers would be written into its copies for good.
    """
    detector = Detector(model, labels=labels, threads=1)
    known = find_card(model, detector.model.sha256).labels or detector.model.metadata.labels
    if labels is None and known is None:
        raise LabelsError(f"{model}: neither its card nor its metadata has labels; give a labels file (--labels)")
    return detector


def base_of(detector: Detector) -> dict[str, Any]:
    """What the card of an open model says whatever its file; its metadata, where it has no card.

    ``made_from`` is that model.
    """
    model, card = detector.model, find_card(detector.model.path, detector.model.sha256)
    said = json.loads(card.path.read_text(encoding="utf-8")) if card.path else {"task": "object detection"}
    base: dict[str, Any] = {key: value for key, value in said.items() if key not in _OF_ONE_FILE}
    given = {"mean": model.metadata.mean, "std": model.metadata.std} if model.metadata.mean else {}
    base["input"] = {**given, **base.get("input", {})}
    base["labels"] = list(detector.labels)
    return {**base, "made_from": {"file": model.path.name, "sha256": model.sha256}}


def normalisation_of(base: dict[str, Any]) -> Normalisation | None:
    """How a card says that pixels are normalised; None: it doesn't, or not the same for all channels."""
    mean, std = (np.unique(np.asarray(base["input"].get(key, ()), float)) for key in ("mean", "std"))
    return Normalisation(float(mean[0]), float(std[0])) if mean.size == std.size == 1 else None


def own_anchors(head: RawHead, input_size: tuple[int, int]) -> bool:
    """Whether the anchors aren't the standard ones of an input of (width, height), and a card needs their file."""
    standard = standard_anchors(input_size, len(head.anchors))
    return standard is None or not np.allclose(standard, head.anchors, atol=1e-6)


def anchors_file(model: Path) -> Path:
    """Where a model's own anchors are kept."""
    return model.with_name(f"{model.stem}-anchors.npy")


def _card(
    base: dict[str, Any], path: Path, model: bytes, taken: dict[str, Any], ends: dict[str, Any], given: Normalisation
) -> dict[str, Any]:
    kept = {key: value for key, value in base.items() if key not in _OF_ONE_FILE}
    said = base.get("input", {})
    ways = {"colour": said.get("colour", "RGB"), "resize": said.get("resize", "stretch")}
    scaling = {"layout": "NHWC", "mean": given.mean, "std": given.std, **ways}
    digest = hashlib.sha256(model).hexdigest()
    head = {"name": path.stem, "file": path.name, "sha256": digest, "size_bytes": len(model)}
    return {**head, **kept, **head, "input": {**taken, **scaling}, "outputs": ends}


def _raw(head: RawHead, path: Path, input_size: tuple[int, int]) -> dict[str, Any]:
    own = own_anchors(head, input_size)
    sy, sx, sh, sw = head.scales if head.box_order == "yxhw" else (head.scales[i] for i in (1, 0, 3, 2))
    decode = f"cx = tx/{sx:g}*aw + acx; cy = ty/{sy:g}*ah + acy; w = exp(tw/{sw:g})*aw; h = exp(th/{sh:g})*ah"
    says: dict[str, Any] = {
        "head": {
            "box_order": head.box_order,
            "scales": list(head.scales),
            "activation": head.activation,
            "background": head.background,
        },
        "decode": f"{decode}, as fractions of the input",
    }
    if own:
        return {**says, "anchors": {"file": anchors_file(path).name, "count": len(head.anchors)}}
    generator = {
        "kind": "ssd_anchor_generator of the TF Object Detection API",
        "feature_maps": LAYERS,
        "min_scale": MIN_SCALE,
        "max_scale": MAX_SCALE,
        "aspect_ratios": list(ASPECT_RATIOS),
        "count": len(head.anchors),
    }
    return {**says, "anchor_generator": generator}
