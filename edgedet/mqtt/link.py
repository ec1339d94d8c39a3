"""Both connections to the broker, made together and lost together."""

from __future__ import annotations

import threading
from collections.abc import Callable

from paho.mqtt.client import MQTTMessage

from edgedet.mqtt.broker import Broker, Will
from edgedet.mqtt.connection import Connection
from edgedet.mqtt.delivery import Delivery, Plan
from edgedet.mqtt.echoes import Echoes
from edgedet.mqtt.topics import Topics
from edgedet.mqtt.tries import Tries
from edgedet.outbox import Outbox


class Link:
    """The connection that says everything, and the one that hears the echo of events.

    Args:
        broker: where to.
        client_id: of the first connection; that of the second ends with ``-echo``.
        topics: whose events come back.
        will: left with the broker.
        heard: called with what comes over the first connection.
        echo: whether there is a second one.
    """

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        topics: Topics,
        will: Will,
        heard: Callable[[MQTTMessage], None],
        echo: bool,
    ) -> None:
        bell = threading.Condition()
        self._echoes, self._topics = Echoes(), topics
        self._echo_topic = topics.echo(client_id)
        self.main = Connection(broker, client_id, heard, bell, will)
        self._echo = Connection(broker, f"{client_id}-echo", self._echoes.hear, bell, keep=True) if echo else None

    def open(self, closing: Callable[[], bool]) -> None:
        """Connect.

        The echo's comes first: when the other one takes the place of an old connection of its name, which ends what
        that may still have sent, the echo of all that got through is on its way.

        Raises:
            OutputError: it can't be.
        """
        if self._echo is not None:
            self._echo.open(closing)
            self._echo.subscribe([(self._topics.events("+"), 1), (self._echo_topic, 1)])
        self.main.open(closing)

    def delivery(self, outbox: Outbox, qos: int, picture_qos: int, tries: Tries) -> Delivery:
        """What sends events over this link; ``tries`` is what it remembers of the ones before."""
        plan = Plan(self._topics, qos, picture_qos, self._echo_topic)
        return Delivery(outbox, plan, self.main, self._echo, self._echoes, tries)

    def close(self) -> None:
        """Let go of both; twice is fine."""
        self.main.close()
        if self._echo is not None:
            self._echo.close()
