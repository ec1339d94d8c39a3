from __future__ import annotations

import cv2
import numpy as np
import pytest

from edgedet.config.privacy import PrivacyConfig
from edgedet.privacy import proof as proofs
from edgedet.privacy.comparison import side_by_side
from edgedet.privacy.encoded import through_h264, through_jpeg
from edgedet.privacy.proof import likeness, prove
from edgedet.types import Image
from tests.places import ROOT
from tests.privacy.made import LABELS, frame, noise, people

FACE = (150, 20, 330, 250)


@pytest.fixture(scope="module")
def astronaut() -> Image:
    image = cv2.imread(str(ROOT / "edgedet" / "capture" / "photos" / "astronaut.jpg"))
    return np.asarray(image, np.uint8)


@pytest.mark.parametrize("style", ["pixelate", "blur", "black"])
def test_a_covered_face_is_gone_after_both_encodings(astronaut: Image, style: str) -> None:
    config = PrivacyConfig(masks=[[[0, 0], [0.25, 0], [0.25, 0.6]]], blur=["person"], style=style)
    proof = prove(frame(astronaut.copy()), lambda _: people(FACE), LABELS, config, 80)
    assert [check.text for check in proof.checks if not check.passed] == []
    assert len(proof.checks) == 4
    assert proof.passed


@pytest.mark.parametrize("encode", [lambda image: through_jpeg(image, 80), through_h264], ids=["jpeg", "h264"])
def test_a_face_left_as_it_is_or_hardly_blurred_is_told(astronaut: Image, encode: object) -> None:
    x1, y1, x2, y2 = FACE
    soft = astronaut.copy()
    soft[y1:y2, x1:x2] = cv2.GaussianBlur(soft[y1:y2, x1:x2], (0, 0), 4)
    for image in (astronaut, soft):
        seen = encode(image)  # type: ignore[operator]
        assert likeness(astronaut[y1:y2, x1:x2], seen[y1:y2, x1:x2]) > proofs.LIKENESS_MOST


def test_a_pipeline_that_covers_nothing_fails(astronaut: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs.Blur, "cover", lambda _self, covered, _found: covered)
    monkeypatch.setattr(proofs.Masks, "cover", lambda _self, covered: covered)
    config = PrivacyConfig(masks=[[[0.5, 0.5], [1, 0.5], [1, 1], [0.5, 1]]], blur=["person"])
    proof = prove(frame(astronaut.copy()), lambda _: people(FACE), LABELS, config, 80)
    assert [check.passed for check in proof.checks] == [False] * 4


def test_a_mask_shifted_by_a_block_fails(astronaut: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = proofs.Masks([[[0.55, 0.5], [1, 0.5], [1, 1], [0.55, 1]]])
    monkeypatch.setattr(proofs.Masks, "cover", lambda _self, each: frame(wrong.apply(each.image)))
    config = PrivacyConfig(masks=[[[0.5, 0.5], [1, 0.5], [1, 1], [0.5, 1]]])
    proof = prove(frame(astronaut.copy()), lambda _: people(), LABELS, config, 80)
    assert not proof.passed


def test_a_picture_without_anybody_proves_nothing(astronaut: Image) -> None:
    proof = prove(frame(astronaut.copy()), lambda _: people(), LABELS, PrivacyConfig(blur=["person"]), 80)
    assert not proof.passed
    assert "none found in this picture" in proof.checks[0].text


@pytest.mark.parametrize("size", [(17, 9), (161, 121), (2, 2)])
def test_odd_and_tiny_pictures(size: tuple[int, int]) -> None:
    config = PrivacyConfig(masks=[[[0, 0], [1, 0], [1, 1], [0, 1]]], blur=["person"], style="black")
    proof = prove(frame(noise(*size)), lambda _: people((0, 0, *size)), LABELS, config, 80)
    assert proof.passed
    assert all(image.shape == proof.original.shape for image in proof.seen.values())
    assert side_by_side(proof).shape[1] == 3 * size[0]
