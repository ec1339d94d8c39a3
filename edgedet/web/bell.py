"""How threads wake somebody who waits in an event loop."""

from __future__ import annotations

import asyncio
import contextlib


class Bell:
    """Rung in any thread, heard in the event loop it was made in.

    Args:
        camera: the one that its owner watches; empty: several.

    Attributes:
        camera: as given.
        hung_up: its owner is to go.
    """

    def __init__(self, camera: str = "") -> None:
        self.camera, self.hung_up = camera, False
        self._loop = asyncio.get_running_loop()
        self._rung, self._told = asyncio.Event(), False

    def ring(self) -> None:
        """Wake who waits, or have the next wait end at once."""
        if not self._told:  # a loop that is busy needn't be told ten times
            self._told = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(self._rung.set)

    def hang_up(self) -> None:
        """Wake who waits, for the last time."""
        self.hung_up = True
        self._told = False
        self.ring()

    async def wait(self, seconds: float) -> bool:
        """Until it rings; False if it didn't for so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        self._told = False
        return True
