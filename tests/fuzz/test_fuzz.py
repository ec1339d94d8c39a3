"""500 broken models and settings files: each ends in one clear line, or works after all.

A case that failed is made again by its number: ``models.mutate(NUMBER, models.whole_models())``.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.fuzz import configs, models
from tests.fuzz.command import complaints, judge

MODELS = range(7000, 7300)
CONFIGS = range(2000, 2200)


@pytest.mark.slow
def test_a_broken_model_ends_in_one_line(tmp_path: Path) -> None:
    whole = models.whole_models()
    image = tmp_path / "picture.png"
    cv2.imwrite(str(image), np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8))

    def case(number: int) -> str:
        what, content = models.mutate(number, whole)
        mutant = tmp_path / f"{number}.tflite"
        mutant.write_bytes(content)
        wrong = complaints(tmp_path, mutant, "detect", str(image), "-m", str(mutant), "--json", "-c", "0.1")
        mutant.unlink()
        return wrong and f"{what}: {wrong}"

    wrong = judge(MODELS, case)
    assert not wrong, wrong


@pytest.mark.slow
def test_a_broken_settings_file_ends_in_one_line(tmp_path: Path) -> None:
    def case(number: int) -> str:
        file = tmp_path / f"{number}.toml"
        file.write_bytes(configs.mutate(number))
        return complaints(tmp_path, file, "config", "check", str(file))

    wrong = judge(CONFIGS, case)
    assert not wrong, wrong


def test_the_unbroken_models_are_detectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the fuzz would only ever see refusals."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    from edgedet.inference.detector import Detector
    from edgedet.inference.flatfile import read_model

    for number, content in enumerate(models.whole_models()):
        path = tmp_path / f"{number}.tflite"
        path.write_bytes(content)
        assert read_model(path).metadata.labels == ("person", "cat", "dog")
        if number:  # the first is the bundled one without its card, so without its anchors
            assert Detector(path).labels == ("person", "cat", "dog")
