"""A quantized model, its card and its anchors: tried in a folder of its own first, then all or nothing in place."""

from __future__ import annotations

import contextlib
import copy
import filecmp
import hashlib
import importlib.metadata
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgedet.disk import disk_error
from edgedet.errors import OutputError
from edgedet.inference.flatfile import read_model
from edgedet.lab.quantize.layers import LayeredModel

_OF_THE_FLOAT = ("sha256", "size_bytes", "figures", "proof", "quantization", "latency")
"""What a card says that is of its own file alone."""
_ROOM = 1 << 20


@contextlib.contextmanager
def workshop(folder: Path, content_bytes: int = 0) -> Iterator[Path]:
    """A hidden folder inside ``folder``, gone afterwards, in which models can be tried before they are delivered.

    Raises:
        OutputError: it can't be made, or there is less room than ``content_bytes``.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        if free < content_bytes + _ROOM:
            raise OutputError(f"{folder}: {free:,} bytes free, {content_bytes + _ROOM:,} needed; make room")
        place = Path(tempfile.mkdtemp(prefix=".quantize-", dir=folder))
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise disk_error(folder, error) from None
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def stage(model: LayeredModel, content: bytes, folder: Path, name: str, facts: dict[str, Any]) -> Path:
    """Write a quantized model with its card and anchors.

    Args:
        model: the float model it was made from; labels, input, head and anchors are its card's.
        content: the quantized model's bytes.
        folder: where to.
        name: of the file, without ending.
        facts: how it was quantized, for the card's key ``quantization``.

    Returns:
        The model's file; its card stands beside it.
    """
    path = folder / f"{name}.tflite"
    try:
        path.write_bytes(content)
        if model.card.anchors is not None and model.card.path is not None:
            anchors = folder / Path(model.card.anchors.file).name
            shutil.copyfile(model.card.path.parent / model.card.anchors.file, anchors)
        card = {**_card(model, path, content), "quantization": {**facts, "tool": _tool()}}
        _write_card(path, card)
    except OSError as error:
        raise disk_error(folder, error) from None
    return path


def note(staged: Path, **facts: Any) -> None:
    """Add keys to a staged model's card."""
    card = json.loads(staged.with_suffix(".json").read_text(encoding="utf-8"))
    _write_card(staged, {**card, **facts})


def deliver(staged: Path, out: Path) -> None:
    """Move a staged model, its card and anchors to their final names, each whole or not at all.

    Raises:
        OutputError: a file can't be replaced.
    """
    card = json.loads(staged.with_suffix(".json").read_text(encoding="utf-8"))
    card.update(name=out.stem, file=out.name)
    try:
        anchors = card.get("anchors")
        if anchors:
            source = staged.parent / Path(anchors["file"]).name
            target = out.parent / source.name
            if target.exists() and not filecmp.cmp(source, target, shallow=False):
                target = out.parent / f"{out.stem}-anchors.npy"
            card["anchors"] = {**anchors, "file": target.name}
            shutil.copyfile(source, staged.parent / ".anchors")
            os.replace(staged.parent / ".anchors", target)  # noqa: PTH105 - the three are moved in one way
        _write_card(staged, card)
        os.replace(staged.with_suffix(".json"), out.with_suffix(".json"))  # noqa: PTH105
        os.replace(staged, out)  # noqa: PTH105
    except OSError as error:
        raise disk_error(out, error) from None


def _card(model: LayeredModel, path: Path, content: bytes) -> dict[str, Any]:
    card = copy.deepcopy(model.card_content)
    for key in _OF_THE_FLOAT:
        card.pop(key, None)
    metadata = read_model(model.path).metadata
    if "labels" not in card and metadata.labels:
        card["labels"] = list(metadata.labels)
    if metadata.mean is not None and "mean" not in card.get("input", {}):
        card["input"] = {**card.get("input", {}), "mean": metadata.mean, "std": metadata.std}
    if "anchors" in card:
        card["anchors"]["file"] = Path(card["anchors"]["file"]).name
    _set_types(card, path)
    digest = hashlib.sha256(content).hexdigest()
    head = {"name": path.stem, "file": path.name, "sha256": digest, "size_bytes": len(content)}
    return {**card, **head, "made_from": {"file": model.path.name, "sha256": model.file.sha256}}


def _set_types(card: dict[str, Any], path: Path) -> None:
    """The card's own words on the types of inputs and outputs, if it has any, are those of the new file."""
    from edgedet.inference.runtime import open_runtime

    runtime = open_runtime(path, "litert", 1)
    card["input"] = {**card.get("input", {}), "dtype": str(runtime.inputs[0].dtype)}
    by_shape = {tensor.shape: str(tensor.dtype) for tensor in runtime.outputs}
    for output in card.get("outputs", {}).values():
        if isinstance(output, dict) and tuple(output.get("shape", ())) in by_shape:
            output["dtype"] = by_shape[tuple(output["shape"])]


def _tool() -> str:
    return f"ai-edge-quantizer {importlib.metadata.version('ai-edge-quantizer')}"


def _write_card(model: Path, card: dict[str, Any]) -> None:
    model.with_suffix(".json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
