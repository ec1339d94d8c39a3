from __future__ import annotations

from pathlib import Path

import pytest

from edgedet.config import CameraConfig, Config, StorageConfig
from edgedet.config.drift import DriftConfig
from edgedet.config.notify import NotifyConfig
from edgedet.drift import build_drift
from edgedet.drift.camera import News
from edgedet.drift.message import event_of
from edgedet.event import Event
from edgedet.metrics.drift import drift_metrics
from edgedet.mqtt.components import of_camera
from edgedet.mqtt.topics import Topics
from edgedet.notify.message import Composer, Message
from edgedet.notify.notifier import Notifier
from edgedet.notify.sender import sink_of
from edgedet.outbox import Outbox
from edgedet.types import Frame
from tests.drift import timelapse
from tests.drift.scene import film, scene
from tests.drift.test_camera import QUICK
from tests.drift.timelapse import Lapse


def test_nobody_who_does_not_want_it_has_it(tmp_path: Path) -> None:
    assert build_drift(Config(storage=StorageConfig(path=tmp_path))) is None


def test_it_reports_each_camera_and_prometheus_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelapse, "EVERY", 300.0)
    cameras = (CameraConfig(name="yard"), CameraConfig(name="door"))
    service = build_drift(Config(storage=StorageConfig(path=tmp_path), drift=QUICK, camera=cameras))
    assert service is not None
    told = []
    service.tell(lambda event, frame: told.append((event, frame)))
    lapse = Lapse([], service.publisher.cameras["yard"])
    lapse.play(film(), 2.2)
    lapse.play(tuple(map(timelapse.darker, film())), 0.1)
    service.publisher.close()
    ((event, frame),) = told
    assert event.label.startswith("changed picture: darker (mean ")
    assert Event.from_dict(event.to_dict()) == event
    assert frame.image.mean() < 60
    assert service.has_changed("yard")
    assert not service.has_changed("door")
    samples = {
        (sample.name, sample.labels["camera"]): sample.value
        for metric in drift_metrics({"services": {"drift": service.report()}})
        for sample in metric.samples
    }
    assert samples.pop(("edgedet_drift", "yard")) > 0.5
    assert samples == {("edgedet_drift_changed", "yard"): 1, ("edgedet_drift_changed", "door"): 0}
    assert list((tmp_path / "drift").iterdir()) == [tmp_path / "drift" / "yard"]


def test_without_the_service_there_are_no_figures() -> None:
    assert not any(metric.samples for metric in drift_metrics({}))


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="more than are kept"):
        DriftConfig(learn=20)


class Inbox:
    """A receiver of messages."""

    name = "inbox"

    def send(self, message: Message) -> None:
        raise AssertionError("nothing runs that sends")


def test_who_gets_messages_is_told_whatever_rules_they_chose(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    try:
        notifier = Notifier(NotifyConfig(rules=["person"]), [Inbox()], outbox)
        frame = Frame(scene(), 1, 1.0, 1.0, 1.0, timelapse.BEGIN, "test:")
        notifier.tell(event_of(News("yard", True, "darker (mean 112 -> 31)", frame)), frame)
        item = outbox.next(sink_of("inbox"))
        assert item is not None
        message = Composer(NotifyConfig()).compose(item.key, item.message, item.picture)
        assert message.title == "changed picture: darker (mean 112 -> 31) at yard"
        assert message.picture is not None
    finally:
        outbox.close()


def test_nobody_is_told_in_quiet_hours(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    try:
        notifier = Notifier(NotifyConfig(quiet="mon,tue,wed,thu,fri,sat,sun"), [Inbox()], outbox)
        frame = Frame(scene(), 1, 1.0, 1.0, 1.0, timelapse.BEGIN, "test:")
        notifier.tell(event_of(News("yard", True, "darker", frame)), frame)
        assert outbox.next(sink_of("inbox")) is None
    finally:
        outbox.close()


def test_home_assistant_has_a_problem_sensor_for_it() -> None:
    topics, camera = Topics("edgedet"), CameraConfig(name="yard")
    assert "drift" not in of_camera(topics, camera, [])
    sensor = of_camera(topics, camera, [], drift=True)["drift"]
    assert (sensor["platform"], sensor["device_class"]) == ("binary_sensor", "problem")
