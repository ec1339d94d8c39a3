"""The zones, lines and rules of a camera in the settings file: read from there, and saved there."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import HTTPException

from edgedet.config import CameraConfig
from edgedet.config.rules import check as mistakes
from edgedet.control import Control
from edgedet.errors import ConfigError
from edgedet.settings import Settings
from edgedet.web.drawing_edit import KINDS, Named, changes, edited
from edgedet.web.replayed import Drawing
from edgedet.web.settings_file import SettingsText, check, put, replace

log = logging.getLogger(__name__)

_one_at_a_time = threading.Lock()
_WHERE = "start it with one: edgedet config init, then edgedet run --config edgedet.toml"


@dataclass(frozen=True, slots=True)
class OnFile:
    """A camera in its settings file.

    Attributes:
        settings: as they would be in force.
        text: the file.
        config: the camera's.
    """

    settings: Settings
    text: SettingsText
    config: CameraConfig


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving.

    Attributes:
        diff: what changes; empty: nothing.
        backup: where the file is kept as it was; None: nothing was written.
        lines: what the camera says of its new settings.
        etag: of the file as it is now.
    """

    diff: str
    backup: Path | None
    lines: tuple[str, ...]
    etag: str


def in_force(control: Control, camera: str) -> CameraConfig:
    """A camera's settings. Raises HTTPException 404 if there is no such camera."""
    found = next((each for each in control.settings.config.cameras if each.name == camera), None)
    if found is None:
        raise HTTPException(404, f"{camera}: no such camera; there are {', '.join(control.cameras)}")
    return found


def on_file(control: Control, camera: str) -> OnFile:
    """A camera as the settings file has it now.

    Raises:
        HTTPException: 409, there is no file, or the camera isn't in it any more.
        ConfigError: it can't be used as it is.
    """
    file = control.settings.file
    if file is None:
        raise HTTPException(409, f"settings: edgedet runs without a settings file; {_WHERE}")
    text, settings = SettingsText.read(file), control.settings.again()
    config = next((each for each in settings.config.cameras if each.name == camera), None)
    if config is None:
        raise HTTPException(409, f"{file}: {camera} isn't in it any more; restart edgedet, or put it back")
    return OnFile(settings, text, config)


def is_writable(path: Path) -> str:
    """Why a settings file can't be replaced, with a remedy; empty: it can be."""
    folder = path.resolve().parent
    if os.access(folder, os.W_OK):
        return ""
    return f"{path}: its folder can't be written; let the user who runs edgedet write to {folder}"


def save(control: Control, camera: str, drawing: Drawing, kinds: frozenset[str], etag: str | None, sure: bool) -> Saved:
    """Write a camera's zones, lines and rules into the settings file, and have the camera go on by them.

    Args:
        control: what runs.
        camera: its name.
        drawing: all it is to have.
        kinds: which of ``zones``, ``lines`` and ``rules`` are given; the others stay.
        etag: of the file that was looked at; None: any.
        sure: write it; else only say what would change.

    Raises:
        HTTPException: 409, there is no file, it has changed since, or the camera can't take it over.
        ConfigError: the new settings can't be used, a line for each thing that is wrong. Nothing was changed.
        OutputError: the file can't be written. Nothing was changed.
    """
    with _one_at_a_time:
        now = on_file(control, camera)
        if etag is not None and etag != now.text.etag:
            raise HTTPException(409, f"{now.text.path}: changed since it was looked at; load the zones again")
        wanted: dict[str, Named] = {kind: getattr(drawing, kind) for kind in KINDS if kind in kinds}
        text = edited(now.text.text, now.config, wanted, alone=len(now.settings.config.cameras) == 1)
        _check_labels(control, _checked(control, now, text, camera, wanted))
        diff = now.text.diff(text)
        if not sure or not diff:
            return Saved(diff, None, (), now.text.etag)
        backup = replace(now.text, text)
        lines = _take_over(control, now.text, backup)
    log.info("%s: zones, lines and rules of %s saved; as it was: %s", now.text.path, camera, backup)
    return Saved(diff, backup, lines, SettingsText.read(now.text.path).etag)


def _checked(control: Control, now: OnFile, text: str, camera: str, wanted: Mapping[str, Named]) -> Settings:
    """What would be in force with a new text, which must be what is wanted and nothing else.

    A file may be laid out as our editor can't follow: then nothing is better than something else.
    """
    try:
        new = check(control.settings, now.text, text)
    except ConfigError:
        if any(mistakes(*(wanted.get(kind, getattr(now.config, kind)) for kind in KINDS))):
            raise
        raise _unreadable(now) from None
    was = {each.name: each for each in now.settings.config.cameras}
    for each in new.config.cameras:
        meant = was[each.name].model_copy(update=dict(wanted)) if each.name == camera else was[each.name]
        for kind in KINDS:
            got, expected = getattr(each, kind), getattr(meant, kind)
            if got.keys() != expected.keys() or any(changes(expected[name], got[name]) for name in got):
                raise _unreadable(now)
    return new


def _unreadable(now: OnFile) -> ConfigError:
    return ConfigError(f"{now.text.path}: laid out in a way that can't be edited here; change it by hand")


def _check_labels(control: Control, new: Settings) -> None:
    newest = next(filter(None, map(control.newest, control.cameras)), None)
    if newest is not None:
        new.check_labels(newest.detections.labels)


def _take_over(control: Control, before: SettingsText, backup: Path) -> tuple[str, ...]:
    """Have the camera go on by the new file; where it refuses, the old one is put back."""
    answer = control.reload()
    if answer.ok:
        return answer.lines
    put(before.path, before.content, backup.stat())
    backup.unlink()
    raise HTTPException(409, "; ".join(answer.lines) or "settings: the camera refused them; its log has more")
