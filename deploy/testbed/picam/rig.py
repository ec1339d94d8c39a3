"""Lets the real picamera2 drive libcamera's virtual camera, which has neither raw pictures nor a DMA heap.

Imported at the start of every process of the environment it is installed in (``edgedet_rig.pth``); it waits there
until picamera2 is imported, since most processes never do.
"""

from __future__ import annotations

import fcntl
import importlib.abc
import importlib.machinery
import importlib.util
import mmap
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

TARGET = "picamera2.picamera2"
RATE = 30.0


class Finder(importlib.abc.MetaPathFinder):
    """Changes picamera2 as soon as it has been imported."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's own, but that :func:`change` follows its execution."""
        if name != TARGET:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            change(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def change(module: Any) -> None:
    """Buffers come from the camera itself, and its sensor's modes are its pictures' sizes."""
    import libcamera
    from picamera2.allocators.libcameraallocator import LibcameraAllocator

    class Mapped:
        """A buffer's memory, for as long as it is read: it stays where it is, as on a Pi."""

        def __init__(self, allocator: Any, buffer: Any, _write: bool) -> None:
            self.memory = allocator.mapped[buffer.planes[0].fd]

        def __enter__(self) -> mmap.mmap:
            return self.memory

        def __exit__(self, *_: object) -> None: ...

    class Allocator(LibcameraAllocator):
        """The camera's own buffers; each as long as its picture, as on a Pi, and not as its pages."""

        def __init__(self, owner: Any = None) -> None:
            super().__init__(None)
            self.owner, self.sync = owner, Mapped

        def allocate(self, libcamera_config: Any, use_case: Any) -> None:
            self.camera = self.owner.camera  # another one each time it is opened
            super().allocate(libcamera_config, use_case)
            sizes = {each.stream: each.frame_size for each in libcamera_config}
            buffers = [(buffer, size) for stream, size in sizes.items() for buffer in self.buffers(stream)]
            self.mapped = {buffer.planes[0].fd: mmap.mmap(buffer.planes[0].fd, size) for buffer, size in buffers}

    class Picamera2(module.Picamera2):
        """As it is, but for its buffers, its modes and its pace."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.allocator, self.due = Allocator(self), 0.0

        @property
        def sensor_modes(self) -> list[dict[str, Any]]:
            """As of any camera whose sensor isn't read raw."""
            return [{"format": "NV12"}]

        def process_requests(self, display: Any) -> None:
            """Take one request at a time, when it is due: the virtual camera fills each as soon as it gets it."""
            time.sleep(max(0.0, self.due - time.monotonic()))
            self.due = max(self.due + 1 / RATE, time.monotonic())
            now = int(self.started)  # one released before would not go back to the camera
            with self._requestslock:
                later, self._requests = self._requests[now:], self._requests[:now]
            stops = self.stop_count
            super().process_requests(display)
            if stops != self.stop_count:
                for request in later:
                    request.release()
            elif later:
                with self._requestslock:
                    self._requests = later + self._requests
                os.write(self.notifyme_w, b"\0")

        def _open_camera(self) -> None:
            """As libcamera does with a camera that has a device, keep other processes from it."""
            self.held = Path(f"/run/lock/camera{self.camera_idx}").open("w")  # noqa: SIM115 - held until it is closed
            try:
                fcntl.lockf(self.held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self.held.close()
                raise RuntimeError("Failed to acquire camera: Device or resource busy") from None
            super()._open_camera()

        def close(self) -> None:
            super().close()
            self.held.close()

        def _get_raw_modes(self) -> list[dict[str, Any]]:
            view = self.camera.generate_configuration([libcamera.StreamRole.Viewfinder])
            formats = view.at(0).formats
            return [
                {"format": str(pixels), "size": (size.width, size.height)}
                for pixels in formats.pixel_formats
                for size in formats.sizes(pixels)
            ]

    module.DmaAllocator, module.Picamera2 = Allocator, Picamera2


sys.meta_path.insert(0, Finder())
