"""A webhook that answers in every way it shouldn't: each message arrives at least once."""

from __future__ import annotations

import time

from tests.chaos.bed import Bed, resident, within
from tests.chaos.case import case
from tests.chaos.network.hook import AREA, PROMISE, arrive, behind, hooked
from tests.notify.receivers import web


@case("hook-500", area=AREA, fault="it answers 500, then 503, then takes them", promise=PROMISE)
def failing(bed: Bed) -> str:
    hook = bed.stack.enter_context(web(500, 503, 200))
    telling = hooked(bed, f"http://{hook.address}/hook")
    return arrive(telling, hook, 6, 40)


@case("hook-hang", area=AREA, fault="it takes the request and never answers, once", promise=PROMISE)
def hanging(bed: Bed) -> str:
    hook = bed.stack.enter_context(web("hang", 200))
    telling = hooked(bed, f"http://{hook.address}/hook")
    return arrive(telling, hook, 4, 45)


@case("hook-drip", area=AREA, fault="its answer's head never ends, a byte every 50 ms", promise=PROMISE, within=120)
def dripping(bed: Bed) -> str:
    hook = bed.stack.enter_context(web("drip", 200))
    telling = hooked(bed, f"http://{hook.address}/hook")
    return arrive(telling, hook, 4, 60)


@case("hook-close", area=AREA, fault="it hangs up instead of an answer, twice", promise=PROMISE)
def closing(bed: Bed) -> str:
    hook = bed.stack.enter_context(web("close", "close", 200))
    telling = hooked(bed, f"http://{hook.address}/hook")
    return arrive(telling, hook, 6, 40)


@case(
    "hook-redirect",
    area=AREA,
    fault="it sends us in a circle (302 to itself), then takes them",
    promise=f"no redirect is followed, what to do is said; {PROMISE}",
)
def circling(bed: Bed) -> str:
    hook = bed.stack.enter_context(web(302, 302, 200))
    telling = hooked(bed, f"http://{hook.address}/hook")
    telling.program.wait_for(r"it sends us elsewhere; set notify\.webhook", 25)
    seen = arrive(telling, hook, 6, 40)
    assert all(each.path == "/hook" for each in hook.got), "a redirect was followed"
    return seen


@case(
    "hook-huge",
    area=AREA,
    fault="its answer is 200 with a body without end",
    promise=f"the answer isn't read to its end, memory doesn't grow; {PROMISE}",
)
def endless(bed: Bed) -> str:
    hook, way = behind(bed)
    telling = hooked(bed, f"http://127.0.0.1:{way.port}/hook")
    within(25, lambda: len(hook.got) >= 1, "the first arrives")
    before = resident(telling.program.process)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"
    way.canned, way.mode = head + bytes(32 << 20), "answer"
    passed = way.passed
    within(20, lambda: way.passed >= passed + 3, "messages go there")
    more = resident(telling.program.process) - before
    assert more < 20, f"{more:.0f} MiB more"
    telling.goes_on()
    way.mode = "pass"
    within(25, lambda: len(hook.got) >= 4, "messages arrive")
    telling.ended()
    return f"{way.passed - passed} such answers, {more:+.0f} MiB"


@case(
    "hook-noise",
    area=AREA,
    fault="64 KiB of noise instead of an answer, for 8 s",
    promise=PROMISE,
)
def noise(bed: Bed) -> str:
    hook, way = behind(bed)
    way.canned, way.mode = bed.random.randbytes(65536), "answer"
    telling = hooked(bed, f"http://127.0.0.1:{way.port}/hook")
    telling.program.wait_for("the connection broke", 30)
    time.sleep(4)
    way.mode = "pass"
    return arrive(telling, hook)
