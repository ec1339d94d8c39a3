"""A day of events at a glance; part of :mod:`edgedet.web.api.events`, which says who may see it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi import Path as InPath
from pydantic import StringConstraints

from edgedet.web.dayview import day_model, day_picture, span_of
from edgedet.web.desk import OnDesk
from edgedet.web.eventlist import root_of
from edgedet.web.eventmodels import NAME, DayModel

router = APIRouter()

DayName = Annotated[
    str, InPath(max_length=32, pattern=r"^[A-Za-z0-9 -]+$", description="today, yesterday, monday, 2026-11-20")
]
Cameras = Annotated[
    list[Annotated[str, StringConstraints(pattern=NAME)]], Query(max_length=64, description="only these")
]


@router.get("/api/timeline/{day}.png", response_class=Response, responses={200: {"content": {"image/png": {}}}})
def draw_day(desk: OnDesk, day: DayName, camera: Cameras = []) -> Response:  # noqa: B006
    """A day as a picture (PNG)."""
    picture = day_picture(root_of(desk.control), span_of(day), tuple(camera))
    return Response(picture, media_type="image/png", headers={"Cache-Control": "private, no-cache"})


@router.get("/api/timeline/{day}")
def show_day(desk: OnDesk, day: DayName, camera: Cameras = []) -> DayModel:  # noqa: B006
    """A day's events, for a timeline."""
    return day_model(root_of(desk.control), span_of(day), tuple(camera))
