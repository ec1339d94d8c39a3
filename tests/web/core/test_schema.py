"""Whatever may be sent by the OpenAPI document's word, and whatever may not: nothing breaks."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from edgedet.config.web import WebConfig
from edgedet.web.accounts import Accounts
from edgedet.web.desk import Desk
from edgedet.web.folder import web_folder
from tests.web.core.serving import serving

ENDLESS = r"/stream\.mjpg$"
"""A stream doesn't end."""
EXAMPLES = int(os.environ.get("EDGEDET_EXAMPLES", "15"))


@pytest.mark.slow
@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_nothing_that_is_sent_breaks_a_route(desk: Desk, app: FastAPI, role: str) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis: pip install edgedet[test]")
    config = WebConfig(port=0)
    accounts = Accounts(web_folder(config, desk.control.storage), config)
    headers = {"Authorization": f"Bearer {accounts.machines.add('schemathesis', role)}"}
    accounts.close()
    schema = schemathesis.openapi.from_dict(app.openapi()).exclude(path_regex=ENDLESS)
    walked = 0
    with serving(desk, config) as service:
        for found in schema.get_all_operations():
            operation = found.ok()
            for mode in schemathesis.GenerationMode:
                _send_many(operation.as_strategy(generation_mode=mode), service.url.rstrip("/"), headers)
            walked += 1
    assert walked > 15


def _send_many(cases: Any, url: str, headers: dict[str, str]) -> None:
    @given(case=cases)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any) -> None:
        answer = case.call(base_url=url, headers=headers, timeout=30)
        assert answer.status_code not in (500, 501, 502, 504, 505), (case.as_curl_command(), answer.text)
        if answer.status_code >= 400 and "json" in answer.headers.get("content-type", [""])[0]:
            assert list(answer.json()) == ["detail"], answer.text

    with contextlib.suppress(Unsatisfiable):  # a route without parameters can't be asked wrongly
        send()
