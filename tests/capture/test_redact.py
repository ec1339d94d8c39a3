from __future__ import annotations

import string
from urllib.parse import quote

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.capture.network import explain, host_of
from edgedet.capture.redact import redact
from edgedet.capture.uri import scheme_of
from edgedet.errors import SourceError

SECRETS = st.text(string.ascii_letters + string.digits + string.punctuation + " äß", min_size=1).map(
    lambda word: f"Zq{word}qZ"  # what no other part of the address contains
)
HOSTS = st.sampled_from(["cam", "10.0.0.7", "cam.example.org:8554", "[fe80::1]:554"])
PATHS = st.sampled_from(["", "/", "/live", "/cam/realmonitor?channel=1&subtype=0", "/a/b.mjpg#x"])
KEYS = st.sampled_from(["token", "password", "pwd", "loginpas", "api_key", "ACCESS_TOKEN", "sig", "usr"])


@given(st.sampled_from(["rtsp", "rtsps", "http", "https"]), SECRETS, SECRETS, HOSTS, PATHS, st.booleans())
def test_user_and_password_never_show(scheme: str, user: str, word: str, host: str, path: str, encoded: bool) -> None:
    if encoded:
        user, word = quote(user, safe=""), quote(word, safe="")
    else:
        user = quote(user, safe="")  # a raw name that has no colon after it can't be told from a host
    shown = redact(f"{scheme}://{user}:{word}@{host}{path}")
    assert "Zq" not in shown
    assert shown == f"{scheme}://***@{host}{path}"


@given(KEYS, SECRETS, HOSTS)
def test_secret_query_values_never_show(key: str, word: str, host: str) -> None:
    shown = redact(f"http://{host}/video.cgi?channel=1&{key}={quote(word, safe='')}&size=2")
    assert shown == f"http://{host}/video.cgi?channel=1&{key}=***&size=2"


@pytest.mark.parametrize("glued", ["1", "x/1", "é", "_", "-", "inf/"])
def test_a_receiver_is_hidden_whatever_stands_before_it(glued: str) -> None:
    assert "hunter2" not in redact(f"{glued}tgram://hunter2/42")


@pytest.mark.parametrize("uri", ["demo:", "0", "/home/me/a@b.mp4", "rtsp://cam/live@1", "clips/*.mp4", "http://c:80/x"])
def test_what_is_no_secret_stays(uri: str) -> None:
    assert redact(uri) == uri


def test_why_a_camera_is_lost_can_still_be_read() -> None:
    """An at sign in the reason would be taken for the end of the password, and all before it be hidden."""
    denied = explain(av.HTTPUnauthorizedError(401, "no"), 3)
    with pytest.raises(SourceError) as nonsense:
        host_of("rtsp://")
    for reason in (denied, nonsense.value):
        assert redact(f"rtsp://cam:secret@10.0.0.7/live: {reason}") == f"rtsp://***@10.0.0.7/live: {reason}"


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    ("uri", "scheme"),
    [
        ("demo:", "demo"),
        ("7", "v4l2"),
        ("/dev/video12", "v4l2"),
        ("/dev/v4l/by-id/usb-Cam-index0", "v4l2"),
        ("v4l2:///dev/video0", "v4l2"),
        ("picam:", "picam"),
        ("HTTPS://cam/x", "https"),
        ("rtmp://cam/x", "rtmp"),
        ("a:b.mp4", ""),
        ("7.mp4", ""),
        ("/dev/video", ""),
        ("٣", ""),
    ],
)
def test_schemes(uri: str, scheme: str) -> None:
    assert scheme_of(uri) == scheme
