"""Scores moved so that one confidence suits every class: 0.5, what programs assume."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import torch

from edgedet.errors import ConfigError
from edgedet.lab.training.checkpoint import TrainedModel


def centre_scores(model: TrainedModel, confidences: Mapping[str, float]) -> TrainedModel:
    """The same detector whose scores of 0.5 are those that were ``confidences`` before.

    A class's logits are all moved by one number, in the biases of its predictors. The order of its detections, and
    so its average precision, stays.

    Args:
        model: left as it is.
        confidences: for each class to move, the score that is to become 0.5; between 0 and 1.

    Raises:
        ConfigError: a class isn't the model's, or a confidence makes no sense.
    """
    shifts = torch.zeros(len(model.labels))
    for label, confidence in confidences.items():
        if label not in model.labels:
            raise ConfigError(f"--centre {label}: the model has {', '.join(model.labels)}")
        if not 0 < confidence < 1:
            raise ConfigError(f"--centre {label}={confidence}: wanted a score between 0 and 1")
        shifts[model.labels.index(label)] = -math.log(confidence / (1 - confidence))
    net = type(model.net)(model.net.architecture)
    net.load_state_dict(model.net.state_dict())
    with torch.no_grad():
        for predictor in net.classes:
            bias = predictor.pointwise.bias
            bias.add_(shifts.repeat(len(bias) // len(shifts)))
    return replace(model, net=net.eval(), about={**model.about, "centred": dict(confidences)})
