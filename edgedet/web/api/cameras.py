"""The cameras: how they are, their switches, the newest picture."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Response
from pydantic import BaseModel

from edgedet.control import SWITCHES, Switch
from edgedet.web.access import admin_of, viewer_of
from edgedet.web.desk import OnDesk

router = APIRouter(prefix="/api/cameras", tags=["cameras"], dependencies=[Depends(viewer_of)])

RETRY = {"Retry-After": "2"}


class Switches(BaseModel):
    """How a camera's switches stand; None: there is no such switch here."""

    detection: bool
    recording: bool | None
    privacy: bool


class CameraState(BaseModel):
    """A camera, now.

    Attributes:
        source: its address, without secrets.
        state: ``opening``, ``open``, ``reconnecting``, ``ended``, ``closed``.
        detail: in words: its picture's format, or what is wrong.
        width, height: of its newest picture in pixels; 0 before the first.
        fps: pictures looked at in a second, lately.
    """

    name: str
    source: str
    state: str
    detail: str
    width: int
    height: int
    fps: float
    switches: Switches


class Turn(BaseModel):
    """How a switch shall stand."""

    on: bool


def camera_named(camera: str, desk: OnDesk) -> str:
    """The name of a camera that is there. Raises HTTPException: 404, it isn't."""
    if camera not in desk.control.cameras:
        raise HTTPException(404, f"{camera[:80]}: no such camera; there are {', '.join(desk.control.cameras)}")
    return camera


Camera = Annotated[str, Depends(camera_named)]
"""A parameter of a route: a camera that is there, by the name in its path."""


def public_camera(camera: Camera, desk: OnDesk) -> str:
    """The name of a camera that films. Raises HTTPException: 404, it isn't there; 409, it is private."""
    if desk.control.is_on("privacy", camera):
        raise HTTPException(409, f"{camera}: private, nothing is filmed; turn its privacy off to see it")
    return camera


PublicCamera = Annotated[str, Depends(public_camera)]
"""The same, and it may be seen now."""


@router.get("")
def cameras(desk: OnDesk) -> list[CameraState]:
    """All cameras, in the order of the settings."""
    report = desk.control.report()
    return [_state(name, report.get("cameras", {name: report})[name], desk) for name in desk.control.cameras]


@router.post("/{camera}/switches/{switch}", dependencies=[Depends(admin_of)])
def turn(camera: Camera, switch: Switch, wanted: Turn, desk: OnDesk) -> Switches:
    """Turn a switch of a camera; how they all stand then."""
    desk.control.turn(switch, wanted.on, camera)
    return _switches(camera, desk)


@router.get(
    "/{camera}/snapshot.jpg",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}, 503: {"description": "There is no picture yet"}},
)
def snapshot(camera: PublicCamera, desk: OnDesk, annotated: bool = False) -> Response:
    """The newest picture, with boxes if asked."""
    jpeg = desk.hub.feed(camera, annotated).jpeg()
    if jpeg is None:
        raise HTTPException(503, f"{camera}: there is no picture yet; try again in a moment", RETRY)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _state(name: str, report: dict[str, Any], desk: OnDesk) -> CameraState:
    newest, source = desk.control.newest(name), report["source"]
    return CameraState(
        name=name,
        source=source["uri"],
        state=source["state"],
        detail=source["detail"],
        width=newest.frame.width if newest else 0,
        height=newest.frame.height if newest else 0,
        fps=report["fps"]["detect"],
        switches=_switches(name, desk),
    )


def _switches(camera: str, desk: OnDesk) -> Switches:
    control = desk.control
    return Switches.model_validate(
        {switch: control.is_on(switch, camera) if control.has(switch) else None for switch in SWITCHES}
    )
