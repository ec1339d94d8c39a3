"""Events: listed, shown, played, kept, deleted, and why there was one.

Every route here waits for a disk, so that each is a plain function: those run in threads of their own.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi import Path as InPath
from pydantic import AfterValidator, StringConstraints

from edgedet.events.places import Kind, Places
from edgedet.events.store import Query as Wanted
from edgedet.events.store import delete as delete_events
from edgedet.events.store import keep as keep_events
from edgedet.events.store.folder import is_being_written, listing
from edgedet.web import ranges
from edgedet.web.access import VIEWERS, Admin
from edgedet.web.api import timeline
from edgedet.web.desk import OnDesk
from edgedet.web.eventlist import one, page, root_of, sidecar_of
from edgedet.web.eventmodels import (
    ID,
    NAME,
    CandidateModel,
    EventDetail,
    EventPage,
    ExplainModel,
    KeepBody,
    StoredModel,
    VerdictModel,
    stored_values,
)
from edgedet.web.reasons import today

log = logging.getLogger(__name__)

router = APIRouter(tags=["events"], dependencies=[VIEWERS])
router.include_router(timeline.router)


def _in_utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time


Id = Annotated[str, InPath(pattern=ID, description="of an event: 20261121-104455.123-front-7f3a")]
Time = Annotated[datetime, AfterValidator(_in_utc)]
Name = Annotated[str, StringConstraints(pattern=NAME)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Several = Query(max_length=64, description="one of these")

FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"video/mp4": {}, "image/jpeg": {}}},
    206: {"description": "The part that was asked for"},
    304: {"description": "The browser has it already"},
    416: {"description": "There is no such part"},
}


@router.get("/api/events")
def list_events(
    desk: OnDesk,
    since: Annotated[Time | None, Query(description="that lasted into this time or later")] = None,
    until: Annotated[Time | None, Query(description="that began before")] = None,
    label: Annotated[list[Label], Several] = [],  # noqa: B006
    zone: Annotated[list[Name], Several] = [],  # noqa: B006
    camera: Annotated[list[Name], Several] = [],  # noqa: B006
    kept: Annotated[bool | None, Query(description="marked to be kept, or not")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(pattern=ID, description="older than this event: ``next`` of a page")] = None,
) -> EventPage:
    """Events, the newest first."""
    wanted = Wanted(since, until, tuple(label), tuple(zone), tuple(camera), kept)
    found, following = page(root_of(desk.control), wanted, limit, before)
    return EventPage(events=[StoredModel.model_validate(stored_values(each)) for each in found], next=following)


@router.get("/api/events/{event_id}")
def show_event(desk: OnDesk, event_id: Id) -> EventDetail:
    """An event with its track and what each condition said."""
    root = root_of(desk.control)
    stored, sidecar = one(root, event_id), sidecar_of(root, event_id)
    record = sidecar.record if sidecar is not None else {}
    values = stored_values(stored) | {"track": record.get("track", []), "verdicts": record.get("verdicts", [])}
    return EventDetail.model_validate(values)


@router.get("/api/events/{event_id}/explain")
def explain_event(desk: OnDesk, event_id: Id) -> ExplainModel:
    """Why there was an event, and whether today's settings still want it."""
    root = root_of(desk.control)
    stored, sidecar = one(root, event_id), sidecar_of(root, event_id)
    said = sidecar.record.get("verdicts", []) if sidecar is not None else []
    now = today(desk.control, stored.event)
    return ExplainModel(
        id=event_id,
        rule=stored.event.rule,
        verdicts=[VerdictModel.model_validate(each) for each in said],
        today=CandidateModel.model_validate(now.to_dict()) if now is not None else None,
    )


@router.post("/api/events/{event_id}/keep")
def keep_event(desk: OnDesk, user: Admin, event_id: Id, body: KeepBody) -> StoredModel:
    """Mark an event to be kept, or take the mark away."""
    root = root_of(desk.control)
    one(root, event_id)
    keep_events(root, [event_id], body.kept)
    log.info("event %s is %s, by %s", event_id, "kept" if body.kept else "no longer kept", user.name)
    return StoredModel.model_validate(stored_values(one(root, event_id)))


@router.delete("/api/events/{event_id}", status_code=204)
def delete_event(desk: OnDesk, user: Admin, event_id: Id) -> None:
    """Delete an event that has ended, with all its files."""
    root = root_of(desk.control)
    if one(root, event_id).event.phase != "end" or _is_being_written(root, event_id):
        raise HTTPException(409, f"{event_id}: still being recorded; delete it when it has ended")
    delete_events(root, [event_id])
    log.info("event %s was deleted by %s", event_id, user.name)


@router.head("/api/events/{event_id}/{kind}", include_in_schema=False)
@router.get("/api/events/{event_id}/{kind}", response_class=Response, responses=FILE)
def event_file(
    request: Request,
    desk: OnDesk,
    event_id: Id,
    kind: Kind,
    download: Annotated[bool, Query(description="to be saved, not shown")] = False,
) -> Response:
    """A clip (MP4) or picture (JPEG) of an event; parts of it by ``Range``."""
    return ranges.answer(request, root_of(desk.control), event_id, kind, download)


def _is_being_written(root: Path, event_id: str) -> bool:
    return is_being_written(listing(Places(root).folder(event_id)))
