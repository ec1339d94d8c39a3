"""An RTSP server for tests: a video file over and over, or a test pattern, as H.264.

    /usr/bin/python3 tests/rtsp_server.py [--file clip.mp4 [--rate 25]] [--port 0] [--user NAME --password WORD]

Prints its address once it listens. It runs on Debian's Python, whose GStreamer bindings no environment has:
apt install python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-{base,good,bad,ugly} gstreamer1.0-libav
"""

import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

ENCODE = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph264pay name=pay0 pt=96 config-interval=1"
PATTERN = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=15/1"


class LoopingFactory(GstRtspServer.RTSPMediaFactory):
    """Starts the file again when it ends, without the clients noticing: the end is swallowed, its place sought."""

    def __init__(self, path, rate):
        super().__init__()
        self._path, self._rate = path, rate

    def do_create_element(self, _url):
        bin_ = Gst.parse_launch(
            f'( filesrc location="{self._path}" ! decodebin ! videoconvert name=raw ! videorate '
            f"! video/x-raw,framerate={self._rate}/1 ! {ENCODE} )"
        )
        pad = bin_.get_by_name("raw").get_static_pad("sink")
        pad.add_probe(Gst.PadProbeType.EVENT_DOWNSTREAM, self._swallow_end, bin_)
        return bin_

    @staticmethod
    def _swallow_end(_pad, info, bin_):
        if info.get_event().type != Gst.EventType.EOS:
            return Gst.PadProbeReturn.OK
        flags = Gst.SeekFlags.FLUSH | Gst.SeekFlags.KEY_UNIT
        GLib.idle_add(lambda: bin_.seek_simple(Gst.Format.TIME, flags, 0) and False)
        return Gst.PadProbeReturn.DROP


def factory_for(path, rate):
    if path:
        factory = LoopingFactory(path, rate)
    else:
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(f"( {PATTERN} ! {ENCODE} )")
    factory.set_shared(True)
    return factory


def protect(server, factory, user, password):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", user)
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    permissions = GstRtspServer.RTSPPermissions()
    for right in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role(user, right, True)
    factory.set_permissions(permissions)
    server.set_auth(auth)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--file")
    parser.add_argument("--rate", type=int, default=25)
    parser.add_argument("--port", default="0")
    parser.add_argument("--user")
    parser.add_argument("--password")
    options = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(options.port)
    factory = factory_for(options.file, options.rate)
    if options.user:
        protect(server, factory, options.user, options.password)
    server.get_mount_points().add_factory("/live", factory)
    if not server.attach(None):
        sys.exit(f"port {options.port} can't be bound")
    print(f"rtsp://127.0.0.1:{server.get_bound_port()}/live", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
