"""Pictures changed a little, on purpose, to make a network miss: FGSM and PGD, bounded in the largest pixel change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from torch import Tensor

from edgedet.lab.datasets import Dataset, Picture
from edgedet.lab.training.checkpoint import TrainedModel
from edgedet.lab.training.loss import BatchTargets, detection_loss
from edgedet.lab.training.pictures import collate, load_sample
from edgedet.lab.training.targets import Matcher, Sample
from edgedet.types import Image

PGD_STEPS = 10
BATCH = 8

Loss = Callable[[Tensor], Tensor]
"""From pixels, float (B, 3, H, W), 0 to 255, to a scalar that an attack makes as large as it can."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to attack.

    Attributes:
        method: ``FGSM``, ``PGD``, or ``none`` for the same pictures unharmed.
        epsilon: most that a pixel's value may change, of 255.
    """

    method: str
    epsilon: int

    def __str__(self) -> str:
        return f"{self.method} {self.epsilon}/255" if self.epsilon else "no attack"


ATTACKS = (Attack("none", 0), *(Attack(method, epsilon) for method in ("FGSM", "PGD") for epsilon in (2, 4, 8)))


def fgsm(loss: Loss, images: Tensor, epsilon: float) -> Tensor:
    """One step of the gradient's sign (Goodfellow et al., Explaining and Harnessing Adversarial Examples, 2015).

    Args:
        loss: what to increase.
        images: float (B, 3, H, W), 0 to 255.
        epsilon: most that a pixel's value may change, of 255.
    """
    return _step(loss, images, images, epsilon, epsilon)


def pgd(loss: Loss, images: Tensor, epsilon: float, steps: int = PGD_STEPS, seed: int = 0) -> Tensor:
    """Projected gradient descent from a random start (Madry et al., Towards Deep Learning Models Resistant to
    Adversarial Attacks, 2018), with their step of 2.5 epsilon / steps.

    Args:
        loss: what to increase.
        images: float (B, 3, H, W), 0 to 255.
        epsilon: most that a pixel's value may change, of 255.
        steps: how many.
        seed: of the start.
    """
    generator = torch.Generator().manual_seed(seed)
    noise = torch.empty(images.shape).uniform_(-epsilon, epsilon, generator=generator).to(images.device)
    attacked = (images + noise).clamp(0, 255)
    for _ in range(steps):
        attacked = _step(loss, attacked, images, 2.5 * epsilon / steps, epsilon)
    return attacked


def _step(loss: Loss, start: Tensor, images: Tensor, length: float, epsilon: float) -> Tensor:
    pixels = start.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(pixels), pixels)
    moved = start + length * gradient.sign()
    return torch.minimum(torch.maximum(moved, images - epsilon), images + epsilon).clamp(0, 255).detach()


def attacked(model: TrainedModel, dataset: Dataset, attack: Attack, seed: int = 0) -> Iterator[Image]:
    """A dataset's pictures, resized to a float network's input and attacked through it.

    Args:
        model: the network whose gradients are followed, on the GPU if there is one.
        dataset: pictures with their objects: the loss is that of training.
        attack: how.
        seed: of PGD's start.

    Yields:
        uint8 (size, size, 3) BGR, in the dataset's order; no value further than epsilon from the resized picture's.

    Raises:
        DataError: a picture can't be read.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    net = model.net.to(device).eval().requires_grad_(False)
    matcher = Matcher(model.anchors, len(model.labels))
    known = dataset.with_labels(model.labels)
    for start in range(0, len(known), BATCH):
        samples = [_sample(picture, model.size) for picture in known.pictures[start : start + BATCH]]
        batch = collate(samples, [matcher(sample) for sample in samples])
        wanted = batch.targets
        targets = BatchTargets(wanted.labels.to(device), wanted.asked.to(device), wanted.encodings.to(device))

        def loss(pixels: Tensor, targets: BatchTargets = targets) -> Tensor:
            boxes, logits = net(pixels / 127.5 - 1)
            return sum(detection_loss(boxes, logits, targets))

        pixels = torch.from_numpy(np.stack([s.image for s in samples])).permute(0, 3, 1, 2).float().to(device)
        if attack.method == "FGSM":
            pixels = fgsm(loss, pixels, attack.epsilon)
        elif attack.method == "PGD":
            pixels = pgd(loss, pixels, attack.epsilon, seed=seed + start)
        for image in pixels.round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy():
            yield np.ascontiguousarray(image[..., ::-1])


def _sample(picture: Picture, size: int) -> Sample:
    sample = load_sample(picture, longest=max(picture.width, picture.height))
    return replace(sample, image=cv2.resize(sample.image, (size, size)).astype(np.uint8, copy=False))
