"""The broker of ``deploy/fleet/mosquitto``, for a fleet in another place than the recipe has it."""

from __future__ import annotations

from pathlib import Path

from edgedet.fleet.folder import FleetFolder
from tests.places import ROOT

RECIPE = ROOT / "deploy/fleet/mosquitto"


def broker_settings(fleet: FleetFolder, server: str, kept: Path, user: str, listener: str = "8883") -> str:
    """What mosquitto is to be started with.

    Args:
        fleet: has its certificates.
        server: the name in the broker's own.
        kept: a folder for what it keeps.
        user: whose rights it gives itself.
        listener: port, and address where it isn't every one.
    """
    text = (RECIPE / "mosquitto.conf").read_text()
    for there, here in (
        ("/etc/edgedet-fleet/mosquitto", RECIPE),
        ("/etc/edgedet-fleet/tls/server.pem", fleet.pair(server, server=True)),
        ("/etc/edgedet-fleet/tls", fleet.path),
        ("/var/lib/mosquitto/", f"{kept}/"),
        ("listener 8883", f"listener {listener}"),
    ):
        assert there in text, there
        text = text.replace(there, str(here))
    return f"user {user}\n{text}"
