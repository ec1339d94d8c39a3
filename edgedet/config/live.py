"""The live picture in the browser: what it may cost."""

from __future__ import annotations

from edgedet.config.section import Section, key


class LiveConfig(Section):
    """The live pictures of the page: motion JPEG for every browser, WebRTC for those that can."""

    quality: int = key(75, "JPEG quality", ge=1, le=100)
    width: int = key(1280, "largest width of a JPEG picture, in pixels; 0: as captured", ge=0, le=16384)
    fps: float = key(15, "most JPEG pictures a second", gt=0, le=240)
    max_viewers: int = key(
        32, "viewers of a camera's JPEG pictures at once; more are told to come later", ge=1, le=1000
    )
    webrtc: bool = key(True, "offer WebRTC: smoother than JPEG and a tenth of its bytes")
    webrtc_width: int = key(960, "most pixels across that are encoded for WebRTC; 0: as captured", ge=0, le=8192)
    webrtc_fps: float = key(15, "most pictures a second that are encoded for WebRTC", gt=0, le=60)
    webrtc_bitrate: int = key(1500, "most kilobits a second that are encoded for WebRTC", ge=50, le=20_000)
    webrtc_pass: int = key(
        4000, "kilobits a second up to which a camera's own H.264 is passed on as it comes; 0: never", ge=0, le=100_000
    )
    max_peers: int = key(4, "viewers by WebRTC at once, of all cameras; more get JPEG pictures", ge=1, le=100)
