from __future__ import annotations

from pathlib import Path

import pytest

from edgedet.supervised import build_supervised, is_supervised
from edgedet.supervised.manager import Manager, watchdog_seconds
from tests.supervised.manager import listening


def test_one_message_of_several_lines_and_no_line_breaks_in_a_value(tmp_path: Path) -> None:
    with listening(str(tmp_path / "socket")) as heard:
        Manager(heard.address).tell(READY=1, STATUS="two\nSTOPPING=1")
        heard.wait_for("READY=1\nSTATUS=two STOPPING=1$")


def test_only_addresses_that_can_be_used() -> None:
    with pytest.raises(ValueError, match="vsock:2:1234"):
        Manager("vsock:2:1234")


def test_a_manager_that_has_gone_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Manager(str(tmp_path / "nobody")).tell(WATCHDOG=1)


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, 0.0),
        ({"WATCHDOG_USEC": "4000000"}, 4.0),
        ({"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "77"}, 4.0),
        ({"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "78"}, 0.0),
        ({"WATCHDOG_USEC": "soon"}, 0.0),
    ],
)
def test_the_watchdogs_time(environ: dict[str, str], seconds: float) -> None:
    assert watchdog_seconds(environ, pid=77) == seconds


def test_nobody_is_told_where_nobody_asked() -> None:
    assert not is_supervised({})
    assert build_supervised(None, lambda: False, {}) is None  # type: ignore[arg-type]
