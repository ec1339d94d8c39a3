"""Where everything live comes in, and goes out to whoever watches."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Sequence

from edgedet.config import CameraConfig
from edgedet.config.live import LiveConfig
from edgedet.errors import OutputError
from edgedet.events.change import Change
from edgedet.publish.feed import Feed
from edgedet.types import FrameResult
from edgedet.web import messages
from edgedet.web.bell import Bell
from edgedet.web.subscriber import Subscriber
from edgedet.web.webrtc import Film, Peers

log = logging.getLogger(__name__)


class Hub:
    """A publisher of results and a listener to events, for any number of viewers.

    What each of them gets is encoded once for all who want it, and not at all while nobody does. A slow viewer gets
    the newest when it is ready for it: nothing piles up, nobody waits for it.

    Args:
        cameras: their settings. The film of one whose ``privacy`` hides something is never passed on as it comes.
        config: how large, how often, for how many.

    Attributes:
        config: as given.
        feeds: the annotated picture of each camera, by name.
        clean: the same without boxes.
        films: each camera's film for WebRTC.
        peers: those who watch by WebRTC.
    """

    name = "live"

    def __init__(self, cameras: Sequence[CameraConfig], config: LiveConfig) -> None:
        self.config = config
        names = [camera.name for camera in cameras]
        self.feeds = {name: self._new_feed(boxes=True) for name in names}
        self.clean = {name: self._new_feed(boxes=False) for name in names}
        self.films = {each.name: Film(each.name, config, may_pass=not each.privacy.hides) for each in cameras}
        self.peers = Peers(config)
        self._subscribers: tuple[Subscriber, ...] = ()
        self._bells: set[Bell] = set()
        self._lock = threading.Lock()
        self._complained: set[str] = set()

    def open(self) -> None:
        """Nothing to get ready."""

    def publish(self, result: FrameResult) -> None:
        """Hand a result to all who want it: the numbers first, as pictures have to be encoded."""
        camera = result.camera
        wanting = [each for each in self._subscribers if each.wants_results(camera)]
        if wanting:
            message = messages.of_result(result)
            for each in wanting:
                each.result(camera, message)
        self.films[camera].frame(result.frame)
        try:
            self.feeds[camera].put(result)
            self.clean[camera].put(result)
        except OutputError as error:  # only its pictures are wrong: the rest goes on
            if camera not in self._complained:
                self._complained.add(camera)
                log.error("%s: %s", camera, error)

    def close(self) -> None:
        """There will be no results: all who watch are sent away."""
        self.hang_up()

    def hear(self, change: Change) -> None:
        """Tell of an event."""
        if self._subscribers:
            self._tell(change.event.camera, messages.of_event(change.event))

    def switched(self, switch: str, camera: str, on: bool) -> None:
        """Tell that a switch was turned; who watches a camera that became private is sent away."""
        if switch == "privacy":
            self.feeds[camera].clear()
            self.clean[camera].clear()
            if on:
                self.hang_up(camera)
        self._tell(camera, messages.of_switch(switch, camera, on))

    def feed(self, camera: str, boxes: bool) -> Feed:
        """The picture of a camera, with boxes or without."""
        return (self.feeds if boxes else self.clean)[camera]

    def subscribe(self, cameras: Collection[str], results: bool) -> Subscriber:
        """A listener to these cameras; called in its event loop. :meth:`unsubscribe` it in the end.

        Args:
            cameras: their names.
            results: whether it wants to know what is found in every frame, beside events and switches.
        """
        subscriber = Subscriber(self.enter(), cameras, results)
        with self._lock:
            self._subscribers += (subscriber,)
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """It is gone."""
        self.leave(subscriber.bell)
        with self._lock:
            self._subscribers = tuple(each for each in self._subscribers if each is not subscriber)

    def enter(self, camera: str = "") -> Bell:
        """A bell for somebody who watches a camera, or several; it tells when to go."""
        bell = Bell(camera)
        with self._lock:
            self._bells.add(bell)
        return bell

    def leave(self, bell: Bell) -> None:
        """Who had this bell is gone."""
        with self._lock:
            self._bells.discard(bell)

    def hang_up(self, camera: str = "") -> None:
        """Send away everybody who watches now, or all who watch this camera alone; from any thread."""
        with self._lock:
            bells = [bell for bell in self._bells if not camera or bell.camera == camera]
        for bell in bells:
            bell.hang_up()

    def stats(self) -> dict[str, int]:
        """How many watch now: ``mjpeg``, ``webrtc``, ``listeners`` to the WebSocket."""
        feeds = [*self.feeds.values(), *self.clean.values()]
        return {
            "mjpeg": sum(feed.watching for feed in feeds),
            "webrtc": len(self.peers),
            "listeners": len(self._subscribers),
        }

    def _tell(self, camera: str, message: str) -> None:
        for each in self._subscribers:
            if each.wants(camera):
                each.news(message)

    def _new_feed(self, boxes: bool) -> Feed:
        config = self.config
        return Feed(config.quality, config.width, config.max_viewers, boxes, "live.width")
