"""What a browser asks for, checked before anything is done about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edgedet.errors import DataError
from edgedet.web.webrtc.codecs import Codec

LONGEST = 64 << 10
"""Characters of an offer; Chromium's for one video has 6,000."""

MOST_ADDRESSES = 64
"""Addresses an offer may hold: each is tried by the connection (RFC 8445), and a browser has a few for each network."""

_ADDRESS = "a=candidate:"
_MEDIA = re.compile(r"^m=(\w+)", re.MULTILINE)
_CODEC = re.compile(r"^a=rtpmap:\d+ (H264|VP8)/90000", re.MULTILINE | re.IGNORECASE)
_WAY = re.compile(r"^a=(sendrecv|recvonly|sendonly|inactive)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Offer:
    """A browser's wish for one video.

    Attributes:
        sdp: the session description (RFC 8866), without addresses that only a query to the whole network could
            tell: the browser comes to us anyway.
        codecs: what it can decode.
    """

    sdp: str
    codecs: tuple[Codec, ...]

    @classmethod
    def read(cls, sdp: str, kind: str) -> Offer:
        """Check an offer.

        Args:
            sdp: as the browser made it.
            kind: its type.

        Raises:
            DataError: it isn't one that can be answered.
        """
        if kind != "offer":
            raise DataError(f"webrtc: type {kind[:20]!r} can't be answered; send an offer")
        if len(sdp) > LONGEST or not sdp.startswith("v=0"):
            raise DataError("webrtc: sdp is no session description; send the browser's localDescription.sdp")
        media = _MEDIA.findall(sdp)
        if media != ["video"]:
            found = f"has {', '.join(media[:4])}" if media else "has nothing in it"
            raise DataError(f"webrtc: the offer {found}; offer a single video, to receive")
        way = _WAY.search(sdp)
        if way is not None and way[1] not in ("recvonly", "sendrecv"):
            raise DataError(f"webrtc: the offered video is {way[1]}; offer to receive it (recvonly)")
        named = {name.upper() for name in _CODEC.findall(sdp)}
        codecs: list[Codec] = [codec for codec in ("H264", "VP8") if codec in named]
        if not codecs:
            raise DataError("webrtc: the offer knows neither H264 nor VP8; watch the motion JPEG stream instead")
        lines = [line for line in sdp.splitlines(True) if not _is_hidden(line)]
        if (addresses := sum(line.startswith(_ADDRESS) for line in lines)) > MOST_ADDRESSES:
            raise DataError(f"webrtc: the offer has {addresses} addresses; offer {MOST_ADDRESSES} at most")
        return cls("".join(lines), tuple(codecs))


def _is_hidden(line: str) -> bool:
    """Whether it is an address under a name for one occasion (mDNS)."""
    return line.startswith(_ADDRESS) and ".local " in line
