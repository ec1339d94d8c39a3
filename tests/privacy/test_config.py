from __future__ import annotations

import pytest
from pydantic import ValidationError

from edgedet.config.privacy import PrivacyConfig


def test_nothing_is_hidden_unless_asked_for() -> None:
    assert not PrivacyConfig().hides
    assert PrivacyConfig(blur=["person"]).hides
    assert PrivacyConfig(masks=[[[0, 0], [1, 0], [1, 1]]]).hides


@pytest.mark.parametrize(
    ("mask", "text"),
    [
        ([[0, 0], [1, 1], [1, 0], [0, 1]], "masks: polygon 2: it crosses itself"),
        ([[0, 0], [0.01, 0], [0, 0.01]], "masks: polygon 2: it covers"),
        ([[0, 0], [1, 0]], "masks: polygon 2: 2 points"),
        ([[0, 0], [1, 0], [1, 1.5]], "masks: polygon 2: point 3"),
    ],
)
def test_a_polygon_that_hides_less_than_it_seems_is_refused(mask: list[list[float]], text: str) -> None:
    good = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    with pytest.raises(ValidationError, match=text):
        PrivacyConfig(masks=[good, mask])


@pytest.mark.parametrize("values", [{"style": "smear"}, {"part": "face"}, {"hold": -1}, {"margin": 2}, {"blur": [""]}])
def test_values_that_mean_nothing_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PrivacyConfig(**values)  # type: ignore[arg-type]
