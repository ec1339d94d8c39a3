"""What one listener has yet to be told: never more than it should hear."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection

from edgedet.web import messages
from edgedet.web.bell import Bell

MOST_NEWS = 256
"""Events and switches that wait for a slow listener; it is told how many more there were."""


class Subscriber:
    """Takes messages in any thread and gives them out in one: the newest result of each camera, and all the news.

    Args:
        bell: rung when there is something.
        cameras: those it is about.
        results: whether it wants to know what is found in every frame.
    """

    def __init__(self, bell: Bell, cameras: Collection[str], results: bool) -> None:
        self.bell = bell
        self._cameras, self._results = frozenset(cameras), results
        self._newest: dict[str, str] = {}
        self._news = deque[str](maxlen=MOST_NEWS)
        self._missed = 0
        self._lock = threading.Lock()

    def wants(self, camera: str) -> bool:
        """Whether it is about this camera."""
        return camera in self._cameras

    def wants_results(self, camera: str) -> bool:
        """Whether it wants to know what is found in this camera's frames."""
        return self._results and camera in self._cameras

    def result(self, camera: str, message: str) -> None:
        """The newest of a camera; one that wasn't taken yet is forgotten."""
        with self._lock:
            self._newest[camera] = message
        self.bell.ring()

    def news(self, message: str) -> None:
        """An event, or a switch that was turned."""
        with self._lock:
            self._missed += len(self._news) == MOST_NEWS
            self._news.append(message)
        self.bell.ring()

    def take(self) -> list[str]:
        """All there is to say now; news first, in their order."""
        with self._lock:
            said = [*self._news, *self._newest.values()]
            if self._missed:
                said.insert(0, messages.of_missed(self._missed))
            self._news.clear()
            self._newest.clear()
            self._missed = 0
            return said
