"""Makes what a roll-out needs: an inventory, a fleet's certificates, a broker's settings, a signed registry of models.

Usage: python -m tests.fleet.rollout.supplies FOLDER NETWORK COUNT
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from edgedet.fleet.authority import found, issue
from edgedet.fleet.folder import FleetFolder
from tests.fleet.recipe import broker_settings
from tests.places import ROOT
from tests.zoo.keypair import KeyPair

PORT = 8000
MODEL = ROOT / "models" / "starter-320-int8.tflite"


def models(folder: Path, network: str) -> str:
    """A registry with a sound model, and one whose weights were damaged where it was made; the public key."""
    folder.mkdir()
    original = MODEL.read_bytes()
    damaged, count = bytearray(original), len(original)
    damaged[count // 4 : count * 3 // 4] = np.random.default_rng(1).bytes(count * 3 // 4 - count // 4)
    card = json.loads(MODEL.with_suffix(".json").read_text())
    rows = ["serial = 1"]
    for name, content in (("sound-2", original + bytes(16)), ("damaged-2", bytes(damaged))):
        (folder / f"{name}.tflite").write_bytes(content)
        found_there = json.dumps(card["self_test"]).replace('":', '" =').replace("\n", "")
        rows += [
            f"[models.{name}]",
            f'url = "http://{network}.254:{PORT}/{name}.tflite"',
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
            'labels = ["person", "cat", "dog"]',
            f"self_test = {found_there}",
        ]
    registry = folder / "registry.toml"
    registry.write_text("\n".join(rows) + "\n")
    pair = KeyPair(folder.parent / "signer")
    pair.signed(registry)
    return pair.public


def inventory(folder: Path, network: str, names: list[str], key: str) -> None:
    """Cameras with an address each, settings for all and of their own."""
    settings = {
        "source": {"uri": "demo:", "fps": 1, "width": 640, "height": 360},
        "mjpeg": {"enabled": False},
        "record": {"clips": False},
        "storage": {"path": "/var/lib/edgedet/events"},
        "mqtt": {"host": "broker", "discovery": False},
        "zoo": {"registry": f"http://{network}.254:{PORT}/registry.toml", "key": [key]},
        "detect": {"confidence": "{{ confidence }}"},
    }
    hosts: dict[str, Any] = {
        name: {"ansible_host": f"{network}.{number}", "confidence": 0.5} for number, name in enumerate(names, 1)
    }
    shared = {
        "ansible_user": "root",
        "ansible_ssh_private_key_file": str(folder / "ssh"),
        "ansible_python_interpreter": "/usr/bin/python3",
        "edgedet_config": settings,
        "edgedet_install": False,
    }
    content = {"cameras": {"hosts": hosts, "vars": shared}}
    (folder / "hosts.yml").write_text(yaml.safe_dump(content, sort_keys=False))


def main(folder: Path, network: str, count: int) -> None:
    """Make it all."""
    names = [f"cam{number:02d}" for number in range(1, count + 1)]
    inventory(folder, network, names, models(folder / "models", network))
    fleet = FleetFolder(folder / "fleet")
    found(fleet, "a fleet for tests")
    issue(fleet, "broker", server=True)
    for name in [*names, "operator"]:
        issue(fleet, name)
    (folder / "mosquitto.conf").write_text(broker_settings(fleet, "broker", folder, "root"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
