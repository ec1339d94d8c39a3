"""Builds what runs beside the pipeline from the configuration: web, broker, messages, metrics, screen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from edgedet.archive import build_archive
from edgedet.camera import Recording
from edgedet.collect import build_collect
from edgedet.config import Config
from edgedet.control import Control
from edgedet.detecting import Detecting
from edgedet.display import build_display
from edgedet.drift import build_drift
from edgedet.events.listener import Listener
from edgedet.events.store import StoreError
from edgedet.governor import build_governor
from edgedet.gpio import Pir, build_gpio
from edgedet.metrics import build_metrics
from edgedet.mqtt import build_mqtt
from edgedet.notify import build_notifier
from edgedet.privacy.switch import state_folder
from edgedet.publish import Publisher
from edgedet.service import Service
from edgedet.web import build_web, check_extra

if TYPE_CHECKING:
    from edgedet.drift.service import DriftService
    from edgedet.outbox import Outbox
    from edgedet.web.hub import Hub

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=1)
"""How far before the newest message news may be missing from the outbox."""


@dataclass(slots=True)
class Beside:
    """What runs beside the pipeline, not yet open.

    Attributes:
        services: each with a thread of its own.
        publishers: of those, what wants frames.
        listeners: of those, what wants to hear of events.
        outbox: where messages wait; None: nobody is sent any.
    """

    services: list[Service] = field(default_factory=list)
    publishers: list[Publisher] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    outbox: Outbox | None = None

    def close(self) -> None:
        """Let go of what is left once the services have ended."""
        if self.outbox is not None:
            self.outbox.close()


def build_hub(config: Config) -> Hub | None:
    """What hands pictures, results and events to those who watch the page; None: nobody can.

    Raises:
        ExtraMissing: a package of ``edgedet[web]`` isn't installed.
    """
    if not config.web.enabled:
        return None
    check_extra()
    from edgedet.web.hub import Hub
    from edgedet.web.logtail import attached

    attached()  # the log begins here, for whoever reads it on the page
    return Hub(config.cameras, config.live)


def tapped(recorders: Mapping[str, Recording], hub: Hub | None) -> dict[str, Recording]:
    """The recorders by camera, each sharing the camera's packets with those who watch it, where there are any."""
    shared = dict(recorders)
    if hub is not None:
        from edgedet.web.webrtc import Fork

        for name, film in hub.films.items():
            if film.tap is not None:
                shared[name] = Fork(recorders.get(name), film.tap)
    return shared


def build_beside(
    config: Config,
    control: Control,
    detecting: Detecting,
    hub: Hub | None,
    stop: Callable[[], None],
    pir: Pir | None = None,
) -> Beside:
    """Everything the configuration asks for.

    Args:
        config: the settings.
        control: what may be asked of the cameras.
        detecting: the detector's loop, for what regulates it.
        hub: see :func:`build_hub`.
        stop: ends the application.
        pir: see :func:`edgedet.gpio.build_pir`.

    Raises:
        ConfigError: an address or a file that a setting names can't be used.
        ExtraMissing: something isn't installed.
    """
    beside = Beside(listeners=[control.monitor.told])
    if hub is not None:
        beside.publishers.append(hub)
        beside.listeners.append(hub)
        control.watch(hub.switched)
        if (web := build_web(config.web, control, hub.feeds, hub)) is not None:
            beside.services.append(web)
    if (display := build_display(config, control, stop)) is not None:
        beside.services.append(display)
        beside.publishers.append(display.publisher)
    drift = build_drift(config)
    if config.mqtt.host or config.notify.wanted:
        _add_senders(beside, config, control, drift)
    if (archive := build_archive(config)) is not None:
        beside.services.append(archive)
        beside.listeners.append(archive)
    if (metrics := build_metrics(config.metrics, control)) is not None:
        beside.services.append(metrics)
    if (governor := build_governor(config, control, detecting)) is not None:
        beside.services.append(governor)
    if drift is not None:
        beside.services.append(drift)
        beside.publishers.append(drift.publisher)
    if (collect := build_collect(config, detecting, drift)) is not None:
        beside.services.append(collect)
        beside.publishers.append(collect.publisher)
    if (gpio := build_gpio(config.gpio, control, pir)) is not None:
        beside.services.append(gpio)
        beside.listeners.append(gpio)
    return beside


def _add_senders(beside: Beside, config: Config, control: Control, drift: DriftService | None) -> None:
    """What sends events elsewhere, and first of all those that a crash kept from being sent."""
    from edgedet.outbox import Outbox

    storage = config.storage.path
    beside.outbox = outbox = Outbox(state_folder(storage) / "outbox.db")
    newest = outbox.newest()
    since = newest - OVERLAP if newest is not None and storage is not None else None
    mqtt, notifier = build_mqtt(config.mqtt, control, outbox), build_notifier(config.notify, outbox)
    if mqtt is not None:
        beside.services.append(mqtt)
        beside.publishers.append(mqtt.publisher)
        beside.listeners.append(mqtt)
    if notifier is not None:
        beside.services.append(notifier)
        beside.listeners.append(notifier)
        if drift is not None:
            drift.tell(notifier.tell)
    for sender in (mqtt, notifier):
        if sender is not None and since is not None and storage is not None:
            try:
                sender.catch_up(storage, since)
            except StoreError as error:
                log.warning("%s: events of before the start may not be told: %s", sender.name, error)
