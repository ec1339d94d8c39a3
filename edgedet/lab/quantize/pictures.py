"""Calibration pictures: from folders, globs, videos, datasets, or ready-made tensors."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from edgedet.capture.images import is_image, read_image
from edgedet.capture.paths import expand
from edgedet.errors import DataError, SourceError
from edgedet.inference.preprocess import Preprocessor, normalisation
from edgedet.inference.runtime import open_runtime
from edgedet.lab.datasets.pixels import sha256_of
from edgedet.lab.quantize.layers import LayeredModel
from edgedet.lab.quantize.trace import Values
from edgedet.types import Image

log = logging.getLogger(__name__)

T = TypeVar("T")

FEW = 16
"""Fewer pictures than this hardly show what the tensors can hold."""


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationSet:
    """Inputs for a model, as real values.

    Attributes:
        inputs: float32 (1, H, W, C) each, made by the pipeline's preprocessing.
        files: the picture files they are from, for keeping them out of the evaluation; none for video frames.
        origin: where they are from, in words.
    """

    inputs: tuple[Values, ...]
    files: tuple[Path, ...]
    origin: str

    def digests(self) -> set[str]:
        """The sha256 of each file."""
        return {sha256_of(file) for file in self.files}


def read_calibration(model: LayeredModel, data: Sequence[str], most: int = 128, split: str = "") -> CalibrationSet:
    """Read calibration pictures and preprocess them as the camera's are.

    Args:
        model: the model; its card says how pixels are normalised.
        data: folders, globs, pictures, videos, COCO JSON files, or ``.npy`` files of ready inputs (N, H, W, C).
        most: how many are taken, evenly spread over all there are.
        split: of a dataset that has several, such as ``train``; empty: all.

    Raises:
        DataError: nothing is there, a file can't be read or decoded, or the values aren't normalised as the card says.
    """
    preprocess = _preprocessor(model)
    files, ready = _sources(data, split)
    inputs: list[Values] = [np.ascontiguousarray(array) for file in ready for array in _tensors(file, preprocess)]
    chosen = spread(files, most)
    share = max(1, most // max(1, len(chosen)))
    for file in chosen:
        try:
            for image in _images(file, share):
                tensor = np.empty((1, preprocess.height, preprocess.width, preprocess.channels), np.float32)
                preprocess(image, tensor)
                inputs.append(tensor)
        except SourceError as error:
            raise DataError(f"{error} (a calibration file: or leave it out)") from None
    inputs = spread(inputs, most)
    if not inputs:
        raise DataError(f"{', '.join(data)}: no calibration pictures in it; give at least {FEW}, better 100")
    _check(model, preprocess, inputs)
    if len(inputs) < FEW:
        log.warning("calibration: only %d pictures; ranges from so few miss much: give %d or more", len(inputs), FEW)
    return CalibrationSet(tuple(inputs), tuple(f for f in chosen if is_image(f)), ", ".join(data))


def spread(items: Sequence[T], most: int) -> list[T]:
    """At most so many of them, evenly spread, in their order."""
    if len(items) <= most:
        return list(items)
    return [items[i] for i in np.linspace(0, len(items) - 1, most).round().astype(int)]


def _preprocessor(model: LayeredModel) -> Preprocessor:
    card = model.card.input
    mean, std = card.mean, card.std
    if mean is None or std is None:
        mean, std = model.file.metadata.mean, model.file.metadata.std
    if mean is None:
        log.warning("%s: neither card nor metadata has mean and std; they are guessed from the input", model.path)
    tensor = open_runtime(model.path, "litert", 1).inputs[0]
    mean, std = (tuple(v.tolist()) for v in normalisation(tensor, mean, std, tensor.shape[-1]))
    real = replace(tensor, dtype=np.dtype(np.float32), scale=0.0, zero_point=0)
    return Preprocessor(real, mean, std, card.colour, "stretch" if card.resize == "auto" else card.resize)


def _sources(data: Sequence[str], split: str) -> tuple[list[Path], list[Path]]:
    files: list[Path] = []
    ready: list[Path] = []
    for path in data:
        if path.endswith(".json"):
            files += _dataset(Path(path), split)
            continue
        try:
            found = expand(path)
        except SourceError as error:
            raise DataError(f"--data: {error}") from None
        ready += [file for file in found if file.suffix == ".npy"]
        files += [file for file in found if file.suffix != ".npy"]
    return files, ready


def _dataset(path: Path, split: str) -> list[Path]:
    from edgedet.lab.datasets.formats import read_dataset

    dataset = read_dataset(path)
    if split and any(picture.split for picture in dataset):  # of several datasets some may have no splits
        dataset = dataset.of_split(split)
    if not dataset.pictures:
        what = f"split {split!r} has no pictures" if split else "no pictures in it"
        raise DataError(f"{path}: {what}; nothing to calibrate with")
    return [picture.path for picture in dataset]


def _images(file: Path, most: int) -> Iterator[Image]:
    """A picture, or frames evenly spread over a video whose length needn't be known."""
    if is_image(file):
        yield read_image(str(file))
        return
    from edgedet.capture.video import read_video

    kept: list[Image] = []
    stride = 1
    for number, shown in enumerate(read_video(str(file))):
        if number % stride == 0:
            kept.append(shown.image.copy())
        if len(kept) > 2 * most:
            kept, stride = kept[::2], stride * 2
    yield from spread(kept, most)


def _tensors(file: Path, preprocess: Preprocessor) -> Iterator[Values]:
    try:
        array = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{file}: not a NumPy file of inputs ({error})") from None
    wanted = (preprocess.height, preprocess.width, preprocess.channels)
    if array.ndim != 4 or array.shape[1:] != wanted or array.dtype.kind != "f":
        raise DataError(
            f"{file}: {array.dtype} {array.shape}; wanted inputs, float32 (N, {', '.join(map(str, wanted))})"
        )
    yield from array.astype(np.float32)[:, None]


def _check(model: LayeredModel, preprocess: Preprocessor, inputs: Sequence[Values]) -> None:
    """The range of the inputs against the one that the card's mean and std make of pixels."""
    ends = np.stack([(0 - preprocess.mean) / preprocess.std, (255 - preprocess.mean) / preprocess.std])
    low, high = float(ends.min()), float(ends.max())
    seen_low, seen_high = min(float(i.min()) for i in inputs), max(float(i.max()) for i in inputs)
    slack = 0.02 * (high - low)
    card = f"the card's mean {_short(preprocess.mean)} and std {_short(preprocess.std)} give {low:.3g} to {high:.3g}"
    if not (seen_low >= low - slack and seen_high <= high + slack):
        raise DataError(
            f"calibration: inputs from {seen_low:.3g} to {seen_high:.3g}, but {card}; "
            f"they are normalised differently: correct them, or the card of {model.path}"
        )
    if seen_high - seen_low < 0.6 * (high - low):
        log.warning(
            "calibration: inputs only from %.3g to %.3g, but %s; dark or flat pictures, or another normalisation",
            seen_low, seen_high, card,
        )  # fmt: skip


def _short(values: NDArray[np.float64]) -> str:
    return " ".join(f"{v:.4g}" for v in sorted(set(values.tolist())))
