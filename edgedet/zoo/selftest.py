"""Whether a model finds on this device what it found where it was made, and soon enough.

A hash tells that the file is the right one. It doesn't tell that this board's interpreter, delegate or accelerator
computes with it what it should: that is seen in pictures whose objects are known.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from edgedet.config.model import ModelConfig
from edgedet.disk import disk_error, write_durably
from edgedet.errors import ModelError
from edgedet.inference.detector import Detector
from edgedet.inference.kept import Limits
from edgedet.zoo.catalogue import read_card
from edgedet.zoo.sample import PHOTOS, SURE, Sample, difference, sample_of

TOLERANCE, OVERLAP = 0.2, 0.6
"""Interpreters of other processors round otherwise: by how much scores may differ, and the least IoU of boxes."""
RUNS = 9
"""Runs whose median is the model's time."""

_SAMPLES = TypeAdapter(tuple[Sample, ...])


def self_test(path: Path, config: ModelConfig, at_most: float = 0.0) -> str:
    """Run a model on its card's pictures, as the service would run it, and compare.

    Args:
        path: the model.
        config: runtime, threads, delegate and isolation to run it with.
        at_most: milliseconds its median run may take, preparing and decoding included; 0: any.

    Returns:
        What was tested, in words.

    Raises:
        ModelError: it finds something else, is too slow, can't be run, or its card has no self-test.
        RuntimeMissing: no interpreter is installed, or the delegate can't be loaded.
    """
    samples = samples_of(path)
    if not samples:
        raise ModelError(
            f"{path}: its card has no self-test; record one where it is good: edgedet models test --record"
        )
    detector = _open(path, config, SURE - TOLERANCE)
    times = []
    for sample in samples:
        image = sample.image()
        seen, _ = detector.detect_timed(image)
        wrong = difference(sample, image, seen, TOLERANCE, OVERLAP)
        if wrong is not None:
            raise ModelError(f"{path}: fails its self-test: {sample.photo}: {wrong}; keep the model of before")
        times += [sum(detector.detect_timed(image)[1].values()) for _ in range(RUNS)]
    taken = statistics.median(times) * 1000
    if at_most and taken > at_most:
        raise ModelError(
            f"{path}: fails its self-test: {taken:.0f} ms a picture, {at_most:.0f} are allowed; "
            "take a smaller model, more threads or an accelerator"
        )
    return f"finds what it should in {len(samples)} pictures, {taken:.1f} ms each"


def samples_of(path: Path) -> tuple[Sample, ...]:
    """The self-test on a model's card. Raises ModelError if the card or the self-test can't be read."""
    try:
        return _SAMPLES.validate_python(read_card(path).get("self_test", ()))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, ("self_test", *first["loc"])))
        raise ModelError(f"{path}: the card's {key}: {first['msg']}; record it again: models test --record") from None


def record(path: Path, config: ModelConfig) -> tuple[Sample, ...]:
    """What a model finds now in every photograph; from here on that is what it should find.

    Written into the card beside it, which is made if there is none.

    Raises:
        ModelError: the model or its card can't be read, or it can't be run. OutputError: the card can't be written.
    """
    card, detector = read_card(path), _open(path, config, SURE)
    samples = []
    for file in sorted(PHOTOS.glob("*.jpg")):
        image = Sample.model_validate({"photo": file.name, "found": ()}).image()
        samples.append(sample_of(file.name, image, detector.detect_timed(image)[0]))
    card.setdefault("sha256", detector.model.sha256)
    card["self_test"] = [sample.model_dump(mode="json") for sample in samples]
    _write(path.with_suffix(".json"), json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    return tuple(samples)


def registry_lines(samples: Sequence[Sample]) -> str:
    """A self-test as a registry states it: TOML, for the table of a model."""
    rows = []
    for sample in samples:
        found = ", ".join(
            f"{{ label = {json.dumps(each.label)}, score = {each.score}, box = {list(each.box)} }}"
            for each in sample.found
        )
        rows.append(f'    {{ photo = "{sample.photo}", found = [{found}] }},')
    return "\n".join(["self_test = [", *rows, "]"])


def _open(path: Path, config: ModelConfig, confidence: float) -> Detector:
    detector = Detector(
        path,
        runtime=config.runtime,
        threads=config.threads,
        delegate=config.delegate,
        delegate_fallback=config.delegate_fallback,
        resize=config.resize,
        isolate=config.isolate,
    )
    detector.limits = Limits.of(detector.labels, confidence)
    return detector


def _write(file: Path, text: str) -> None:
    try:
        write_durably(file, text.encode())
    except OSError as error:
        raise disk_error(file, error) from None
