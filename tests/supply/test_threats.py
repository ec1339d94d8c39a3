"""What the page of threats names is there."""

from __future__ import annotations

import re

import pytest

from tests.places import ROOT

PAGE = (ROOT / "deploy/security/threats.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:edgedet|tests|deploy|systemd)/[\w./@-]+)`", PAGE))))
def test_what_it_names_is_there(name: str) -> None:
    assert (ROOT / name).exists()


def test_each_threat_says_what_is_not_covered() -> None:
    parts = [part for part in PAGE.split("\n## ")[1:] if "\n*Wants*" in part]
    assert len(parts) == 8
    for part in parts:
        assert "**Not covered:**" in part
        assert "| `tests/" in part
