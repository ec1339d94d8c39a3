"""``edgedet run``: a source, live."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import click

from edgedet.app import App
from edgedet.beside import build_beside, build_hub, tapped
from edgedet.cli.options import settings_options
from edgedet.cli.reloading import Running, reloading
from edgedet.config import Config
from edgedet.control import Control
from edgedet.errors import OutputError
from edgedet.gpio import build_pir
from edgedet.privacy.switch import PrivacySwitch, state_folder
from edgedet.settings import Settings
from edgedet.stages import build_cameras, build_detector, build_keeping, build_publishers
from edgedet.supervised import build_supervised
from edgedet.supervised.outcome import tried_again

log = logging.getLogger(__name__)


@click.command()
@click.option("--frames", type=click.IntRange(1), help="End after so many frames.")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="End after so many seconds.")
@settings_options(
    "source", "model", "detect", "motion", "tracking", "record", "storage", "retention", "privacy", "mjpeg", "web",
    "live", "display", "mqtt", "notify", "metrics", "governor", "drift", "collect", "gpio", "output", "monitor",
    "service",
)  # fmt: skip
def run(settings: Settings, frames: int | None, seconds: float | None) -> None:
    """Detect live: show the picture in a browser, log how it goes, until Ctrl-C.

    \b
    edgedet run                                the demo, with the bundled model
    edgedet run --source 0                     the first USB camera
    edgedet run --source rtsp://10.0.0.7/live -c 0.6 --storage events/

    With --storage events are kept there, with their films: see edgedet events.
    """
    config = one_page(settings)
    check_writable(config.monitor.report)
    detector = build_detector(config)
    settings.check_labels(detector.labels)
    hub = build_hub(config)
    keeping = build_keeping(config)
    pir = build_pir(config.gpio)
    cameras = build_cameras(config, detector, tapped(keeping.recorders, hub), pir)
    app = App(cameras, detector, build_publishers(config), config.monitor.interval, keeping=keeping)
    switch = PrivacySwitch(state_folder(config.storage.path))
    running = Running(settings, app, cameras, keeping, detector.labels)
    control = Control(app, {camera.name: camera for camera in cameras}, keeping.recorders, switch, running)
    beside = build_beside(config, control, app.detecting, hub, app.stop, pir)
    if (supervised := build_supervised(control, lambda: app.stopping)) is not None:
        beside.services.append(supervised)
    app.add(beside.publishers, beside.services)
    for listener in beside.listeners:
        keeping.keeper.listen(listener)
    stop_on_signals(app)
    report_on_signal(app, config)
    log.info("%s on %s, %d threads", detector.model.path.name, detector.runtime.name, detector.runtime.threads)
    try:
        with reloading(running), tried_again():
            report = app.run(frames or 0, seconds or 0)
    finally:
        beside.close()
    write_report(config, report)
    click.echo(summary(report))


def one_page(settings: Settings) -> Config:
    """The configuration with one page in the browser: that of [web], where it is on, or the plain one of [mjpeg].

    The plain one is on by itself and has the same port. Whoever asks for it beside the other has both.
    """
    config, asked = settings.config, settings.origins["mjpeg.enabled"] != "default"
    if not config.web.enabled or (asked and config.mjpeg.enabled):
        return config
    plain = config.mjpeg.model_copy(update={"enabled": False})
    web = config.web.model_copy(update={"enabled": settings.origins["mjpeg.enabled"] != "--no-web"})
    return config.model_copy(update={"mjpeg": plain, "web": web})


def stop_on_signals(app: App) -> None:
    """SIGINT and SIGTERM end the application cleanly; a second one ends the process at once."""
    asked = False

    def on_signal(number: int, _: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(128 + number)
        asked = True
        # from a thread: the handler may have interrupted the very lock that stop() takes
        threading.Thread(target=app.stop, name="edgedet-stop", daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)


def report_on_signal(app: App, config: Config) -> None:
    """SIGUSR1 asks a running camera for its figures: into the report's file, or else into the log."""

    def tell() -> None:
        report = app.report()
        if config.monitor.report is None:
            log.info("report: %s", json.dumps(report))
        else:
            write_report(config, report)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=tell, name="edgedet-report", daemon=True).start()

    signal.signal(signal.SIGUSR1, on_signal)


def check_writable(report: Path | None) -> None:
    """Find out before an hour of work, not after it, that its report has nowhere to go."""
    if report is not None and not os.access(report if report.exists() else report.parent, os.W_OK):
        raise OutputError(f"{report}: the report can't be written there; choose another place (--report)")


def write_report(config: Config, report: dict[str, Any]) -> None:
    """Write the monitor's last report, if it was asked for."""
    path = config.monitor.report
    if path is None:
        return
    try:
        path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: the report can't be written ({error.strerror}); choose another place") from None


def summary(report: dict[str, Any]) -> str:
    """What a run came to, in two lines."""
    frames, seen = report["frames"]["detected"], report["objects"]
    objects = ", ".join(f"{label} {count}" for label, count in sorted(seen.items())) or "nothing"
    end_to_end = report["latency_ms"]["end_to_end"]
    latency = f", {end_to_end['p50']:.0f} ms from capture to published" if end_to_end else ""
    rate = frames / report["uptime_s"] if report["uptime_s"] else 0
    return f"{frames} frames in {report['uptime_s']:.1f} s ({rate:.1f} a second{latency})\nfound: {objects}"
