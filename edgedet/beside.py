"""Builds what runs beside the pipeline from the configuration: web, broker, messages, metrics, screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from edgedet.config import Config
from edgedet.control import Control
from edgedet.events.listener import Listener
from edgedet.metrics import build_metrics
from edgedet.publish import Publisher
from edgedet.service import Service


@dataclass(frozen=True, slots=True)
class Beside:
    """What runs beside the pipeline.

    Attributes:
        services: each with a thread of its own.
        publishers: of those, what wants frames.
        listeners: of those, what wants to hear of events.
    """

    services: list[Service] = field(default_factory=list)
    publishers: list[Publisher] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)


def build_beside(config: Config, control: Control, stop: Callable[[], None]) -> Beside:  # noqa: ARG001
    """Everything the configuration asks for, not yet open.

    Args:
        config: the settings.
        control: what may be asked of the cameras.
        stop: ends the application.

    Raises:
        ExtraMissing: something isn't installed.
    """
    beside = Beside(listeners=[control.monitor.told])
    if (metrics := build_metrics(config.metrics, control)) is not None:
        beside.services.append(metrics)
    return beside
