#!/usr/bin/env python3
"""Writes deploy/locks/sbom.cdx.json, the bill of materials (CycloneDX 1.6). Usage: sbom.py [--check]

In it are all packages of the lock files, who needs them, their licences, and the models with their SHA-256. With
``--check`` nothing is written, and it ends with 1 if the file isn't what it would write. Licences are as
``licences.py`` finds them, and so it is run by the same Python.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
import uuid
from datetime import UTC, datetime
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from licences import spdx
from lockfile import CHECKOUT, EXTRAS, LOCKS, Pin, read
from packageurl import PackageURL

TARGET = LOCKS / "sbom.cdx.json"
PLAIN = ("plain", "plain-numpy1", "source")


def package(pin: Pin, lists: list[str]) -> Component:
    """A locked package; ``edgedet:lock`` tells in which lock files it, and the hashes of its files, are."""
    purl = PackageURL("pypi", name=pin.name, version=pin.version)
    licence = spdx(pin.name)[0]
    return Component(
        type=ComponentType.LIBRARY,
        name=pin.name,
        version=pin.version,
        purl=purl,
        bom_ref=str(purl),
        scope=ComponentScope.REQUIRED if set(lists) & set(PLAIN) else ComponentScope.OPTIONAL,
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
        properties=[Property(name="edgedet:lock", value=each) for each in lists],
    )


def models() -> list[Component]:
    """The models that come with edgedet, by the hash of each file."""
    found = []
    for file in sorted((CHECKOUT / "models").glob("*.tflite")):
        card = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        if card["sha256"] != digest:
            raise SystemExit(f"sbom.py: {file}: its sha256 isn't the one on its card")
        found.append(
            Component(
                type=ComponentType.MACHINE_LEARNING_MODEL,
                name=file.stem,
                bom_ref=f"model:{file.stem}",
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
                licenses=[LicenseFactory().make_from_string("Apache-2.0")],
                description=card["licence"],
            )
        )
    return found


def bill(when: datetime) -> str:
    """The bill, made at that time."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists: dict[tuple[str, str], list[str]] = {}
    pins: dict[tuple[str, str], Pin] = {}
    for name in (*PLAIN, *EXTRAS):
        for pin in read(name):
            key = pin.name, pin.version
            lists.setdefault(key, []).append(name)
            pins[key] = pin
    parts = {key: package(pin, lists[key]) for key, pin in pins.items()}
    licence = LicenseFactory().make_from_string(project["license"])
    main = Component(type=ComponentType.APPLICATION, name="edgedet", version=project["version"], licenses=[licence])
    main.bom_ref.value = "edgedet"
    bom = Bom(
        components=[*parts.values(), *models()], serial_number=uuid.uuid5(uuid.NAMESPACE_OID, repr(sorted(lists)))
    )
    bom.metadata.component, bom.metadata.timestamp = main, when
    wants = {"edgedet": [main]}
    for (name, _), part in parts.items():
        wants.setdefault(name, []).append(part)
    for key, part in parts.items():
        for parent in {each.partition("[")[0] for each in pins[key].via}:
            for each in wants.get(parent, []):
                bom.register_dependency(each, [part])
    bom.register_dependency(
        main, [part for part in bom.components if part.type is ComponentType.MACHINE_LEARNING_MODEL]
    )
    text: str = JsonV1Dot6(bom).output_as_string(indent=1)
    return text + "\n"


def main(check: bool) -> int:
    """The exit code. A bill in which nothing but the time would change stays as it is."""
    was = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    made: Any = json.loads(was)["metadata"]["timestamp"] if was else None
    if was and bill(datetime.fromisoformat(made)) == was:
        print(f"{TARGET.name}: up to date")
        return 0
    if check:
        print(f"sbom.py: {TARGET.name}: out of date; run deploy/supply/sbom.py", file=sys.stderr)
        return 1
    text = bill(datetime.now(UTC).replace(microsecond=0))
    if (wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)) is not None:
        raise SystemExit(f"sbom.py: not as the standard has it: {wrong}")
    temporary = TARGET.with_name(f"{TARGET.name}.part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(TARGET)
    print(f"{TARGET.name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] == ["--check"]))
