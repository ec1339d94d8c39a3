from __future__ import annotations

from datetime import timedelta

import pytest

from tests.drift.run import CHANGES, changed, day_and_night
from tests.drift.timelapse import CONFIG, FILMS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("film", FILMS)
@pytest.mark.parametrize("change", [*CHANGES, "another scene"])
def test_a_film_that_is_changed_half_way_is_noticed_and_no_other(film: str, change: str) -> None:
    outcome = changed(film, change)
    assert outcome.right, str(outcome)
    if outcome.after is not None:
        assert outcome.after <= timedelta(seconds=4 * CONFIG.window)


@pytest.mark.parametrize("film", FILMS)
def test_day_and_night_are_no_drift(film: str) -> None:
    outcome = day_and_night(film)
    assert outcome.right, str(outcome)
