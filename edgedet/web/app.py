"""The application: which routes there are, and what every request passes on its way to them."""

from __future__ import annotations

import importlib
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from edgedet.config.web import WebConfig
from edgedet.web.accounts import Accounts
from edgedet.web.desk import Desk
from edgedet.web.guard import Guard
from edgedet.web.headers import SafeHeaders
from edgedet.web.hosts import Hosts
from edgedet.web.limits import BodyLimit
from edgedet.web.problems import PROBLEMS, handlers

ROUTERS = ("session", "setup", "users", "cameras", "live", "events", "zones", "health", "metrics")
"""Modules of :mod:`edgedet.web.api`, each with a ``router``."""
STATIC = Path(__file__).with_name("static")


def make_app(desk: Desk, accounts: Accounts, config: WebConfig, https_port: int | None = None) -> FastAPI:
    """All of the web: pages, REST, WebSockets.

    Args:
        desk: what runs.
        accounts: who may see it.
        config: ``[web]``.
        https_port: where plain requests are sent on to; None: they are answered.
    """
    app = FastAPI(
        title="edgedet",
        version=version("edgedet"),
        docs_url=None,  # both would load scripts from elsewhere
        redoc_url=None,
        openapi_url=None,  # served to those who may see it: api/session.py
        responses=PROBLEMS,
        exception_handlers=handlers(),
        middleware=[
            Middleware(SafeHeaders, tls=config.tls),
            Middleware(Hosts, names=config.names, https_port=https_port),
            Middleware(BodyLimit),
            Middleware(Guard, accounts=accounts, open_metrics=config.metrics == "open"),
        ],
    )
    app.state.desk, app.state.accounts, app.state.config = desk, accounts, config
    for name in ROUTERS:
        app.include_router(importlib.import_module(f"edgedet.web.api.{name}").router)
    app.mount("/", StaticFiles(directory=STATIC, html=True), name="static")
    return app
