"""Films and pictures of what happened: a ring of encoded packets, clips out of it, snapshots, continuous recording.

    source's packets, or its frames through an encoder -> ring -> parts of a clip (fragmented MP4) -> clip.mp4

>>> from edgedet.events.recorder import parts_of, repair
"""

from edgedet.events.recorder.continuous import repair_segment
from edgedet.events.recorder.finish import inspect, repair
from edgedet.events.recorder.parts import parts_of
from edgedet.events.recorder.recorder import Recorder
from edgedet.events.recorder.stats import RecorderStats

__all__ = ["Recorder", "RecorderStats", "inspect", "parts_of", "repair", "repair_segment"]
