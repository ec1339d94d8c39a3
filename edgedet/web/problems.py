"""What is said when something can't be done: always ``{"detail": "thing: what is wrong; remedy"}``."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from edgedet.errors import ConfigError, DataError, EdgedetError, OutputError, SourceError
from edgedet.toml import hide
from edgedet.web.attempts import Locked
from edgedet.web.headers import SAFE

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong, in one line."""

    detail: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "Not understood"},
    401: {"model": Problem, "description": "Nobody is logged in"},
    403: {"model": Problem, "description": "Not allowed"},
    404: {"model": Problem, "description": "Not there"},
    422: {"model": Problem, "description": "A value can't be used"},
}
"""For the OpenAPI document."""

_STATUS: dict[type[EdgedetError], int] = {ConfigError: 422, DataError: 422, SourceError: 503, OutputError: 503}
_PLAIN = {404: "not found: there is nothing at this address", 405: "method: not allowed here"}


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An answer that says what is wrong."""
    return JSONResponse({"detail": detail}, status, headers=headers)


def handlers() -> dict[Any, Any]:
    """For each exception a route may end with, what makes an answer of it."""
    return {
        HTTPException: _http,
        RequestValidationError: _invalid,
        EdgedetError: _ours,
        Locked: _locked,
        Exception: _fault,
    }


async def _http(_: Request, error: HTTPException) -> JSONResponse:
    standard = error.detail in ("Not Found", "Method Not Allowed")
    detail = _PLAIN.get(error.status_code, error.detail) if standard else error.detail
    return problem(error.status_code, detail, error.headers)


async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    said = []
    for each in error.errors()[:5]:
        where = ".".join(str(step) for step in each["loc"])
        said.append(f"{where[:100]}: {each['msg'].removeprefix('Value error, ')[:200]}")
    return problem(422, "; ".join(said) or "request: not understood")


async def _ours(_: Request, error: EdgedetError) -> JSONResponse:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    return problem(status, hide(str(error)))


async def _locked(_: Request, error: Locked) -> JSONResponse:
    return problem(429, str(error), {"Retry-After": str(error.seconds)})


async def _fault(request: Request, error: Exception) -> JSONResponse:
    """The server logs where it was, below this line."""
    log.error("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
    return problem(500, "internal error: edgedet's own fault; its log has more", SAFE)  # outside of all middleware
