"""The public surface is a promise."""

from __future__ import annotations

import edgedet


def test_public_names() -> None:
    assert edgedet.__all__ == ["Detections", "Detector", "EdgedetError", "Frame", "FrameResult"]
    for name in edgedet.__all__:
        assert getattr(edgedet, name).__name__ == name


def test_nothing_else_appears() -> None:
    assert not hasattr(edgedet, "Detectr")
