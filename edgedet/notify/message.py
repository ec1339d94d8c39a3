"""A message as it goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgedet.config.notify import NotifyConfig
from edgedet.event import Event
from edgedet.schedule import parse
from edgedet.template import Template, values_of


@dataclass(frozen=True, slots=True)
class Message:
    """What is told, in every form a receiver may want.

    Attributes:
        key: the same for the same news, however often it is sent: ``20261121-104455.123-front-7f3a/start``.
        title: one line.
        body: the rest, perhaps several lines; may be empty.
        link: where to see more; empty: nowhere.
        event: :meth:`edgedet.event.Event.to_dict`.
        picture: a JPEG; None: there is none.
    """

    key: str
    title: str
    body: str
    link: str
    event: Mapping[str, Any]
    picture: bytes | None = None


class Composer:
    """Writes messages by the templates of the configuration.

    Args:
        config: has them; they are known to be right.
    """

    def __init__(self, config: NotifyConfig) -> None:
        self._title = Template("title", config.title)
        self._body = Template("body", config.body)
        self._link = Template("link", config.link)
        self._zone = parse("", config.time_zone).zone

    def compose(self, key: str, event: Mapping[str, Any], picture: bytes | None) -> Message:
        """The message about an event.

        Args:
            key: see :class:`Message`.
            event: :meth:`edgedet.event.Event.to_dict`.
            picture: a JPEG.

        Raises:
            KeyError, TypeError, ValueError: it is no event.
        """
        values = values_of(Event.from_dict(event), self._zone)
        values["link"] = self._link.fill(values)
        return Message(key, self._title.fill(values), self._body.fill(values), values["link"], event, picture)
