"""How it goes: figures now and of the last minutes, the log's last lines, and all of it for who helps."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query, Response
from starlette.requests import Request

from edgedet.web.access import ADMINS, VIEWERS
from edgedet.web.bundle import bundle
from edgedet.web.desk import OnDesk
from edgedet.web.diskfigures import DiskFigures
from edgedet.web.healthmodels import HealthModel, HistoryModel, LiveModel, LogModel
from edgedet.web.history import EVERY_S, History
from edgedet.web.logtail import LINES, attached


@contextlib.asynccontextmanager
async def watching(app: FastAPI) -> AsyncIterator[None]:
    """While the application runs its figures are looked at, and the log's lines held."""
    history = watched(app)
    try:
        yield
    finally:
        await history.stop()


def watched(app: FastAPI) -> History:
    """What is remembered of the last minutes; where the server told nothing of its start, it begins with this call."""
    history: History | None = getattr(app.state, "history", None)
    if history is None:
        attached()
        history = app.state.history = History(app.state.desk.control)
        app.state.disk_figures = DiskFigures()
    history.start()
    return history


async def history_of(request: Request) -> History:
    """For routes; async, since only the loop's own thread may begin a task in it."""
    return watched(request.app)


OnHistory = Annotated[History, Depends(history_of)]

router = APIRouter(prefix="/api/health", tags=["health"], lifespan=watching)


@router.head("/live", include_in_schema=False)
@router.get("/live")
def live() -> LiveModel:
    """It answers; for everybody, so that a watchdog needs no password."""
    return LiveModel(ok=True)


@router.get("", dependencies=[VIEWERS])
def health(request: Request, desk: OnDesk, history: OnHistory) -> HealthModel:
    """Everything measured, at most two seconds ago."""
    moment = history.newest()
    figures: DiskFigures = request.app.state.disk_figures
    disk, writes = figures.read(desk.control.settings.config)
    return HealthModel.model_validate({**moment.report, "time": moment.time, "disk": disk, "writes": writes})


@router.get("/history", dependencies=[VIEWERS])
def show_history(history: OnHistory) -> HistoryModel:
    """The last ten minutes, for charts."""
    moments = history.moments()
    figures = [moment.figures() for moment in moments]
    names = figures[0] if figures else {}
    return HistoryModel(
        every_s=EVERY_S,
        times=[moment.time for moment in moments],
        figures={name: [each[name] for each in figures] for name in names},
    )


@router.get("/log", dependencies=[ADMINS])
def show_log(lines: Annotated[int, Query(ge=1, le=LINES)] = 200) -> LogModel:
    """The last lines of the log, secrets removed."""
    return LogModel(lines=attached().newest(lines))


@router.get(
    "/bundle.zip",
    dependencies=[ADMINS],
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
def support_bundle(desk: OnDesk) -> Response:
    """Settings without secrets, figures, log, versions and the board's facts, as a ZIP file to send to who helps."""
    name = f"edgedet-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(bundle(desk.control), media_type="application/zip", headers=headers)
