"""What a broker's users may ask for."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from functools import partial

from edgedet.control import SWITCHES, Control
from edgedet.errors import EdgedetError
from edgedet.mqtt.topics import OFF, ON, PRESS, Topics

log = logging.getLogger(__name__)

WAITING_MOST = 32
"""Commands that wait; more at once than anybody gives on purpose."""
_WORDS = {ON: True, "TRUE": True, "1": True, OFF: False, "FALSE": False, "0": False}
_SHOWN = 40
_LONGEST_TOPIC = 160


class Commands:
    """Takes commands as they come, in the connection's thread, and carries them out in another.

    Args:
        topics: which topic is which command.
        control: what carries them out.
        snapshot: sends a camera's newest picture.
        answer: sends what came of a reload: whether it was done, and lines.
    """

    def __init__(
        self,
        topics: Topics,
        control: Control,
        snapshot: Callable[[str], None],
        answer: Callable[[bool, tuple[str, ...]], None],
    ) -> None:
        self._topics, self._control, self._snapshot, self._answer = topics, control, snapshot, answer
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue(WAITING_MOST)
        self._refused = ""
        self.done = self.refused = 0

    def filters(self) -> list[str]:
        """The topics to subscribe to."""
        topics = self._topics
        return [topics.switch("+"), topics.switch("+", "+"), topics.take_snapshot("+"), topics.reload]

    def take(self, topic: str, payload: bytes, retained: bool) -> None:
        """Take a command; what makes no sense is refused, with a line in the log."""
        text = payload[: _SHOWN + 1].decode(errors="replace")
        if retained:
            self._refuse(
                f"{_topic(topic)}: a retained command would be given again after each start; send it without retain"
            )
        elif (work := self._read(topic, text)) is not None:
            try:
                self._waiting.put_nowait(work)
            except queue.Full:
                self._refuse(f"{_topic(topic)}: more than {WAITING_MOST} commands at once; send fewer")

    def carry_out(self) -> None:
        """Do what was asked for."""
        while True:
            try:
                work = self._waiting.get_nowait()
            except queue.Empty:
                return
            try:
                work()
                self.done += 1
            except EdgedetError as error:  # no folder to record into, privacy that can't be written down
                self._refuse(str(error))

    def _read(self, topic: str, text: str) -> Callable[[], None] | None:
        """What a command asks for; None if it was refused."""
        match topic.removeprefix(f"{self._topics.base}/").split("/"):
            case ["reload"]:
                return self._reload if self._pressed(topic, text) else None
            case [camera, "snapshot", "take"]:
                known = self._known(topic, camera) and self._pressed(topic, text)
                return partial(self._snapshot, camera) if known else None
            case [camera, switch, "set"]:
                return self._switch(topic, switch, text, camera) if self._known(topic, camera) else None
            case [switch, "set"]:
                return self._switch(topic, switch, text, None)
        return None

    def _switch(self, topic: str, switch: str, text: str, camera: str | None) -> Callable[[], None] | None:
        on = _WORDS.get(text.strip().upper())
        for each in SWITCHES:
            if each == switch and on is not None:
                return partial(self._control.turn, each, on, camera)
        if switch not in SWITCHES:
            self._refuse(f"{_topic(topic)}: there is no such switch; there are {', '.join(SWITCHES)}")
        else:
            self._refuse(f"{_topic(topic)}: {_shown(text)} is neither {ON} nor {OFF}; send one of them")
        return None

    def _reload(self) -> None:
        log.info("mqtt: asked to reload the settings")
        answer = self._control.reload()
        self._answer(answer.ok, answer.lines)

    def _known(self, topic: str, camera: str) -> bool:
        if camera in self._control.cameras:
            return True
        self._refuse(
            f"{_topic(topic)}: there is no camera {_shown(camera)}; there is {', '.join(self._control.cameras)}"
        )
        return False

    def _pressed(self, topic: str, text: str) -> bool:
        if text.strip().upper() in ("", PRESS):
            return True
        self._refuse(f"{_topic(topic)}: {_shown(text)} means nothing here; send {PRESS}")
        return False

    def _refuse(self, text: str) -> None:
        self.refused += 1
        if text != self._refused:  # whoever repeats a mistake a thousand times gets one line
            log.warning("mqtt: command refused: %s", text)
        self._refused = text


def _topic(topic: str) -> str:
    """As it is, unless a stranger put a line of the log's own into it, or thousands of letters."""
    return topic if topic.isprintable() and len(topic) <= _LONGEST_TOPIC else _shown(topic)


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
