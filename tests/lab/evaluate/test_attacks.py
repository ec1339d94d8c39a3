# ruff: noqa: E402
"""FGSM and PGD, on a network small enough to know what they should do."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from edgedet.lab.datasets import Dataset
from edgedet.lab.evaluate.attacks import ATTACKS, Attack, attacked, fgsm, pgd
from edgedet.lab.training.architecture import Architecture
from edgedet.lab.training.checkpoint import TrainedModel
from edgedet.lab.training.net import Ssd
from tests.lab.evaluate.made import ASTRONAUT, CAT, LABELS, picture


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def images() -> torch.Tensor:
    return torch.randint(0, 256, (2, 3, 24, 24), generator=torch.Generator().manual_seed(0)).float()


def curved(pixels: torch.Tensor) -> torch.Tensor:
    """A loss whose gradient's sign changes from step to step."""
    torch.manual_seed(1)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3),
        torch.nn.Tanh(),
        torch.nn.Conv2d(8, 4, 3),
        torch.nn.Flatten(),
        torch.nn.Linear(1600, 1),
    )
    return torch.sin(8 * net(pixels / 127.5 - 1)).sum()


@pytest.mark.parametrize("attack", [fgsm, pgd])
@pytest.mark.parametrize("epsilon", [2, 8])
def test_no_pixel_moves_further_than_epsilon(attack, epsilon: int, images: torch.Tensor) -> None:
    changed = attack(curved, images, epsilon)
    assert (changed - images).abs().max() <= epsilon
    assert changed.min() >= 0
    assert changed.max() <= 255
    assert ((changed.round() - images).abs() <= epsilon).all()


def test_fgsm_on_a_linear_loss_is_the_gradients_sign(images: torch.Tensor) -> None:
    weights = torch.randn(images.shape, generator=torch.Generator().manual_seed(2))
    changed = fgsm(lambda pixels: (pixels * weights).sum(), images, 4)
    assert torch.equal(changed, (images + 4 * weights.sign()).clamp(0, 255))


def test_ten_small_steps_beat_one_large_one(images: torch.Tensor) -> None:
    once, often = fgsm(curved, images, 8), pgd(curved, images, 8)
    assert curved(often) > curved(once)
    assert curved(often) > curved(images)


def test_the_start_is_seeded(images: torch.Tensor) -> None:
    assert torch.equal(pgd(curved, images, 4, seed=5), pgd(curved, images, 4, seed=5))
    assert not torch.equal(pgd(curved, images, 4, seed=5), pgd(curved, images, 4, seed=6))


def test_attacked_pictures_of_a_detector() -> None:
    torch.manual_seed(0)
    model = TrainedModel(Ssd(Architecture(2, size=192, width=0.35)).eval(), ("cat", "person"), {})
    people = cv2.imread(str(ASTRONAUT))
    assert people is not None
    side = people.shape[0]
    first = picture([[50, 30, 400, 480]], [0], path=ASTRONAUT, width=side, height=side)
    second = picture([[50, 30, 400, 280]], [1], path=CAT, width=451, height=300)
    dataset = Dataset(LABELS, (first, second))
    plain = list(attacked(model, dataset, Attack("none", 0)))
    assert (plain[0] == cv2.resize(people, (192, 192))).all()
    for attack in ATTACKS[1::3]:
        changed = list(attacked(model, dataset, attack))
        assert [(i.shape, i.dtype) for i in changed] == [((192, 192, 3), np.uint8)] * 2
        moved = np.abs(np.stack(changed).astype(int) - np.stack(plain))
        assert moved.max() == attack.epsilon
        assert (moved > 0).mean() > 0.5
