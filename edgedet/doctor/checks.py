"""The table of all checks, in the order in which they are shown: what others build on comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from edgedet.doctor import (
    accelerators,
    cameras,
    clock,
    encoder,
    exposure,
    groups,
    heat,
    memory,
    messages,
    model,
    packages,
    picamera,
    ports,
    service,
    settings,
    storage,
    system,
    wear,
)
from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding

SECONDS = 10.0
"""What a check may take."""
LOADING = 90.0
"""What one may take that loads packages, or asks a broker: much, on the smallest boards."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check.

    Attributes:
        name: what ``--only`` takes.
        group, title: what people read.
        run: looks.
        seconds: what it may take before it is given up.
        alone: runs when all others are done, for it measures.
    """

    name: str
    group: str
    title: str
    run: Callable[[Context], Finding | Iterable[Finding]]
    seconds: float = SECONDS
    alone: bool = False


CHECKS = (
    Check("settings", "Settings", "Settings file", settings.settings),
    Check("machine", "System", "64-bit", system.machine),
    Check("system", "System", "System", system.system),
    Check("python", "System", "Python", system.python),
    Check("version", "System", "edgedet", service.version),
    Check("clock", "System", "Clock", clock.clock),
    Check("memory", "System", "Memory", memory.memory),
    Check("numpy", "Packages", "NumPy", packages.numpy),
    Check("opencv", "Packages", "OpenCV", packages.opencv, LOADING),
    Check("runtime", "Packages", "Runtime", packages.runtime, LOADING),
    Check("simplejpeg", "Packages", "simplejpeg", picamera.simplejpeg, LOADING),
    Check("picamera2", "Packages", "picamera2", picamera.picamera2, LOADING),
    Check("libcamera", "Packages", "libcamera", picamera.libcamera),
    Check("temperature", "Board", "Temperature", heat.temperature),
    Check("throttled", "Board", "Throttling", heat.throttled),
    Check("power", "Board", "Power supply", heat.power),
    Check("cma", "Board", "Camera memory", memory.contiguous),
    Check("groups", "Board", "Groups", groups.groups),
    Check("accelerator", "Board", "Accelerator", accelerators.accelerators, LOADING),
    Check("camera", "Camera", "Camera", cameras.cameras, LOADING),
    Check("encoder", "Camera", "Encoder", encoder.encoder, LOADING),
    Check("card", "Model", "Model's card", model.card, LOADING),
    Check("model", "Model", "Inference", model.cost, 75.0, alone=True),
    Check("storage", "Storage", "Folder", storage.folder),
    Check("space", "Storage", "Space", storage.space),
    Check("wear", "Storage", "Wear", wear.wear),
    Check("database", "Storage", "Database", storage.database),
    Check("ports", "Network", "Ports", ports.ports),
    Check("exposure", "Network", "Who may look", exposure.exposure),
    Check("certificate", "Network", "Certificate", exposure.certificate),
    Check("mqtt", "Network", "MQTT", messages.mqtt, LOADING),
    Check("notify", "Network", "Messages", messages.notify),
    Check("service", "Service", "Service", service.service),
)
"""Every check there is."""
