"""A webhook that is told of events, and what must have arrived there."""

from __future__ import annotations

import json

from tests.chaos.bed import Bed, within
from tests.chaos.network.telling import Telling, in_order, size
from tests.chaos.proxy import Proxy, proxy
from tests.notify.receivers import Web, web

AREA = "sink: webhook"
PROMISE = "detection goes on; each message arrives at least once, in order"
MOST_OUTBOX = 4 << 20
"""Bytes the waiting messages of a minute may take."""


def hooked(bed: Bed, address: str, env: dict[str, str] | None = None) -> Telling:
    return Telling(
        bed,
        f'[notify]\nwebhook = "{address}"\nwebhook_picture = "none"\nevery = 0\nwait = 0\nlabels = ["person", "cat"]\n',
        env,
    )


def ids(hook: Web) -> list[str]:
    """Events told, as they came."""
    return [str(json.loads(each.body)["event"]["id"]) for each in hook.got]


def behind(bed: Bed, *answers: int | str) -> tuple[Web, Proxy]:
    hook = bed.stack.enter_context(web(*(answers or (200,))))
    return hook, bed.stack.enter_context(proxy(int(hook.port), bed.random))


def arrive(telling: Telling, hook: Web, more: int = 3, seconds: float = 30) -> str:
    """Assert that messages go through now, and that none was left out; in words."""
    before = len(hook.got)
    _, took = within(seconds, lambda: len(hook.got) >= before + more, "messages arrive")
    telling.goes_on()
    bytes_ = size(telling.outbox)
    assert bytes_ < MOST_OUTBOX, f"the outbox takes {bytes_} bytes"
    telling.ended()
    return f"through after {took:.1f} s, {in_order(ids(hook), telling.started())}, outbox {bytes_ / 1024:.0f} KiB"
