"""Addresses of cameras and receivers: what kind, which host, and never a password in what is shown."""

from __future__ import annotations

from edgedet.capture.network import host_of
from edgedet.capture.redact import redact
from edgedet.capture.uri import scheme_of
from edgedet.errors import EdgedetError
from edgedet.notify.hiding import hide_address
from edgedet.notify.webhook import check_address
from edgedet.toml import hide
from tests.fuzz.judge import SECRET, Wrong

LONGEST = 4096
WORDS = (
    b"rtsp://", b"http://", b"tgram://", b"@", b":", b"token=", b"&", b"?", b"#", b"[::1]", b"%40", b"v4l2:", b"picam:",
    b"/dev/video0", b"pas", b"://", b"\xe2\x84\x80",
)  # fmt: skip


def case(data: bytes) -> None:
    """The same text as it is, and as the path of an address that has a password."""
    text = data.decode("utf-8", "replace")
    for address in (text, f"rtsp://user:{SECRET}@camera/{text}", f"https://camera/{text}?token={SECRET}"):
        if SECRET in (shown := hide(redact(address))) or SECRET in (shown := hide_address(address)):
            raise Wrong(f"a password is shown: {shown[:200]}")
        scheme_of(address)
        for look in (host_of, check_address):
            try:
                look(address)
            except EdgedetError as error:
                if SECRET in str(error):
                    raise


def seeds() -> list[bytes]:
    texts = ("rtsp://user:pw@10.0.0.7:554/live?token=abc&channel=1", "tgram://123:abc/42: refused", "v4l2:0", "0",
             "http://[fe80::1%25eth0]:8080/x", "https://hooks.example/T0/B0", "clips/*.mp4", "http://[")  # fmt: skip
    return [text.encode() for text in texts]
