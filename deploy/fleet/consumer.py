#!/usr/bin/env python3
"""Takes the events of a whole fleet from its broker into a SQLite file, each once; several share the work.

    python3 deploy/fleet/consumer.py --host broker.example --tls TLS --name archive-1 --to events.db

Three things make it exact, and whoever writes another consumer needs all three:

* a *shared subscription* in a session that the broker keeps (MQTT 5, 4.8.2 and 3.1.2.11.2): each event goes to one
  consumer of the group, and waits while all are away;
* an acknowledgement after the commit, so that what a consumer didn't finish comes again;
* a primary key, so that what comes again changes nothing: ``ID/PHASE``, for an update with the event's ``end``.

Needs paho-mqtt 2 and Python 3.11; any MQTT 5 broker will do.
"""

from __future__ import annotations

import argparse
import json
import signal
import sqlite3
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

TOPIC = "$share/archive/edgedet/+/+/events"
KEPT = 7 * 86400
"""Seconds the broker keeps the session of a consumer that is away."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS events (key TEXT PRIMARY KEY, camera TEXT NOT NULL, event TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wire (came INTEGER NOT NULL, twice INTEGER NOT NULL, odd INTEGER NOT NULL);
INSERT INTO wire SELECT 0, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM wire);
"""


def key_of(event: dict[str, Any]) -> str:
    """What names a message: an event starts once, ends once, and changes at different times."""
    key = f"{event['id']}/{event['phase']}"
    return f"{key}/{event['end']:.3f}" if event["phase"] == "update" else key


class Consumer:
    """One of the group.

    Args:
        host, port: of the broker.
        name: client id, another one for each consumer.
        tls: folder with ``ca.crt``, and certificate and key in ``archive.pem``.
        to: the file; several consumers may share one.
    """

    def __init__(self, host: str, port: int, name: str, tls: Path, to: Path) -> None:
        self._db = sqlite3.connect(to, timeout=30, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(SCHEMA)
        self._client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True)
        self._client.tls_set(str(tls / "ca.crt"), str(tls / "archive.pem"))
        self._client.reconnect_delay_set(1, 30)
        self._client.on_connect = lambda client, *_: client.subscribe(TOPIC, 1)
        self._client.on_message = lambda client, _data, message: self._take(client, message)
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = KEPT
        self._client.connect_async(host, port, 30, clean_start=False, properties=session)

    def run(self) -> None:
        """Take what comes, until :meth:`stop`; a broker that is away is tried again."""
        self._client.loop_forever(retry_first_connection=True)
        self._db.close()

    def stop(self) -> None:
        """End; the session stays."""
        self._client.disconnect()

    def _take(self, client: Client, message: MQTTMessage) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            event = json.loads(message.payload)
            row = (key_of(event), event["camera"], message.payload.decode())
        except (ValueError, KeyError, TypeError):  # whoever wrote it: it would come again for ever
            self._db.execute("UPDATE wire SET came = came + 1, odd = odd + 1")
        else:
            new = self._db.execute("INSERT OR IGNORE INTO events VALUES (?, ?, ?)", row).rowcount
            self._db.execute("UPDATE wire SET came = came + 1, twice = twice + ?", (1 - new,))
        self._db.execute("COMMIT")
        client.ack(message.mid, message.qos)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, default=8883)
    parser.add_argument("--name", required=True, help="client id, another one for each consumer")
    parser.add_argument(
        "--tls", type=Path, required=True, help="folder with ca.crt, and certificate and key in archive.pem"
    )
    parser.add_argument("--to", type=Path, required=True, help="SQLite file")
    given = parser.parse_args()
    consumer = Consumer(given.host, given.port, given.name, given.tls, given.to)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: consumer.stop())
    consumer.run()


if __name__ == "__main__":
    main()
