"""What every route works with: the running camera, its live pictures and its news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from edgedet.control import Control

if TYPE_CHECKING:
    from edgedet.publish.feed import Feed
    from edgedet.web.hub import Hub


@dataclass(frozen=True, slots=True)
class Desk:
    """What runs, as the web sees it.

    Attributes:
        control: figures, pictures and switches of what runs.
        feeds: the live picture of each camera, by its name; none while nothing is shown.
        hub: spreads results, events and switches to those who listen.
    """

    control: Control
    feeds: Mapping[str, Feed]
    hub: Hub


def desk_of(connection: HTTPConnection) -> Desk:
    """The desk of the application that serves this request or WebSocket."""
    desk: Desk = connection.app.state.desk
    return desk


OnDesk = Annotated[Desk, Depends(desk_of)]
"""A parameter of a route: ``desk: OnDesk``."""
