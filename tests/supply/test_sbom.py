"""The bill of materials is of today's locks and models, and as the standard has it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

pytest.importorskip("cyclonedx", reason="needs cyclonedx-python-lib: extra test")

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.places import ROOT
from tests.supply.scripts import EXTRAS, LOCKS, load, script

FILE = LOCKS / "sbom.cdx.json"
lockfile = load("lockfile")


@pytest.fixture(scope="module")
def bill() -> Any:
    return json.loads(FILE.read_text())


def test_it_is_up_to_date() -> None:
    done = script("sbom.py", "--check")
    assert done.returncode == 0, done.stderr


def test_it_is_valid() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(FILE.read_text()) is None
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(FILE.read_text().replace('"library"', '"libary"'))


def test_every_locked_package_and_every_model_is_in_it(bill: Any) -> None:
    listed = {(part["name"], part.get("version")) for part in bill["components"]}
    for name in ("plain", "plain-numpy1", "source", *EXTRAS):
        for pin in lockfile.read(name):
            assert (pin.name, pin.version) in listed
    hashes = {part["name"]: part["hashes"][0] for part in bill["components"] if "model" in part["type"]}
    for file in (ROOT / "models").glob("*.tflite"):
        assert hashes[file.stem] == {"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}
    assert all(part.get("licenses") for part in bill["components"])


def test_it_says_who_needs_what(bill: Any) -> None:
    needs = {each["ref"]: set(each.get("dependsOn", [])) for each in bill["dependencies"]}
    direct = {ref.split("/")[-1].split("@")[0] for ref in needs["edgedet"]}
    assert {"numpy", "av", "fastapi", "paho-mqtt", "model:starter-320-int8"} <= direct
    reached, queue = set(), ["edgedet"]
    while queue:
        ref = queue.pop()
        if ref not in reached:
            reached.add(ref)
            queue += needs.get(ref, set())
    assert {part["bom-ref"] for part in bill["components"]} <= reached
