"""Follows one camera: counts, measures, compares, and says when its world has changed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from edgedet.config.drift import DriftConfig
from edgedet.drift.finding import Finding, level
from edgedet.drift.folder import Day, DriftFolder, moment
from edgedet.drift.history import days_before
from edgedet.drift.hour import NO_EDGES, Hour, Window
from edgedet.drift.measure import measure
from edgedet.drift.reference import Reference
from edgedet.drift.standing import Standing
from edgedet.drift.words import advice
from edgedet.errors import OutputError
from edgedet.types import Frame, FrameResult

log = logging.getLogger(__name__)

COUNT_EVERY = 1.0
"""Seconds between frames whose objects are counted: those of the next frame are the same ones."""
HOURS = 6
"""Up to the present one, whose objects are compared as one."""


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """A camera's world has changed, or is as it was.

    Attributes:
        camera: its name.
        changed: which of the two.
        text: how, in plain words.
        frame: what it sees now, with what nobody may see covered.
    """

    camera: str
    changed: bool
    text: str
    frame: Frame


class CameraDrift:
    """The statistics of one camera. Used by one thread, its results in order.

    Whatever time the frames say it is, it is: film from other days is filed under those.

    Args:
        folder: its files.
        config: how often, how long, how strict.
        tell: hears of changes.
    """

    def __init__(self, folder: DriftFolder, config: DriftConfig, tell: Callable[[News], None]) -> None:
        self._folder, self._config, self._tell = folder, config, tell
        self._standing = Standing(folder)
        self._day, self._hour, self._hours = date.min, -1, Day()
        self._before: list[tuple[date, Day]] = []
        self._reference = Reference([], config.learn, config.tolerance)
        self._window: Window | None = None
        self._began = self._measured = self._counted = float("-inf")
        self._index = -1
        self._findings: list[Finding] = []

    def see(self, result: FrameResult) -> None:
        """Take a result; it costs microseconds, but for one picture every ``drift.every`` seconds."""
        frame, now = result.frame, result.frame.elapsed
        wall = frame.wall
        if wall.hour != self._hour or wall.date() != self._day:
            self._turn(frame)
        hour = self._hours[self._hour]
        hour.results += 1
        hour.frames += frame.index - self._index if 0 <= self._index < frame.index else 1
        self._index = frame.index
        if result.looked:
            hour.looked += 1
            if not 0 <= now - self._counted < COUNT_EVERY:
                self._counted = now
                hour.see(result.detections, frame.width, frame.height)
        if not 0 <= now - self._measured < self._config.every:
            self._measured = now
            self._measure(hour, frame)

    def close(self) -> None:
        """Write down what was counted. Raises OutputError."""
        if self._hours:
            self._folder.save(self._day, self._hours)

    @property
    def changed(self) -> bool:
        """Whether its world has changed; from any thread."""
        return self._standing.since is not None

    def report(self) -> dict[str, Any]:
        """How it stands, ready for JSON; from any thread.

        ``drift`` from 0 to 1, from 0.5 on something has changed; None while there is nothing to compare with.
        ``changed`` since when, and ``what``; None where all is as it was. ``learned``: days that saw this hour.
        """
        since, findings = self._standing.since, self._findings
        return {
            "drift": round(level(findings), 4) if findings else None,
            "changed": since.isoformat(timespec="seconds") if since else None,
            "what": self._standing.text if since else None,
            "learned": self._reference.learned(self._hour) if self._hour >= 0 else 0,
        }

    def _measure(self, hour: Hour, frame: Frame) -> None:
        seconds = (frame.wall - moment(self._day, 0)).total_seconds()
        if self._window is None:
            self._window, self._began = Window(seconds), frame.elapsed
            hour.windows.append(self._window)
        measured = measure(frame.image)
        self._window.add(measured)
        hour.edges += measured.edges
        if frame.elapsed - self._began + self._config.every >= self._config.window:
            self._end_window(frame)

    def _turn(self, frame: Frame) -> None:
        """Another hour has begun; perhaps another day."""
        wall = frame.wall
        if self._window is not None and self._window.pictures * self._config.every * 2 > self._config.window:
            self._end_window(frame)
        self._window = None
        if self._hours:
            self._save(lambda: self._folder.save(self._day, self._hours))
        if wall.date() != self._day:
            self._day = wall.date()
            self._hours = self._folder.load(self._day)
            oldest = self._day - timedelta(days=self._config.days)
            self._save(lambda: self._folder.prune(oldest))
            self._learn()
        self._hour = wall.hour
        self._hours.setdefault(self._hour, Hour())

    def _learn(self) -> None:
        """Take the days before as they are now."""
        standing = self._standing
        self._before = days_before(self._folder, self._day, self._config.days, standing.accepted, standing.spans)
        days = [hours for _, hours in self._before]
        self._reference = Reference(days, self._config.learn, self._config.tolerance)

    def _end_window(self, frame: Frame) -> None:
        window, self._window = self._window, None
        assert window is not None, "it was measured into"
        camera = self._folder.camera
        if self._standing.accept():
            self._learn()
            log.info("%s: accepted as it is; it is learned anew for %d days", camera, self._config.learn)
        self._findings = self._reference.compare(self._hour, window)
        window.edges = NO_EDGES
        if self._findings:
            self._findings += self._reference.compare_objects(self._latest())
        news = self._standing.hear(self._findings, moment(self._day, int(window.begin)), frame.wall)
        if news is not None:
            self._say(frame)

    def _latest(self) -> dict[int, Hour]:
        """The last hours; those of yesterday count if it is one of the days before."""
        yesterday = next((hours for day, hours in self._before if day == self._day - timedelta(days=1)), Day())
        numbers = range(self._hour - HOURS + 1, self._hour + 1)
        both = [(number % 24, (self._hours if number >= 0 else yesterday).get(number % 24)) for number in numbers]
        return {number: hour for number, hour in both if hour is not None}

    def _say(self, frame: Frame) -> None:
        camera, since, text = self._folder.camera, self._standing.since, self._standing.text
        if since is not None:
            what = f"the picture has changed since {since.astimezone():%Y-%m-%d %H:%M}: {text}"
            log.warning("%s: %s; %s", camera, what, advice(self._findings, camera))
        else:
            log.info("%s: the picture is again as it was on the days before", camera)
        self._tell(News(camera, since is not None, text, frame))

    def _save(self, write: Callable[[], None]) -> None:
        """A disk that is full or gone costs this hour's statistics, not the camera."""
        try:
            write()
        except OutputError as error:
            log.error("drift: %s", error)
