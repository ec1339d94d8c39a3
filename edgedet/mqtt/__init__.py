"""The MQTT broker: events, detections and state for it, commands and Home Assistant from it. Extra ``edgedet[mqtt]``.

==============  ====================================================================
service         what the application runs
publisher       what takes its results
link            two connections: one says everything, one hears the echo of events
connection      one of them
broker          where to
access          name, password, certificates
trouble         what can be wrong with a broker
topics          which topic says what
delivery        events, exactly once
echoes          the proof of it
tries           how often one was sent
latest          everything else: the newest wins
status          what there is to say of machine and cameras
objects         what is in sight
commands        what may be asked for
discovery       what Home Assistant is told
components      the entities it makes of that
trial           whether a broker is there at all
==============  ====================================================================
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from edgedet.config.mqtt import MqttConfig
from edgedet.control import Control
from edgedet.errors import ExtraMissing

if TYPE_CHECKING:
    from edgedet.mqtt.service import MqttService
    from edgedet.outbox import Outbox

__all__ = ["build_mqtt", "check_installed"]


def check_installed() -> None:
    """Raise ExtraMissing unless the client's package is here."""
    if find_spec("paho") is None:
        raise ExtraMissing("mqtt: paho-mqtt isn't installed; install edgedet[mqtt]")


def build_mqtt(config: MqttConfig, control: Control, outbox: Outbox) -> MqttService | None:
    """What talks to the broker: a Service and Listener, and its publisher; None if no broker is set.

    Args:
        config: where the broker is, what it is told.
        control: figures, pictures and switches.
        outbox: where events wait for the broker.

    Raises:
        ExtraMissing: the client's package isn't here.
    """
    if not config.host:
        return None
    check_installed()
    from edgedet.mqtt.service import MqttService

    return MqttService(config, control, outbox)
