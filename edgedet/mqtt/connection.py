"""One connection to the broker, from its first byte to its last. A lost one isn't mended: a new one is made."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from paho.mqtt.client import MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import LogLevel, MQTTErrorCode

from edgedet.errors import OutputError
from edgedet.mqtt import trouble
from edgedet.mqtt.broker import Broker, Will

log = logging.getLogger(__name__)

KEEPALIVE = 30
"""Seconds: a broker that vanished without a word is missed after one and a half times as much."""
ANSWER = 10.0
"""Seconds the broker has for an answer."""
_TAKEN_OVER = 0x8E
"""Reason of a disconnect: another client came with this name (MQTT 5, 3.14.2.1)."""
_ALERT = re.compile(r"ALERT_([A-Z_]+)")
"""What the other side objects to, in OpenSSL's name of an error."""


class Connection:
    """A connection in a thread of its own.

    paho would send again, by itself, what wasn't acknowledged when a connection broke; whether that had arrived, and
    so comes twice, it can't know after the process was killed. So it never gets the chance: what was under way is
    forgotten with the connection, and decided on the next one by :class:`edgedet.mqtt.delivery.Delivery`.

    Args:
        broker: where to.
        client_id: own name; a broker ends the older of two connections of one name.
        heard: called with every message, in the connection's thread; must not wait.
        bell: notified whenever something happened.
        will: left with the broker.
        keep: let the broker keep the session (subscriptions, and messages for them) while this isn't connected.
            Messages are then acknowledged by :meth:`acknowledge`, not by themselves.

    Attributes:
        lost: why it is over; empty: it isn't.
    """

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        heard: Callable[[MQTTMessage], None],
        bell: threading.Condition,
        will: Will | None = None,
        keep: bool = False,
    ) -> None:
        self.lost = ""
        self._broker, self._id, self._heard, self._bell, self._keep = broker, client_id, heard, bell, keep
        self._connected, self._alert = False, ""
        self._granted: dict[int, list[bool]] = {}
        self._client = client = broker.client(client_id, keep, will)
        client.connect_timeout = ANSWER
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_message, client.on_subscribe, client.on_publish = self._on_message, self._on_subscribe, self._ring
        client.on_log = self._on_log
        # tells paho that our thread alone writes to the socket; publish() would do it in the caller's
        client.on_socket_register_write = lambda *_: None
        self._thread = threading.Thread(target=self._work, name="edgedet-mqtt-net", daemon=True)

    def open(self, closing: Callable[[], bool]) -> None:
        """Connect, and wait until that is done.

        Args:
            closing: whether to give up.

        Raises:
            OutputError: it can't be.
        """
        self._thread.start()
        deadline = time.monotonic() + 2 * ANSWER
        self.wait(lambda: self._connected or closing(), deadline)
        if not self._connected:
            raise OutputError(self.lost or trouble.silent(self._broker))

    def wait(self, ready: Callable[[], object], until: float) -> bool:
        """Wait until something is so; whether it is.

        Args:
            ready: tells; asked whenever something happened.
            until: ``time.monotonic()`` at which to give up.

        Raises:
            OutputError: the connection was lost.
        """
        with self._bell:
            while True:
                if ready():
                    return True
                if self.lost:
                    raise OutputError(self.lost)
                left = until - time.monotonic()
                if left <= 0:
                    return False
                self._bell.wait(min(left, 0.5))

    def subscribe(self, topics: Sequence[tuple[str, int]]) -> bool:
        """Subscribe to topics, each with the quality of service asked for; whether all were granted.

        Raises:
            OutputError: the connection was lost, or the broker doesn't answer.
        """
        with self._alive():
            code, mid = self._client.subscribe(list(topics))
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS or mid is None:
            raise OutputError(self.lost or trouble.broken(self._broker, ""))
        if not self.wait(lambda: mid in self._granted, time.monotonic() + ANSWER):
            raise OutputError(trouble.silent(self._broker))
        return all(self._granted.pop(mid))

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool = False) -> MQTTMessageInfo:
        """Send a message. Doesn't wait.

        Raises:
            OutputError: the connection was lost.
        """
        with self._alive():
            info = self._client.publish(topic, payload, qos, retain)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise OutputError(self.lost or trouble.broken(self._broker, ""))
        return info

    def acknowledge(self, message: MQTTMessage) -> None:
        """Tell the broker that a message of a kept session is dealt with: it forgets it."""
        with self._alive():
            self._client.ack(message.mid, message.qos)

    def close(self) -> None:
        """Say good-bye, and let go; twice is fine. A broker that doesn't listen isn't waited for."""
        if self._thread.ident is None:
            return
        with contextlib.suppress(OutputError), self._alive():
            self._client.disconnect()
        self._thread.join(0.5)
        under = self._client.socket()
        if self._thread.is_alive() and isinstance(under, socket.socket):
            with contextlib.suppress(OSError):  # gone meanwhile
                under.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _alive(self) -> Iterator[None]:
        """Raises OutputError where paho finds that its sockets were closed by our thread a moment ago."""
        try:
            yield
        except (OSError, AttributeError):
            raise OutputError(self.lost or trouble.broken(self._broker, "")) from None

    def _work(self) -> None:
        broker, client = self._broker, self._client
        try:
            client.connect(broker.host, broker.port, KEEPALIVE, **broker.session(self._keep))
            while client.loop(0.5) == MQTTErrorCode.MQTT_ERR_SUCCESS:
                pass
        except OSError as error:
            self._over(trouble.unreachable(broker, error))
        except Exception as error:  # paho takes packets apart as they come, and raises what it stumbles upon
            log.debug("what came from %s:", broker, exc_info=error)
            self._over(trouble.nonsense(broker))
        else:
            self._over(trouble.broken(broker, ""))
        finally:
            client._reset_sockets()  # paho would wait until it is collected

    def _over(self, why: str) -> None:
        with self._bell:
            self.lost = self.lost or why
            self._bell.notify_all()

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        if code.is_failure:
            self._over(trouble.refused(self._broker, self._id, str(code)))
            return
        with self._bell:
            self._connected = True
            self._bell.notify_all()

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        known = str(code) if code.value not in (0, 128) else ""  # 128: paho doesn't know
        if code.value == _TAKEN_OVER:
            self._over(trouble.taken_over(self._broker, self._id))
        elif self._connected:
            self._over(trouble.broken(self._broker, known))
        else:
            self._over(trouble.hung_up(self._broker, self._alert))

    def _on_log(self, _client: Any, _data: Any, level: int, text: str) -> None:
        """Of what paho says of a connection that broke: the broker's reason (TLS alert), which comes nowhere else."""
        if level == LogLevel.MQTT_LOG_ERR and (alert := _ALERT.search(text)):
            self._alert = alert[1]

    def _on_message(self, _client: Any, _data: Any, message: MQTTMessage) -> None:
        self._heard(message)
        self._ring()

    def _on_subscribe(self, _client: Any, _data: Any, mid: int, codes: Any, _properties: Any) -> None:
        with self._bell:
            self._granted[mid] = [not code.is_failure for code in codes]
            self._bell.notify_all()

    def _ring(self, *_: Any) -> None:
        with self._bell:
            self._bell.notify_all()
