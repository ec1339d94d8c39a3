"""Zones, lines and rules of a camera: shown, tried on the last day, and saved."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException
from fastapi import Path as InPath

from edgedet.config import CameraConfig
from edgedet.errors import ConfigError
from edgedet.settings import Settings
from edgedet.web.access import ADMINS, VIEWERS
from edgedet.web.desk import OnDesk
from edgedet.web.drawing_edit import KINDS
from edgedet.web.eventlist import root_of
from edgedet.web.eventmodels import NAME
from edgedet.web.trying import Trial, labels_of, try_day
from edgedet.web.zonefile import in_force, is_writable, on_file, save
from edgedet.web.zonemodels import DrawingBody, SaveBody, SavedModel, TrialModel, ZonesModel

router = APIRouter(prefix="/api/zones", tags=["zones"], dependencies=[VIEWERS])

Camera = Annotated[str, InPath(pattern=NAME, description="its name")]


@router.get("/{camera}")
def show_zones(desk: OnDesk, camera: Camera) -> ZonesModel:
    """Zones, lines, masks and rules, as the settings file has them; as they are in force where there is none."""
    config, settings = in_force(desk.control, camera), desk.control.settings
    etag, remedy = None, ""
    try:
        now = on_file(desk.control, camera)
        config, settings, etag = now.config, now.settings, now.text.etag
        remedy = is_writable(now.text.path)
    except (ConfigError, HTTPException) as error:
        remedy = error.detail if isinstance(error, HTTPException) else str(error)
    return ZonesModel(
        camera=camera,
        zones=config.zones,
        lines=config.lines,
        rules=config.rules,
        masks=config.privacy.masks,
        motion_masks=config.motion.masks,
        shared=_shared(settings, config),
        labels=list(labels_of(desk.control, camera)),
        file=str(settings.file) if settings.file else None,
        etag=etag,
        remedy=remedy,
    )


@router.post("/{camera}/try")
def try_zones(desk: OnDesk, camera: Camera, body: DrawingBody) -> TrialModel:
    """What would have been kept of the last day's events with these zones, lines and rules."""
    config = in_force(desk.control, camera)
    drawing = body.over(config)
    trial = try_day(desk.control, root_of(desk.control), config, drawing)
    made = {each for event in (*trial.outcome.before, *trial.outcome.after) for each in event.ids}
    return TrialModel(
        **dict(trial.outcome),
        since=trial.since,
        until=trial.until,
        events=trial.events,
        tried=len(trial.tried),
        unsure=[each for each in trial.tried if each not in made],
        notes=_notes(trial, config.model_copy(update={kind: getattr(drawing, kind) for kind in KINDS})),
    )


@router.put("/{camera}", dependencies=[ADMINS])
def save_zones(desk: OnDesk, camera: Camera, body: SaveBody) -> SavedModel:
    """Save them to the settings file, or say what that would change in it."""
    config = in_force(desk.control, camera)
    kinds = frozenset(kind for kind in KINDS if getattr(body, kind) is not None)
    saved = save(desk.control, camera, body.over(config), kinds, body.etag, body.confirm)
    return SavedModel(
        diff=saved.diff,
        applied=saved.backup is not None,
        backup=str(saved.backup) if saved.backup else None,
        lines=list(saved.lines),
        etag=saved.etag,
    )


def _shared(settings: Settings, config: CameraConfig) -> list[str]:
    """What the camera has of the tables for all."""
    if not settings.config.camera:
        return []
    own = f"camera.{config.name}."
    names = [f"{kind}.{name}" for kind in KINDS for name in getattr(config, kind)]
    return [name for name in names if f"{own}{name}" not in settings.places and name in settings.places]


def _notes(trial: Trial, tried: CameraConfig) -> list[str]:
    notes = ["What was no event left no track: what else these settings would have caught isn't known."]
    if left := trial.events - len(trial.tried):
        notes.append(f"{left} of {trial.events} events weren't tried: they go on, have no track, or are too many.")
    named = {name for rule in tried.rules.values() for name in (*rule.zones, *rule.lines)}
    for kind in ("zones", "lines"):
        for name, each in getattr(tried, kind).items():
            if name not in named and not getattr(each, "exclude", False):
                notes.append(f"{kind}.{name}: no rule names it, so it only says where an event was.")
    return notes
