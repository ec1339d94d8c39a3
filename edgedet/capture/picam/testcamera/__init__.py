"""A camera module that isn't there: Picamera2's own interface, the demo's pictures, and faults as one likes.

    picam:test?stall=30 -> faults -> rig (the board: which modules are plugged in) -> camera -> requests -> buffers

A driver like any other: what works with it makes the calls the real one would get, in their order. It knows nothing of
light, lenses and colour; controls are checked and remembered, and change no picture except flips and the frame rate.
"""

from __future__ import annotations

from edgedet.capture.picam.testcamera.camera import RigCamera
from edgedet.capture.picam.testcamera.encoder import H264Encoder
from edgedet.capture.picam.testcamera.faults import Faults, read_faults
from edgedet.capture.picam.testcamera.rig import Rig

__all__ = ["Faults", "H264Encoder", "Rig", "RigCamera", "read_faults"]
