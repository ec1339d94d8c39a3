"""The web application around a camera that stands still, and tokens that open it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI

from edgedet.config.web import WebConfig
from edgedet.events.store import Store
from edgedet.web.accounts import Accounts
from edgedet.web.app import make_app
from edgedet.web.desk import Desk
from tests.fuzz.scratch import folder
from tests.web.driving import SmallControl, a_result, make_desk, make_settings
from tests.web.events import stored

EVENT = "20261121-104455.123-front-7f3a"
"""The id of the only event."""
_STARTED = datetime(2026, 11, 21, 10, 44, 55, 123000, UTC)
SETTINGS = """[zones.porch]
polygon = [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]]

[lines.gate]
points = [[0.1, 0.5], [0.9, 0.5]]

[rules.person]
label = "person"
zones = ["porch"]
"""
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class House:
    """An application and who may come in.

    Attributes:
        app: it.
        desk: what it works with.
        accounts: who is known.
        admin, viewer: machines' tokens.
    """

    app: FastAPI
    desk: Desk
    accounts: Accounts
    admin: str
    viewer: str

    @property
    def stands(self) -> bool:
        """Whether the tokens still open it, and its settings are still there."""
        find, file = self.accounts.machines.find, self.desk.control.settings.file
        return bool(find(self.admin) and find(self.viewer) and file and file.exists())


_houses: list[House] = []


def build() -> House:
    """A new one, in a folder of its own."""
    place = folder() / f"house-{next(_numbers)}"
    place.mkdir()
    settings = make_settings(place, SETTINGS)
    with Store(place / "storage") as store:
        stored.put(store, stored.event(id=EVENT, started=_STARTED, ended=_STARTED + timedelta(seconds=6)))
    control = SmallControl(settings, {"camera": a_result()})
    desk = make_desk(control)
    desk.hub.publish(a_result())
    config = WebConfig(enabled=True)
    accounts = Accounts(place / "state" / "web", config)
    tokens = accounts.machines.add("admin-machine", "admin"), accounts.machines.add("viewer-machine", "viewer")
    return House(make_app(desk, accounts, config), desk, accounts, *tokens)


def current() -> House:
    """The one that all cases share; a new one, if somebody took away what the last one stood on."""
    while not _houses or not _houses[-1].stands:
        if _houses:
            _houses[-1].accounts.close()
            _houses.pop().desk.hub.close()
        _houses.append(build())
    return _houses[-1]
