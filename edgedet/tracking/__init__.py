"""From boxes in single frames to objects followed over time.

The algorithm is ByteTrack (Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", ECCV
2022), timed by the source's clock instead of counted frames, and with a memory for what stands still.
"""

from edgedet.tracking.track import Track
from edgedet.tracking.tracker import Tracker

__all__ = ["Track", "Tracker"]
