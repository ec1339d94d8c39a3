"""What every test of the web starts from."""

from __future__ import annotations

from tests.web.driving import (  # noqa: F401
    accounts,
    admin,
    app,
    client,
    control,
    desk,
    house,
    settings,
    viewer,
    web_config,
)
