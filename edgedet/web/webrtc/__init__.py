"""The live picture by WebRTC: H.264 as the camera made it where that can be, else encoded once for all viewers.

    camera's packets -> Passing \\
                                 Film -> Peer (aiortc) -> browser
    frames -> Encoder ----------/
"""

from edgedet.web.webrtc.film import Film
from edgedet.web.webrtc.fork import Fork
from edgedet.web.webrtc.offer import LONGEST, Offer
from edgedet.web.webrtc.peers import Peers, TooMany

__all__ = ["LONGEST", "Film", "Fork", "Offer", "Peers", "TooMany"]
