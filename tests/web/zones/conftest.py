"""A settings file with comments, and a store beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edgedet.events.store import Store
from edgedet.settings import Settings
from tests.web.driving import SmallControl, make_settings

TEXT = """\
# what the camera sees
[source]
uri = "rtsp://joe:secret@10.0.0.7/live"  # in the yard

[zones.porch]  # where parcels lie
polygon = [
  [0.1, 0.2],  # by the door
  [0.5, 0.2],
  [0.5, 0.9],
]

# only people
[rules.person]
threshold = 0.7   # after the cat
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path, TEXT)


@pytest.fixture
def store(control: SmallControl) -> Iterator[Store]:
    assert control.storage is not None
    with Store(control.storage) as store:
        yield store
