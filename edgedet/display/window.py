"""The window itself. In the drawing process only: SDL wants it made, drawn and asked for events by one thread."""

from __future__ import annotations

import pygame

from edgedet.display.driver import CONSOLE, NoScreen, open_driver
from edgedet.types import Image

_FIRST = (1280, 720)
_CONSOLE_MOST = 1280 * 720
"""Pixels a console's screen is driven with: what it has more of it fills by itself, and at no cost here."""
_DESKTOP_PART = 0.9
"""Of the desktop, that a window takes at most: it has a frame, and the desktop a bar."""


class ScreenLost(Exception):
    """The desktop went away under the window."""


class Window:
    """A window on a desktop, or the whole screen of a console.

    Args:
        full_screen: whether to begin with the whole screen.

    Attributes:
        driver: SDL's name of what shows it: ``x11``, ``wayland``, ``kmsdrm``.
        hidden: whether nobody can see it: it is minimised.

    Raises:
        NoScreen: there is no screen.
    """

    def __init__(self, full_screen: bool) -> None:
        self.driver = open_driver()
        self.hidden = False
        try:
            self._console = self.driver == CONSOLE
            self._desktop = pygame.display.get_desktop_sizes()[0]
            most = [round(side * _DESKTOP_PART) for side in self._desktop]
            self._windowed = (min(_FIRST[0], most[0]), min(_FIRST[1], most[1]))
            self._full = full_screen or self._console
            self._surface = self._make()
        except pygame.error as error:
            raise NoScreen(
                f"display: {self.driver} opens no window ({error}); sudo apt install libgbm1 libegl1 libgles2 "
                "libgl1-mesa-dri, or leave out --display"
            ) from None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        return self._surface.get_size()

    def put(self, image: Image, x: int, y: int) -> None:
        """Lay a picture on it, its left upper corner at x and y; it is seen after :meth:`flip`."""
        rows, columns = image.shape[:2]
        self._surface.blit(pygame.image.frombuffer(image.data, (columns, rows), "BGR"), (x, y))

    def clear(self) -> None:
        """Make it black."""
        self._surface.fill("black")

    def flip(self) -> None:
        """Let everything be seen that was put since."""
        pygame.display.flip()

    def turn_full_screen(self, on: bool | None = None) -> None:
        """Take the whole screen, or give it back; None: the other of the two. A console's screen stays whole."""
        wanted = not self._full if on is None else on
        if wanted == self._full or self._console:
            return
        if wanted:
            self._windowed = self.size
        self._full = wanted
        pygame.display.quit()  # where nobody manages windows, one that was as large as the screen stays so
        pygame.display.init()
        self._surface = self._make()

    def typed(self) -> tuple[str, bool]:
        """The keys pressed since last time, as letters, and whether the window is new or changed its size.

        Raises:
            ScreenLost: the desktop ended.
        """
        letters, changed, closed = [], False, False
        for event in pygame.event.get():
            match event.type:
                case pygame.KEYDOWN:
                    letters.append(event.unicode.lower())
                case pygame.WINDOWCLOSE:
                    closed = True
                case pygame.QUIT if not closed:  # nobody closed the window
                    raise ScreenLost
                case pygame.VIDEORESIZE | pygame.WINDOWSIZECHANGED | pygame.WINDOWEXPOSED:
                    changed = True
                case pygame.WINDOWMINIMIZED | pygame.WINDOWHIDDEN:
                    self.hidden = True
                case pygame.WINDOWRESTORED | pygame.WINDOWSHOWN:
                    self.hidden = False
        return "".join(letters) + ("q" if closed else ""), changed

    def close(self) -> None:
        """Give the screen back."""
        pygame.display.quit()

    def _make(self) -> pygame.Surface:
        pygame.display.set_caption("edgedet")
        if self._full:
            size = self._console_size() if self._console else self._desktop
            surface = pygame.display.set_mode(size, pygame.FULLSCREEN)
        else:
            surface = pygame.display.set_mode(self._windowed, pygame.RESIZABLE)
        pygame.mouse.set_visible(not self._full)
        return surface

    def _console_size(self) -> tuple[int, int]:
        """The largest that isn't too large; the screen's own where it has no other."""
        sizes = {wide * high: (wide, high) for wide, high in pygame.display.list_modes()}
        return sizes[max(fitting)] if (fitting := [size for size in sizes if size <= _CONSOLE_MOST]) else self._desktop
