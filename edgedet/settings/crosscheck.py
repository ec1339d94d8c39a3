"""What each table for itself can't know: whether what it names is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from edgedet.config import CameraConfig, Config
from edgedet.config.rules import check
from edgedet.mistakes import closest


def mismatches(
    config: Config, origins: Mapping[str, str], places: Mapping[str, str], labels: Collection[str] | None = None
) -> list[str]:
    """A line for each zone, line, label or camera that is named but isn't there.

    Args:
        config: every value.
        origins: where each is from, by key name.
        places: where each named table stands.
        labels: those the model knows; None: not known yet, so that any may stand.
    """

    def where(camera: CameraConfig, name: str) -> str:
        """Where a key or named table stands: in the camera itself, or in what is for all."""
        known = {**places, **{key: origin for key, origin in origins.items() if origin != "default"}}
        ways = [f"camera.{camera.name}.{name}", name]
        ways += [way.rpartition(".")[0] for way in ways]
        return next((known[way] for way in ways if way in known), "default")

    found = [
        (camera.name, where(camera, said.partition(":")[0]), said)
        for camera in config.cameras
        for said in _of_camera(camera, labels)
    ]
    shared = Counter((origin, said) for _, origin, said in found)
    lines = [
        f"{origin}: {said}" if shared[origin, said] == len(config.cameras) else f"{origin}: camera.{camera}.{said}"
        for camera, origin, said in found
    ]
    others = [
        *_of_retention(config, origins),
        *_of_notify(config, origins, labels),
        *_of_gpio(config, origins, labels),
    ]
    return list(dict.fromkeys([*lines, *others]))


def _of_camera(camera: CameraConfig, labels: Collection[str] | None) -> Iterator[str]:
    yield from check(camera.zones, camera.lines, camera.rules, labels)
    for label in camera.privacy.blur:
        if labels is not None and label not in labels:
            yield f'privacy.blur: "{label}" is no label of the model; {_hint(label, labels)}'


def _of_retention(config: Config, origins: Mapping[str, str]) -> Iterator[str]:
    names = [camera.name for camera in config.cameras]
    for name in config.retention.cameras:
        if name not in names:
            yield f'{origins["retention.cameras"]}: retention.cameras: "{name}" is no camera; {_hint(name, names)}'


def _of_notify(config: Config, origins: Mapping[str, str], labels: Collection[str] | None) -> Iterator[str]:
    cameras = config.cameras
    known = {
        "cameras": {camera.name for camera in cameras},
        "zones": {zone for camera in cameras for zone in camera.zones},
        "rules": {rule for camera in cameras for rule in camera.rules} or labels,
        "labels": labels,
    }
    for key, names in known.items():
        for name in getattr(config.notify, key):
            if names is not None and name not in names:
                hint = _hint(name, names) if names else f"there is none yet, add [{key}.{name}]"
                yield f'{origins[f"notify.{key}"]}: notify.{key}: "{name}" is no {key[:-1]}; {hint}'


def _of_gpio(config: Config, origins: Mapping[str, str], labels: Collection[str] | None) -> Iterator[str]:
    gpio, names = config.gpio, {camera.name for camera in config.cameras}
    rules = {rule for camera in config.cameras for rule in camera.rules} or labels
    for key, known in (("relay_rules", rules), ("relay_labels", labels), ("pir_cameras", names)):
        for name in getattr(gpio, key):
            if known is not None and name not in known:
                kind = key.partition("_")[2][:-1]
                yield f'{origins[f"gpio.{key}"]}: gpio.{key}: "{name}" is no {kind}; {_hint(name, known)}'
    for camera in config.cameras:
        if not gpio.pir_watches(camera.name):
            continue
        given = "pir" if origins["gpio.pir_mode"] == "default" else "pir_mode"
        mode = f"{origins[f'gpio.{given}']}: gpio.pir_mode: {gpio.pir_mode}"
        if gpio.pir_mode != "alone" and not camera.motion.enabled:
            yield f"{mode} needs the picture of {camera.name} to be compared; set motion.enabled there, or take alone"
        if gpio.pir_mode != "or" and camera.privacy.blur:  # what moves unseen would show at its new place
            yield f"{mode} would let {camera.name} show what privacy.blur hides until the sensor sees it; take or"


def _hint(name: str, known: Collection[str]) -> str:
    close = closest(name, known)
    return f"did you mean {close}?" if close else f"there are {', '.join(sorted(known))}"
