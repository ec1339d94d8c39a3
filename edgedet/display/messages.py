"""What the program and the process that draws tell each other, over a pipe of their own.

The program sends :class:`Begin`, then :class:`Show` once for each :class:`Ready`, and :class:`Private` or
:class:`Redrawn` when that changed. The process answers :class:`Opened` or :class:`Failed`, and sends the rest. Either
end that goes away closes the pipe, and so ends the other's part.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edgedet.display.outlines import Outline
from edgedet.types import FrameResult


@dataclass(frozen=True, slots=True)
class Begin:
    """What is to be shown.

    Attributes:
        outlines: the zones and lines of each camera, by its name; the cameras in their order.
        full_screen: whether to begin with the whole screen.
        fps: pictures a second, at most.
        snapshots: the folder for what somebody wants to keep; it needn't be there yet.
    """

    outlines: dict[str, tuple[Outline, ...]]
    full_screen: bool
    fps: int
    snapshots: Path


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A camera's newest picture; its pixels are in the shared memory.

    Attributes:
        result: what was found in it; its frame has no pixels (0, 0, 3).
        shape: rows, columns, 3.
        offset: where its pixels begin, in bytes.
    """

    result: FrameResult
    shape: tuple[int, ...]
    offset: int


@dataclass(frozen=True, slots=True, eq=False)
class Show:
    """New pictures. The shared memory stays as it is until the next :class:`Ready`."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Private:
    """The cameras that nobody may look at now; all others' pictures may be shown."""

    cameras: frozenset[str]


@dataclass(frozen=True, slots=True)
class Redrawn:
    """The settings were read again: other zones and lines, of each camera by its name."""

    outlines: dict[str, tuple[Outline, ...]]


@dataclass(frozen=True, slots=True)
class Opened:
    """There is a screen: by which of SDL's drivers, and its size in pixels."""

    driver: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Failed:
    """There is none: why, and what to do."""

    text: str


@dataclass(frozen=True, slots=True)
class View:
    """The cameras that are shown from now on; send no others' pictures, and these once more."""

    cameras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """The next pictures are welcome, as soon as there are any; so many were drawn until now."""

    drawn: int


@dataclass(frozen=True, slots=True)
class Saved:
    """A picture was kept."""

    path: Path


@dataclass(frozen=True, slots=True)
class NotSaved:
    """A picture couldn't be kept: why, and what to do."""

    text: str


@dataclass(frozen=True, slots=True)
class Quit:
    """Somebody has seen enough: end the whole program."""


ToScreen = Begin | Show | Private | Redrawn
FromScreen = Opened | Failed | View | Ready | Saved | NotSaved | Quit
