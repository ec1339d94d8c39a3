"""The load model, and the judgement of a run, on made-up figures."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fleet.simulated import loadpage, page
from tests.fleet.simulated.load import CHECKED, KEPT, PAGE, deviations, exponent, need

KINDS = ("events", "snapshot", "objects", "health", "state")


def stage(cameras: int, power: float = 1.0) -> dict[str, float]:
    """One in which everything grows with this power of the number of cameras, above what is there without any."""
    grown = cameras**power
    names = [*CHECKED, "prometheus_rss_mb", "series", "events_started", "saved_kb"]
    names += [f"{kind}_{what}" for kind in KINDS for what in ("messages", "bytes")]
    return dict.fromkeys(names, 0.001 + grown) | {"cameras": float(cameras)}


def figures(power: float = 1.0) -> dict[str, Any]:
    return {
        "machine": "a machine", "date": "2026-11-22", "minutes": 10, "fps": 1, "every": 15, "seconds": 60,
        "restarts": 5, "gone": 2, "back": 6, "scrape_bytes": 30_000,
        "stages": [stage(count, power) for count in (0, 5, 10, 20, 30)],
        "block": {"chunk_bytes": 1000.0, "index_bytes": 500.0, "samples": 700.0, "series": 10.0},
        "events": {"told": 9, "archived": 9, "missing": [], "unknown": [], "waiting": 0, "twice": 2, "restarts": 20},
        "panels": {"cameras": 30, "asked": 60, "empty": []},
    }  # fmt: skip


def failed(given: dict[str, Any]) -> list[str]:
    return [said for kept, said in page.verdicts(given) if not kept]


def test_a_linear_run_is_kept_to() -> None:
    given = figures()
    assert failed(given) == []
    assert max(abs(each) for each in deviations(given["stages"]).values()) < 0.01
    assert "not kept" not in page.text(given)
    assert page.picture(given).count("<circle") == 5


def test_what_grows_as_the_square_is_found_by_both_measures() -> None:
    said = failed(figures(power=2.0))
    assert any("broker_cpu grows with exponent 2.00" in each for each in said)
    assert any("broker_cpu: the load model is" in each for each in said)


@pytest.mark.parametrize(
    ("part", "name", "value", "words"),
    [
        ("events", "missing", ["x/start"], "9 of 9"),
        ("events", "unknown", ["x/start"], "9 of 9"),
        ("events", "told", 0, "9 of 0"),
        ("events", "waiting", 1, "1 wait"),
        ("panels", "empty", ["cam01: Drift"], "1 without data"),
    ],
)
def test_what_is_missing_fails_the_run(part: str, name: str, value: object, words: str) -> None:
    given = figures()
    given[part] = given[part] | {name: value}
    assert len(said := failed(given)) == 1
    assert words in said[0]


def test_ten_times_the_cameras_need_ten_times_as_much_and_events_and_pictures_count() -> None:
    given = figures()
    few, many = need(given, 10, 100), need(given, 100, 100)
    assert many["messages_s"] == pytest.approx(10 * few["messages_s"])
    assert many["clips_gb_day"] == pytest.approx(10 * few["clips_gb_day"])
    assert need(given, 10, 1000)["in_kbit_s"] > few["in_kbit_s"] > need(given, 10, 100, pictures=False)["in_kbit_s"]
    assert exponent(given["stages"], "broker_cpu") == pytest.approx(1, abs=0.01)


def test_the_page_has_a_column_for_each_number_and_says_what_isn_t_measured() -> None:
    text = loadpage.page(figures(), 100)
    assert "| 10 cameras | 100 cameras | 10,000 cameras |" in text
    assert text.count("\n| ") == len(loadpage.ROWS) + 1
    assert "measured up to 30, and a guess beyond" in text


@pytest.mark.skipif(not KEPT.exists(), reason="no run's figures are kept yet: python -m tests.fleet.simulated --write")
def test_the_pages_are_those_of_the_figures() -> None:
    kept = json.loads(KEPT.read_text())
    assert page.PAGE.read_text() == page.text(kept)
    assert PAGE.read_text() == loadpage.page(kept, 100)
    assert failed(kept) == []
