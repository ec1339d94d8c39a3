"""Training pictures in memory, and the batches drawn from them."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from edgedet.errors import DataError
from edgedet.lab.datasets import Dataset, Picture
from edgedet.lab.training import augment
from edgedet.lab.training.colour import colour, degrade
from edgedet.lab.training.loss import BatchTargets
from edgedet.lab.training.targets import Matcher, Sample, Targets

LONGEST = 512
"""Pictures are kept at most so many pixels long: crops of them are still sharp at the net's input."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """images: float32 (B, 3, S, S) in -1..1, RGB; and what the net should say of them."""

    images: torch.Tensor
    targets: BatchTargets


def load_sample(picture: Picture, longest: int = LONGEST) -> Sample:
    """A picture's pixels, scaled down if need be, and its objects; crowds and unlabelled classes are unknown regions.

    Raises:
        DataError: the image can't be read.
    """
    image = read_rgb(picture.path)
    factor = longest / max(image.shape[:2])
    if factor < 1:
        size = max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    scale = np.array([picture.width, picture.height] * 2, np.float32)
    boxes = (picture.boxes / scale).clip(0, 1)
    sound = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    objects, crowds = sound & ~picture.crowd, sound & picture.crowd
    missing = np.flatnonzero(~picture.known)
    everywhere = np.tile(np.array([[0, 0, 1, 1]], np.float32), (len(missing), 1))
    return Sample(
        image,
        boxes[objects],
        picture.labels[objects],
        np.concatenate([boxes[crowds], everywhere]),
        np.concatenate([picture.labels[crowds], missing]),
    )


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """uint8 (H, W, 3), RGB. Raises DataError if the file isn't a picture."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise DataError(f"{path}: can't be read as a picture; run: edgedet dataset check")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


class Pool:
    """All training pictures, decoded, and the chance of each to be drawn.

    Args:
        datasets: with the same labels.
        shares: how much of every batch comes from each dataset, on average; None: as many as it has pictures.
        empty: chance of a picture without objects relative to one with some.
    """

    def __init__(self, datasets: Sequence[Dataset], shares: Sequence[float] | None = None, empty: float = 0.25) -> None:
        pictures = [(p, i) for i, dataset in enumerate(datasets) for p in dataset]
        if not pictures:
            raise DataError(f"{', '.join(d.name for d in datasets)}: no pictures to train on; give annotated ones")
        if not any(len(p) for p, _ in pictures):
            names = ", ".join(datasets[0].labels)
            raise DataError(
                f"{', '.join(d.name for d in datasets)}: not one box of {names}; check the labels asked for"
            )
        with concurrent.futures.ThreadPoolExecutor() as threads:
            self.samples = list(threads.map(lambda item: load_sample(item[0]), pictures))
        origin = np.array([i for _, i in pictures])
        weights = np.array([1.0 if len(p) else empty for p, _ in pictures])
        if shares is not None:
            for i, share in enumerate(shares):
                weights[origin == i] *= share / max(weights[origin == i].sum(), 1e-9)
        self.chances = weights / weights.sum()

    def draw(self, rng: np.random.Generator) -> Sample:
        """One picture."""
        return self.samples[int(rng.choice(len(self.samples), p=self.chances))]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How often each change is made: chances from 0 to 1."""

    mosaic: float = 0.25
    crop: float = 0.6
    zoom_out: float = 0.3
    flip: float = 0.5
    colour: float = 0.8
    degrade: float = 1.0

    def __call__(self, pool: Pool, size: int, rng: np.random.Generator) -> Sample:
        """A picture from the pool, changed, at the net's size."""
        if rng.random() < self.mosaic:
            sample = augment.mosaic([self._framed(pool.draw(rng), rng) for _ in range(4)], size, rng)
        else:
            sample = self._framed(pool.draw(rng), rng)
            if rng.random() < self.zoom_out:
                sample = augment.zoom_out(sample, rng)
            sample = augment.resize(sample, size, rng)
        image = np.ascontiguousarray(sample.image)
        if rng.random() < self.colour:
            image = colour(image, rng)
        if rng.random() < self.degrade:
            image = degrade(image, rng)
        return replace(sample, image=image)

    def _framed(self, sample: Sample, rng: np.random.Generator) -> Sample:
        if rng.random() < self.crop:
            sample = augment.crop(sample, rng)
        return augment.flip(sample) if rng.random() < self.flip else sample


class Batches:
    """The batches of a run. Each depends on the seed and its number alone: a run that resumes sees the same ones.

    Args:
        pool: where pictures are drawn.
        matcher: makes their targets.
        size: the net's input side, in pixels.
        batch: pictures in a batch.
        seed: of everything random.
        augmentation: what is done to each picture.
    """

    def __init__(
        self, pool: Pool, matcher: Matcher, size: int, batch: int, seed: int, augmentation: Augmentation
    ) -> None:
        self._pool, self._matcher, self._size = pool, matcher, size
        self._batch, self._seed, self._augmentation = batch, seed, augmentation

    def make(self, step: int) -> Batch:
        """The batch of one step."""
        rng = np.random.default_rng((self._seed, step))
        samples = [self._augmentation(self._pool, self._size, rng) for _ in range(self._batch)]
        return collate(samples, [self._matcher(sample) for sample in samples])

    def run(self, first: int, end: int, ahead: int = 3) -> Iterator[Batch]:
        """The batches of steps ``first`` to ``end``, made ahead in a thread of their own."""
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            waiting = [thread.submit(self.make, step) for step in range(first, min(first + ahead, end))]
            for step in range(first, end):
                batch = waiting.pop(0).result()
                if step + ahead < end:
                    waiting.append(thread.submit(self.make, step + ahead))
                yield batch


def collate(samples: Sequence[Sample], targets: Sequence[Targets]) -> Batch:
    """Samples of one size as tensors."""
    pixels = torch.from_numpy(np.stack([s.image for s in samples])).permute(0, 3, 1, 2)
    return Batch(
        pixels.float() / 127.5 - 1,
        BatchTargets(
            torch.from_numpy(np.stack([t.labels for t in targets])),
            torch.from_numpy(np.stack([t.asked for t in targets])),
            torch.from_numpy(np.stack([t.encodings for t in targets])),
        ),
    )
