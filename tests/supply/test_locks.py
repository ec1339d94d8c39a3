"""The lock files hold all that pyproject.toml asks for, in a version that it allows, by hashes, and name no host."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.places import ROOT
from tests.supply.scripts import EXTRAS, LOCKS, SUPPLY, load

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
lockfile = load("lockfile")
NUMPY = {"numpy", "opencv-python-headless", "ai-edge-litert", "ml-dtypes"}
"""What follows NumPy's version."""
NAMES = sorted(path.stem for path in LOCKS.glob("*.txt"))


def test_there_is_one_for_each_extra_that_the_installer_knows() -> None:
    assert sorted(["plain", "plain-numpy1", "source", "build", *EXTRAS]) == NAMES
    assert lockfile.EXTRAS == EXTRAS
    assert f'EXTRAS="{" ".join(EXTRAS)}"' in (ROOT / "deploy/install.sh").read_text()
    assert f"EXTRAS=({' '.join(EXTRAS)})" in (SUPPLY / "lock.sh").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_only_packages_by_their_hashes_stand_in_it(name: str) -> None:
    text = (LOCKS / f"{name}.txt").read_text()
    assert not re.search(r"https?:|--(index|extra|find|trusted)|@ ", text)
    pins = lockfile.parse(text)
    assert pins
    for pin in pins:
        assert pin.hashes, pin.name
        assert all(re.fullmatch("[0-9a-f]{64}", each) for each in pin.hashes)
        assert pin.via, pin.name
    assert "".join([text.split("\n")[0], "\n", *(pin.text() for pin in pins)]) == text


def wanted(group: str) -> list[Requirement]:
    listed = PROJECT["dependencies"] if group == "plain" else PROJECT["optional-dependencies"][group]
    return [Requirement(each) for each in listed]


@pytest.mark.parametrize("group", ["plain", *EXTRAS])
def test_what_the_project_asks_for_is_locked_in_a_version_it_allows(group: str) -> None:
    """After a change of pyproject.toml: deploy/supply/lock.sh."""
    locked = [*lockfile.read("plain"), *lockfile.read("source"), *(lockfile.read(group) if group != "plain" else [])]
    for requirement in wanted(group):
        versions = [pin.version for pin in locked if pin.name == canonicalize_name(requirement.name)]
        assert versions, f"{requirement.name}: not locked; run deploy/supply/lock.sh"
        for version in versions:
            assert requirement.specifier.contains(version), f"{requirement}: {version} is locked; run lock.sh"


@pytest.mark.parametrize("group", EXTRAS)
def test_nothing_is_locked_that_nobody_asks_for(group: str) -> None:
    """Each is wanted by the project, or by another that is there: none slipped in, and none was left out by hand."""
    there = {pin.name for name in ("plain", "source", group) for pin in lockfile.read(name)}
    for pin in lockfile.read(group):
        assert {"edgedet", *there}.intersection(each.partition("[")[0] for each in pin.via), pin.name
    plain = {(pin.name, pin.version) for pin in lockfile.read("plain")}
    assert not plain & {(pin.name, pin.version) for pin in lockfile.read(group)}


def test_two_extras_never_want_two_versions() -> None:
    seen: dict[tuple[str, str], str] = {}
    for name in ("plain", "source", *EXTRAS):
        for pin in lockfile.read(name):
            assert seen.setdefault((pin.name, pin.marker), pin.version) == pin.version, pin.name


def test_the_other_one_differs_in_numpy_and_what_goes_with_it() -> None:
    plain, numpy1 = ({pin.name: pin.version for pin in lockfile.read(name)} for name in ("plain", "plain-numpy1"))
    differ = {name for name in plain.keys() & numpy1.keys() if plain[name] != numpy1[name]}
    assert {"numpy"} <= differ <= NUMPY
    assert plain.keys() ^ numpy1.keys() <= NUMPY
    assert numpy1["numpy"].startswith("1.")


def test_a_line_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no line of a lock file"):
        lockfile.parse("requests\n")
    assert [
        pin.name for pin in lockfile.parse("a==1 \\\n    --hash=sha256:ab\n    # via\n    #   b\n    #   c (x)\n")
    ] == ["a"]
