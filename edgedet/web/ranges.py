"""A stored file as an answer: whole, or the ranges a player asks for (RFC 9110, section 14)."""

from __future__ import annotations

import errno
import logging
import os
import stat
from pathlib import Path

from fastapi import HTTPException, Request, Response
from starlette.datastructures import Headers
from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from edgedet.events.places import NAMES, Kind, Places
from edgedet.events.store.errors import store_error
from edgedet.events.store.folder import is_being_written, listing
from edgedet.web.eventlist import one

log = logging.getLogger(__name__)

TYPES: dict[Kind, str] = {
    "clip": "video/mp4",
    "snapshot": "image/jpeg",
    "clean": "image/jpeg",
    "thumbnail": "image/jpeg",
}
_CACHING = {"Cache-Control": "private, no-cache"}
"""Kept by the browser that may see it alone, which asks each time whether it is still the same."""
_GONE = (errno.ENOENT, errno.ENOTDIR)


class StoredFile(FileResponse):
    """A file that may go while it is sent: its disk fails, or is unplugged."""

    max_ranges = 8
    """Players ask for one, document viewers for a few; whoever asks for more gets the whole file."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; where that fails half way the connection ends, as the only way left to say so."""
        left = 0

        async def counted(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.start" and scope["method"] != "HEAD":
                left = int(Headers(raw=message["headers"])["content-length"])
            elif message["type"] == "http.response.body":
                left -= len(message["body"])
                if left > 0 and not message.get("more_body", False):
                    raise OSError("it has become shorter")  # the server would leave the player waiting
            await send(message)

        try:
            await super().__call__(scope, receive, counted)
        except (OSError, RuntimeError) as error:
            log.warning("%s: can't be sent to its end (%s)", self.path, error)


def answer(request: Request, root: Path, event_id: str, kind: Kind, download: bool) -> Response:
    """A file of an event.

    Args:
        request: says which part is wanted, and what its sender has already.
        root: the store's folder.
        event_id: whose.
        kind: which.
        download: to be saved under a name of its own, not shown.

    Raises:
        HTTPException: 404, there is no such event, or no such file (yet).
        StoreError: the disk is gone or fails.
    """
    path = Places(root).file(event_id, kind)
    try:
        found = path.lstat()
    except OSError as error:
        if error.errno not in _GONE:
            raise store_error(error, root) from None
        raise _missing(root, event_id, kind) from None
    if not stat.S_ISREG(found.st_mode):
        raise _missing(root, event_id, kind)
    file = StoredFile(
        path,
        headers=_CACHING,
        media_type=TYPES[kind],
        filename=f"{event_id}-{NAMES[kind]}",
        stat_result=found,
        content_disposition_type="attachment" if download else "inline",
    )
    if _has_it(request, file.headers["etag"]):
        kept = {name: file.headers[name] for name in ("etag", "last-modified", "cache-control")}
        return Response(status_code=304, headers=kept)
    if not os.access(path, os.R_OK):
        raise store_error(PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path)), root)
    return file


def _has_it(request: Request, etag: str) -> bool:
    given = request.headers.get("if-none-match", "")
    return any(each.strip().removeprefix("W/") in (etag, "*") for each in given.split(",")) if given else False


def _missing(root: Path, event_id: str, kind: Kind) -> HTTPException:
    """Why there is no such file; raises StoreError instead if the whole disk has gone."""
    stored = one(root, event_id)
    if stored.event.phase != "end":
        return HTTPException(404, f"{event_id}: no {kind} yet, it goes on; ask again when it has ended")
    try:
        unfinished = is_being_written(listing(Places(root).folder(event_id)))
    except OSError as error:
        raise store_error(error, root) from None
    if unfinished:
        return HTTPException(404, f"{event_id}: its {kind} is being finished; ask again in a few seconds")
    return HTTPException(404, f"{event_id}: has no {kind}; see [record] for what is kept")
