"""Events, from the outbox to the broker: in order, each exactly once, whoever is killed in between.

One event is under way at a time, and is done only when there is proof that the broker has passed it on. The proof is
its *echo*: a second connection, whose session the broker keeps while edgedet is away, is subscribed to edgedet's own
events. What the broker passes on to others it puts into that session too, and there it stays until it is acknowledged,
which happens after the outbox has been told.

So one event at most is in doubt after a lost connection, a crash or a power cut: the oldest in the outbox. Before
anything is sent on a new connection a *marker* is, to a topic of the same session. What the broker had passed on comes
before the marker, as a session is a queue. If the event is among it, it is done; if the marker comes alone, the event
never got through, and is sent.

The first connection begins without a session of its own (clean start), so that the broker drops what it had received
of it by halves (quality of service 2), and no packet number means something from an earlier life.

The one weak case: a broker that itself loses the session while an event is in doubt (killed without having saved it,
or edgedet was away for longer than :data:`edgedet.mqtt.broker.SESSION`): the marker comes alone, and the event is
sent a second time. With quality of service 0 nothing is promised at all.

A broker that is killed also forgets what it had queued for listeners who were away. Where that matters,
``mqtt.repeat`` has the last events told again, and the listeners know by their id which they have.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from dataclasses import dataclass

from paho.mqtt.client import MQTTMessage, MQTTMessageInfo

from edgedet.errors import OutputError
from edgedet.mqtt.connection import ANSWER, Connection
from edgedet.mqtt.echoes import Echoes, is_echo
from edgedet.mqtt.topics import Topics, encode
from edgedet.mqtt.tries import Tries
from edgedet.outbox import Item, Outbox

log = logging.getLogger(__name__)

SINK = "mqtt"
"""Our name in the outbox."""
WITH_PICTURE = 3
"""Times an event is sent with its picture: a broker hangs up on what is too large for it, again and again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How events go out.

    Attributes:
        topics: where they go.
        qos: quality of service of an event, 0 to 2.
        picture_qos: that of its picture.
        echo_topic: where the marker goes.
    """

    topics: Topics
    qos: int
    picture_qos: int
    echo_topic: str


class Delivery:
    """Sends what is in the outbox over one pair of connections.

    Args:
        outbox: the events, and their pictures.
        plan: where they go.
        main: sends.
        echo: hears what was sent; None: the broker's answer is proof enough.
        echoes: where ``echo`` leaves what it hears.
        tries: what the connections before left.
    """

    def __init__(
        self,
        outbox: Outbox,
        plan: Plan,
        main: Connection,
        echo: Connection | None,
        echoes: Echoes,
        tries: Tries,
    ) -> None:
        self._outbox, self._plan, self._tries = outbox, plan, tries
        self._main, self._echo, self._echoes = main, echo, echoes

    def run(self, closing: threading.Event, grace: float) -> None:
        """Send what is there and what comes, until closed; once, and first of all settle what is in doubt.

        Args:
            closing: set to end.
            grace: seconds after that in which what waits is still sent.

        Raises:
            OutputError: a connection was lost.
        """
        self._settle()
        self._repeat(closing)
        last = None
        while True:
            if closing.is_set():
                last = last or time.monotonic() + grace
                if not self._outbox.waiting(SINK) or time.monotonic() > last:
                    return
            if self._outbox.wait(SINK, 0.5) and (item := self._outbox.next(SINK)) is not None:
                self._deliver(item)
            self._check()

    def _settle(self) -> None:
        """Find out whether the event in doubt got through."""
        if self._echo is None:
            return
        token = secrets.token_hex(16).encode()
        marker = self._main.publish(self._plan.echo_topic, token, 1)
        doubtful = self._outbox.next(SINK)
        until = time.monotonic() + ANSWER
        while (message := self._heard(self._echo, until)) is not None:
            if doubtful is not None and is_echo(message, doubtful):
                log.info("mqtt: event %s had arrived before the connection was lost", doubtful.key)
                self._outbox.done(doubtful)
                doubtful = None
            self._echo.acknowledge(message)
            if message.payload == token:
                return
        self._deaf(marker, self._plan.echo_topic)

    def _repeat(self, closing: threading.Event) -> None:
        """Tell again what a broker that was killed may have forgotten (:class:`edgedet.mqtt.told.Told`)."""
        told, count = self._tries.told, 0
        while not closing.is_set() and (item := told.next()) is not None:
            self._acknowledge(self._tell(item))
            told.repeated()
            count += 1
        if count:
            log.info("mqtt: told again what the broker may have forgotten: %d of the last events", count)

    def _deliver(self, item: Item) -> None:
        echo = self._tell(item)
        self._outbox.done(item)
        self._tries.sent += 1
        self._tries.told.add(item)
        self._acknowledge(echo)

    def _acknowledge(self, echo: MQTTMessage | None) -> None:
        if echo is not None and self._echo is not None:
            self._echo.acknowledge(echo)

    def _tell(self, item: Item) -> MQTTMessage | None:
        """Send an event until there is proof that it was passed on: its echo, or None for the broker's answer."""
        plan, camera = self._plan, str(item.message["camera"])
        tries = self._tries.begin(item.key)
        if item.picture is not None and tries <= WITH_PICTURE:
            self._main.publish(plan.topics.snapshot(camera), item.picture, plan.picture_qos, retain=True)
        elif tries == WITH_PICTURE + 1:
            log.warning(
                "mqtt: the broker hung up on event %s %d times: it goes without its picture", item.key, tries - 1
            )
        topic = plan.topics.events(camera)
        info = self._main.publish(topic, encode(item.message), plan.qos)
        echo = self._await_echo(item) if self._echo is not None else None
        if echo is None and self._echo is not None:
            self._deaf(info, topic)
        elif echo is None and not self._main.wait(info.is_published, time.monotonic() + ANSWER):
            raise OutputError(f"mqtt: the broker didn't answer to event {item.key}; connecting again")
        return echo

    def _await_echo(self, item: Item) -> MQTTMessage | None:
        assert self._echo is not None
        until = time.monotonic() + ANSWER
        while (message := self._heard(self._echo, until)) is not None:
            if is_echo(message, item):
                return message
            self._echo.acknowledge(message)
        return None

    def _heard(self, echo: Connection, until: float) -> MQTTMessage | None:
        """The next message of the session; None: none came."""
        found: list[MQTTMessage] = []

        def look() -> bool:
            if (message := self._echoes.take()) is not None:
                found.append(message)
            return bool(found) or bool(self._main.lost)

        echo.wait(look, until)
        if not found and self._main.lost:
            raise OutputError(self._main.lost)
        return found[0] if found else None

    def _deaf(self, info: MQTTMessageInfo, topic: str) -> None:
        """The broker took a message but doesn't give it back: go on without. Lost, if it didn't take it either."""
        if not info.is_published():
            raise OutputError(f"mqtt: the broker took nothing for {ANSWER:.0f} s; connecting again")
        log.warning(
            "mqtt: the broker doesn't let us read %s: an event may come twice after a crash; "
            'allow it, or set mqtt.confirm = "answer"',
            topic,
        )
        self._echo = None

    def _check(self) -> None:
        for connection in (self._main, self._echo):
            if connection is not None and connection.lost:
                raise OutputError(connection.lost)
        while self._echo is not None and (message := self._echoes.take()) is not None:
            self._echo.acknowledge(message)  # of another edgedet below the same topic
