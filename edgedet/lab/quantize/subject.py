"""A float model with all that its quantization is made from and judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgedet.errors import DataError
from edgedet.inference.detector import Detector
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.pixels import sha256_of
from edgedet.lab.quantize.activations import Activations, observe
from edgedet.lab.quantize.conversion import convert
from edgedet.lab.quantize.delivery import stage
from edgedet.lab.quantize.float_model import read_float_model
from edgedet.lab.quantize.layers import Layer, LayeredModel
from edgedet.lab.quantize.pictures import CalibrationSet, read_calibration
from edgedet.lab.quantize.proof import evaluation_set
from edgedet.lab.quantize.recipes import RECIPES, Choice
from edgedet.lab.quantize.sensitivity import Sensitivity, most_sensitive, sensitivities

SHOWN = 3
"""Calibration pictures on which the layers' errors are measured."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where calibration and evaluation pictures are from.

    Attributes:
        data: as :func:`read_calibration` takes it; none: only recipes without calibration can be made.
        split: of a dataset among them.
        pictures: how many are taken at most.
        evaluation: COCO JSON; None: no accuracy is measured.
        evaluation_split: which of its splits; empty: all.
        evaluation_pictures: how many at most; 0: all.
    """

    data: tuple[str, ...] = ()
    split: str = ""
    pictures: int = 128
    evaluation: Path | None = None
    evaluation_split: str = ""
    evaluation_pictures: int = 0


class Subject:
    """A float model ready for trials.

    Args:
        path: the float model.
        evidence: what it is calibrated with and judged by.
        keep: layers that mixed recipes keep, by number or regular expression; none: the most sensitive.
        keep_worst: how many are kept where none is named; 0: a tenth of those with weights.

    Attributes:
        model: the float model, checked.
        calibration: the pictures; None without.
        held: what its tensors held for them.
        dataset: evaluation pictures; None without.

    Raises:
        ModelError, DataError, ConfigError: the model, the pictures or a layer's name won't do.
    """

    def __init__(self, path: Path, evidence: Evidence, keep: Sequence[str] = (), keep_worst: int = 0) -> None:
        self.model: LayeredModel = read_float_model(path)
        self._named = self.model.named(keep)
        weighted = sum(layer.weight is not None for layer in self.model.layers)
        self._keep_worst = keep_worst or max(1, weighted // 10)
        self.evidence = evidence
        self.dataset: Dataset | None = None
        if evidence.evaluation is not None:
            labels = Detector(path, runtime="litert", threads=1).labels
            self.dataset = evaluation_set(
                evidence.evaluation, evidence.evaluation_split, labels, evidence.evaluation_pictures
            )
        self.calibration: CalibrationSet | None = None
        self.held: Activations | None = None
        if evidence.data:
            self.calibration = read_calibration(self.model, evidence.data, evidence.pictures, evidence.split)
            _refuse_overlap(self.calibration, self.dataset)
            self.held = observe(self.model, self.calibration.inputs)
        self._sensitive: dict[str, list[Sensitivity]] = {}

    def kept(self, choice: Choice) -> list[Layer]:
        """The layers that this recipe keeps in higher precision."""
        if not choice.recipe.keeps:
            return []
        plain = Choice(RECIPES["int8"], choice.calibration)
        return self._named or most_sensitive(self.sensitivities(plain), self._keep_worst)

    def quantize(self, choice: Choice, folder: Path) -> Path:
        """Make a quantized model with its card in a folder; returns its file."""
        kept = self.kept(choice)
        content = convert(self.model, choice, self.held, kept)
        facts: dict[str, object] = {"recipe": choice.recipe.name, "what": choice.recipe.summary}
        if choice.recipe.calibrated and self.calibration:
            facts["calibration"] = choice.calibration
            facts["pictures"] = len(self.calibration.inputs)
            facts["from"] = [Path(origin).name for origin in self.evidence.data]
        if kept:
            facts[f"kept_{choice.recipe.keeps}"] = [layer.title for layer in kept]
        return stage(self.model, content, folder, choice.stem, facts)

    def sensitivities(self, choice: Choice) -> list[Sensitivity]:
        """The layers' errors under a recipe, the worst first; empty without calibration pictures to measure on."""
        if self.calibration is None:
            return []
        if choice.name not in self._sensitive:
            content = convert(self.model, choice, self.held, self.kept(choice))
            shown = self.calibration.inputs[:SHOWN]
            self._sensitive[choice.name] = sensitivities(self.model, choice, self.held, content, shown)
        return self._sensitive[choice.name]


def _refuse_overlap(calibration: CalibrationSet, dataset: Dataset | None) -> None:
    """A model calibrated on the pictures it is judged by is judged too well."""
    if dataset is None:
        return
    known = calibration.digests()
    shared = [picture.path for picture in dataset if picture.path.is_file() and sha256_of(picture.path) in known]
    if shared:
        raise DataError(
            f"{shared[0]}: it and {len(shared) - 1} more evaluation pictures are also calibration pictures; "
            "calibrate on others (--split train, --eval-split val)"
        )
