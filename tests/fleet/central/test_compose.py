"""compose.yaml, as far as it can be judged without an engine: by the specification's schema, and by what it names."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fleet.simulated.broker import FLEET

COMPOSE: dict[str, Any] = yaml.safe_load((FLEET / "compose.yaml").read_text())
PLACED = "/etc/edgedet-fleet"
KEPT = "/var/lib/edgedet-fleet"


def test_the_specification_s_schema_finds_nothing_wrong() -> None:
    found = find_spec("compose")
    if found is None or found.origin is None or find_spec("jsonschema") is None:
        pytest.skip("needs the schema: pip install --no-deps docker-compose==1.29.2, and jsonschema")
    import jsonschema

    schema = json.loads((Path(found.origin).parent / "config" / "compose_spec.json").read_text())
    jsonschema.Draft7Validator(schema).validate(COMPOSE)
    broken = COMPOSE | {"services": COMPOSE["services"] | {"mosquitto": {"image": 5}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(broken)


def test_every_image_has_a_version_and_every_volume_is_there() -> None:
    for name, service in COMPOSE["services"].items():
        assert "build" in service or re.search(r":v?\d+\.\d+\.\d+$", service["image"]), name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or source.startswith((PLACED, KEPT)), volume
    assert re.search(r"^FROM debian:\d+\.\d+-slim$", (FLEET / "journal" / "Containerfile").read_text(), re.M)


def test_nothing_but_what_must_listens_on_the_network() -> None:
    services = COMPOSE["services"]
    assert "--web.listen-address=127.0.0.1:9090" in services["prometheus"]["command"]
    assert "--web.listen-address=127.0.0.1:9093" in services["alertmanager"]["command"]
    assert "--cluster.listen-address=" in services["alertmanager"]["command"]
    for service in services.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"]


def test_what_it_names_is_what_the_script_puts_in_place() -> None:
    script = (FLEET / "local.sh").read_text()
    for name in ("mosquitto/mosquitto.conf", "prometheus/prometheus.yml", "alertmanager.yml", "stunnel.conf"):
        assert name in (FLEET / "compose.yaml").read_text()
        assert name in script
    assert f"etc={PLACED}\n" in script
