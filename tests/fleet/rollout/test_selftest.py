"""A model is tried on pictures whose objects are known, where it is to run."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgedet.config.model import ModelConfig
from edgedet.errors import ConfigError, ModelError
from edgedet.types import Detections
from edgedet.zoo.pull import _card
from edgedet.zoo.registry import parse_registry
from edgedet.zoo.sample import Sample, difference, sample_of
from edgedet.zoo.selftest import record, registry_lines, samples_of, self_test
from tests.cli.script import edgedet
from tests.places import ROOT

STARTER = ROOT / "models" / "starter-256-int8.tflite"
IMAGE = np.zeros((100, 200, 3), np.uint8)


def seen(*rows: tuple[int, float, tuple[float, float, float, float]]) -> Detections:
    return Detections(
        np.array([row[2] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[1] for row in rows], np.float32),
        np.array([row[0] for row in rows], np.int32),
        ("person", "cat"),
    )


def expected(*rows: tuple[str, float, list[float]]) -> Sample:
    found = [{"label": label, "score": score, "box": box} for label, score, box in rows]
    return Sample.model_validate({"photo": "hopper.jpg", "found": found})


def differs(sample: Sample, found: Detections) -> str | None:
    return difference(sample, IMAGE, found, 0.2, 0.6)


PERSON = expected(("person", 0.8, [0.1, 0.1, 0.5, 0.9]))


def test_what_differs() -> None:
    assert differs(PERSON, seen((0, 0.7, (20, 10, 100, 90)))) is None
    assert differs(PERSON, seen((0, 0.7, (22, 12, 98, 90)), (1, 0.65, (0, 0, 9, 9)))) is None
    assert differs(PERSON, seen()) == "person 0.80 is expected, and nothing is found there"
    assert differs(PERSON, seen((1, 0.8, (20, 10, 100, 90)))) == "person 0.80 is expected, and cat 0.80 found there"
    assert differs(PERSON, seen((0, 0.8, (120, 10, 200, 90)))) is not None
    assert differs(PERSON, seen((0, 0.55, (20, 10, 100, 90)))) is not None
    surplus = seen((0, 0.8, (20, 10, 100, 90)), (1, 0.75, (0, 0, 9, 9)))
    assert differs(PERSON, surplus) == "nothing more is expected, and cat 0.75 found there"
    assert differs(expected(), seen()) is None


def test_one_object_is_not_found_for_two() -> None:
    twice = expected(("person", 0.8, [0.1, 0.1, 0.5, 0.9]), ("person", 0.7, [0.12, 0.1, 0.5, 0.9]))
    assert differs(twice, seen((0, 0.75, (20, 10, 100, 90)))) is not None


def test_what_is_found_is_what_is_expected() -> None:
    found = seen((0, 0.8, (20, 10, 100, 90)), (1, 0.6, (0, 0, 50, 50)))
    assert differs(sample_of("hopper.jpg", IMAGE, found), found) is None


@pytest.mark.parametrize("file", sorted((ROOT / "models").glob("*.tflite")), ids=lambda file: str(file.stem))
def test_bundled_models_pass_theirs(file: Path) -> None:
    assert "finds what it should in 3 pictures" in self_test(file, ModelConfig())


def damaged(folder: Path) -> Path:
    """The starter with noise for half its weights, and the card of the sound one."""
    content = bytearray(STARTER.read_bytes())
    begin, end = len(content) // 4, len(content) * 3 // 4
    content[begin:end] = np.random.default_rng(1).bytes(end - begin)
    file = folder / "damaged.tflite"
    file.write_bytes(content)
    card = json.loads(STARTER.with_suffix(".json").read_text())
    card.pop("sha256")
    file.with_suffix(".json").write_text(json.dumps(card))
    return file


def test_a_damaged_model_and_a_slow_one_fail(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"damaged\.tflite: fails its self-test: .*jpg: .*; keep the model of before"):
        self_test(damaged(tmp_path), ModelConfig())
    with pytest.raises(ModelError, match=r"ms a picture, 0 are allowed"):
        self_test(STARTER, ModelConfig(), at_most=0.01)


def test_recorded_stated_pulled_and_tried(tmp_path: Path) -> None:
    """From the lab to a registry to a camera's card."""
    file = Path(shutil.copy(STARTER, tmp_path / "mine.tflite"))
    with file.open("ab") as handle:
        handle.write(bytes(16))  # another file, of which the bundled card doesn't speak
    file.with_suffix(".json").write_text('{"labels": ["person", "cat", "dog"]}')
    with pytest.raises(ModelError, match="has no self-test; record one"):
        self_test(file, ModelConfig())
    samples = record(file, ModelConfig())
    assert samples_of(file) == samples
    text = f'[models.mine]\nurl = "https://models.example/mine.tflite"\n{registry_lines(samples)}\n'
    entry = parse_registry(text, "registry.toml").models["mine"]
    assert entry.self_test == samples

    class Model:
        sha256, size_bytes = "00", 1

        class metadata:
            labels = None

    model: Any = Model
    card = _card(entry, model)
    assert json.loads(json.dumps(card["self_test"])) == [sample.model_dump(mode="json") for sample in samples]
    assert "3 pictures" in self_test(file, ModelConfig())


def test_a_registry_with_a_self_test_that_is_none() -> None:
    text = '[models.mine]\nurl = "https://models.example/m.tflite"\nself_test = [{ photo = "me.jpg", found = [] }]\n'
    with pytest.raises(ConfigError, match=r"registry\.toml:3: models\.mine\.self_test: .*models test --record"):
        parse_registry(text, "registry.toml")


def test_as_a_user_runs_it(tmp_path: Path) -> None:
    def models(*args: str) -> subprocess.CompletedProcess[str]:
        return edgedet("models", "test", *args, cwd=tmp_path, env={"EDGEDET_MODELS": str(tmp_path)})

    done = models("starter-256", "--at-most", "60000")
    assert (done.returncode, done.stdout[:48]) == (0, "starter-256: finds what it should in 3 pictures,")
    done = models(str(damaged(tmp_path)))
    assert (done.returncode, done.stdout) == (2, "")
    assert "fails its self-test" in done.stderr
    done = models("coral-ssd-mobilenet-v2")
    assert (done.returncode, "edgedet models pull" in done.stderr) == (2, True)
