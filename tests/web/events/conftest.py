"""A store beside a camera, as the recording process has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from edgedet.events.store import Store
from tests.web.driving import SmallControl


@pytest.fixture
def store(control: SmallControl) -> Iterator[Store]:
    assert control.storage is not None
    with Store(control.storage) as store:
        yield store
