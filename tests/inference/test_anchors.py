"""The standard anchors, against values worked out by hand from the published generator."""

from __future__ import annotations

import numpy as np
import pytest

from edgedet.inference.anchors import ssd_anchors, standard_anchors


@pytest.mark.parametrize(("size", "count"), [(300, 1917), (320, 2034)])
def test_as_many_as_the_public_models_have(size: int, count: int) -> None:
    anchors = standard_anchors((size, size), count)
    assert anchors is not None
    assert anchors.shape == (count, 4)
    assert standard_anchors((size, size), count + 1) is None


def test_the_first_cells() -> None:
    anchors = ssd_anchors(300, 300)
    half = 0.5 / 19
    np.testing.assert_allclose(anchors[0], [half, half, 0.1, 0.1], atol=1e-6)
    np.testing.assert_allclose(anchors[1], [half, half, 0.2 * 2**0.5, 0.2 / 2**0.5], atol=1e-6)
    np.testing.assert_allclose(anchors[3, :2], [3 * half, half], atol=1e-6)  # columns before rows
    second_map = anchors[19 * 19 * 3]
    np.testing.assert_allclose(second_map, [0.05, 0.05, 0.35, 0.35], atol=1e-6)
    np.testing.assert_allclose(anchors[-1], [0.5, 0.5, (0.95 * 1.0) ** 0.5, (0.95 * 1.0) ** 0.5], atol=1e-6)
