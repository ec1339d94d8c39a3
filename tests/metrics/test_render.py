"""The figures, as they are read."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics

from edgedet import board
from edgedet.event import Event
from edgedet.events.change import Change
from edgedet.events.keeper import Keeper
from edgedet.machine import CPU_EVERY
from edgedet.metrics.render import render
from edgedet.monitor import seen_by
from tests.metrics.made import Desk, demo, of, parsed, ran, settings, until


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return ran(tmp_path_factory.mktemp("ran"))


def event(number: int, phase: str = "start") -> Change:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    text = f"20261121-000000.000-front-{number:04x}"
    return Change(
        Event(text, "front", "person", "door", phase, now, None, 0.0, 1.0, 0.9, (0, 0, 1, 1), 0.5, number)  # type: ignore[arg-type]
    )


def test_frames_of_each_camera_and_publisher(desk: Desk) -> None:
    body, kind = render(desk)
    assert kind.startswith("text/plain; version=0.0.4")
    found = parsed(body)
    assert of(found, "edgedet_frames_captured_total", camera="front") >= 20
    assert of(found, "edgedet_frames_detected_total", camera="front") == 20
    assert of(found, "edgedet_frames_looked_total", camera="front") == 20
    assert of(found, "edgedet_frames_published_total", publisher="sink") == 20
    assert of(found, "edgedet_frames_dropped_total", consumer="detect") == 0
    assert of(found, "edgedet_source_state", camera="front", state="closed") == 1
    assert of(found, "edgedet_source_state", camera="front", state="open") == 0
    assert 0 < of(found, "edgedet_camera_silence_seconds", camera="front") <= of(found, "edgedet_uptime_seconds")


def test_histograms_of_each_stage(desk: Desk) -> None:
    found = parsed(render(desk)[0])
    for stage in ("age", "preprocess", "invoke", "decode"):
        name = "edgedet_stage_duration_seconds"
        assert of(found, f"{name}_count", camera="front", stage=stage) == 20
        assert of(found, f"{name}_bucket", camera="front", stage=stage, le="+Inf") == 20
        assert of(found, f"{name}_bucket", camera="front", stage=stage, le="5.0") == 20
        assert 0 < of(found, f"{name}_sum", camera="front", stage=stage) < 20
    assert of(found, "edgedet_detection_latency_seconds_count", camera="front") == 20
    assert of(found, "edgedet_publish_duration_seconds_count", publisher="sink") == 20
    assert of(found, "edgedet_publish_latency_seconds_count", publisher="sink") == 20


def test_what_runs_and_how_the_process_is(desk: Desk) -> None:
    found = parsed(render(desk)[0])
    (labels,) = (dict(labels) for name, labels in found if name == "edgedet_model_info")
    assert labels["model"].endswith(".tflite")
    assert "/" not in labels["model"], "no paths of this machine"
    assert of(found, "process_resident_memory_bytes") > 1e7
    assert of(found, "process_cpu_seconds_total") > 0
    assert of(found, "edgedet_system_cpu_seconds_total", mode="idle") > 0


def test_open_metrics_for_those_who_ask(desk: Desk) -> None:
    body, kind = render(desk, "application/openmetrics-text;version=1.0.0")
    assert kind.startswith("application/openmetrics-text; version=1.0.0")
    names = {family.name for family in open_metrics(body.decode())}
    assert {"edgedet_frames_captured", "edgedet_stage_duration_seconds", "edgedet_build"} <= names


def test_a_board(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = parsed(render(desk)[0])
    if board.throttled() is None:
        assert not [name for name, _ in found if name.startswith("edgedet_throttled")], "no board, no bits"
    put_board(tmp_path, monkeypatch, 61500, 0x50005)
    found = parsed(render(desk)[0])
    assert of(found, "edgedet_temperature_celsius") == 61.5
    assert of(found, "edgedet_throttled", condition="undervoltage") == 1
    assert of(found, "edgedet_throttled", condition="frequency_capped") == 0
    assert of(found, "edgedet_throttled", condition="throttled") == 1
    assert of(found, "edgedet_throttled_since_boot", condition="throttled") == 1
    assert of(found, "edgedet_throttled_since_boot", condition="soft_temperature_limit") == 0


def put_board(root: Path, monkeypatch: pytest.MonkeyPatch, millidegrees: int, bits: int) -> None:
    """Have the files of a Raspberry Pi's kernel below another root."""
    zone, firmware = root / "sys/class/thermal/thermal_zone0", root / "sys/devices/platform/soc/soc:firmware"
    zone.mkdir(parents=True)
    firmware.mkdir(parents=True)
    (zone / "temp").write_text(f"{millidegrees}\n")
    (firmware / "get_throttled").write_text(f"{bits:x}\n")
    for read in (board.temperature, board.throttled):
        monkeypatch.setattr(read, "__defaults__", (root,))


def test_events_are_counted_as_they_start(tmp_path: Path) -> None:
    desk = ran(tmp_path, frames=1)
    keeper = Keeper(None)
    keeper.listen(desk.monitor.told)
    thread = threading.Thread(target=keeper.run)
    thread.start()
    keeper.put(event(1), event(1, "update"), event(1, "end"), event(2))
    keeper.close()
    thread.join(5)
    assert of(parsed(render(desk)[0]), "edgedet_events_total", camera="front", rule="door", label="person") == 2


def test_what_may_happen_is_there_before_it_does(tmp_path: Path) -> None:
    desk = ran(tmp_path, frames=1)
    desk.settings = settings(tmp_path, '[rules.door]\nlabel = "person"\n[rules.cat]\n[rules.dog]\nenabled = false\n')
    found = {dict(labels)["rule"]: v for (name, labels), v in parsed(render(desk)[0]).items() if "events" in name}
    assert found == {"door": 0, "cat": 0}


def test_switches(desk: Desk) -> None:
    desk.private = True
    found = parsed(render(desk)[0])
    desk.private = False
    assert of(found, "edgedet_switch_on", camera="front", switch="privacy") == 1
    assert of(found, "edgedet_switch_on", camera="front", switch="detection") == 1
    assert ("edgedet_switch_on", frozenset({("camera", "front"), ("switch", "recording")})) not in found


def test_services(desk: Desk) -> None:
    receivers = {"phone": {"sent": 5, "waiting": 1, "trouble": "token=secret"}}
    desk.more = {
        "services": {
            "mqtt": {"connected": True, "sent": 40, "waiting": 7, "errors": 2},
            "notify": {"receivers": receivers, "errors": 0},
            "web": {"url": "secret", "errors": 0},
        }
    }
    body = render(desk)[0]
    desk.more = {}
    found = parsed(body)
    waiting = {tuple(sorted(dict(labels).items())): v for (n, labels), v in found.items() if n.endswith("_waiting")}
    assert waiting == {(("receiver", ""), ("service", "mqtt")): 7, (("receiver", "phone"), ("service", "notify")): 1}
    assert of(found, "edgedet_messages_sent_total", service="notify", receiver="phone") == 5
    assert of(found, "edgedet_messages_sent_total", service="mqtt", receiver="") == 40
    assert of(found, "edgedet_service_connected", service="mqtt") == 1
    assert of(found, "edgedet_service_errors_total", service="mqtt") == 2
    assert of(found, "edgedet_service_errors_total", service="web") == 0
    assert b"secret" not in body


def test_storage_and_recorder_of_a_real_run(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    text = '[source]\nuri = "demo:"\n[storage]\npath = "kept"\n[retention]\nwrite_gb_per_day = 0.001\nmin_free_mb = 1\n'
    with demo(tmp_path, text) as desk:
        until(lambda: desk.report()["events"]["told"])
        until(lambda: of(parsed(render(desk)[0]), "edgedet_storage_written_today_bytes") > 0)
        found = parsed(render(desk)[0])
        size = of(found, "edgedet_storage_size_bytes")
        assert 0 < of(found, "edgedet_storage_free_bytes") < size
        assert 0 < of(found, "edgedet_storage_used_bytes") < size
        assert of(found, "edgedet_storage_min_free_bytes") == 1e6
        assert of(found, "edgedet_storage_write_limit_bytes") == 1e6
        assert of(found, "edgedet_storage_write_level") in (0, 1, 2, 3)
        assert of(found, "edgedet_recorder_packets_total", camera="camera") > 0
        assert of(found, "edgedet_recorder_trouble", camera="camera") == 0
        assert of(found, "edgedet_event_notes_waiting") == 0
        assert sum(value for (name, _), value in found.items() if name == "edgedet_events_total") > 0
        assert sum(value for (name, _), value in found.items() if name == "edgedet_objects_seen_total") > 0
        (tmp_path / "kept").rename(tmp_path / "gone")
        names = {name for name, _ in parsed(render(desk)[0])}
        (tmp_path / "gone").rename(tmp_path / "kept")
        assert "edgedet_frames_captured_total" in names
        assert "edgedet_storage_free_bytes" not in names, "the disk is gone, the rest is still told"


def test_two_who_ask_at_once_hear_the_same_load(desk: Desk) -> None:
    first = desk.monitor.report()["cpu"]
    begin = time.thread_time()
    while time.thread_time() - begin < 0.05:
        pass
    assert desk.monitor.report()["cpu"] == first, "a load measured over an instant would be noise"
    begin = time.monotonic()
    while time.monotonic() - begin < CPU_EVERY:
        pass
    assert desk.monitor.report()["cpu"]["process_percent"] > 5


def test_reading_while_a_new_label_is_counted(desk: Desk) -> None:
    (camera,) = desk.monitor.cameras
    seen, camera.seen = camera.seen, Counter()
    done = threading.Event()

    def count() -> None:
        for number in range(200_000):
            camera.seen[f"label {number % 5000}"] += 1
            if number % 5000 == 0:
                camera.seen = Counter()
        done.set()

    thread = threading.Thread(target=count)
    thread.start()
    try:
        while not done.is_set():
            sum(seen_by(camera).values())
    finally:
        thread.join()
        camera.seen = seen
