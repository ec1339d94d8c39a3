"""A durable queue of messages: what was put is sent, in order and once, whatever breaks in between.

Each receiver is a *sink* with a queue of its own. A message has a key, unique for its sink; the same key is never
put twice, not even after the message was sent and edgedet started anew.
"""

from __future__ import annotations

from edgedet.outbox.catchup import catch_up
from edgedet.outbox.item import Item
from edgedet.outbox.outbox import Outbox

__all__ = ["Item", "Outbox", "catch_up"]
