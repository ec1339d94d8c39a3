"""400 clips and pictures: see :mod:`tests.batch.run`."""

from __future__ import annotations

import pytest

from tests.batch.run import main

pytestmark = pytest.mark.slow


def test_killed_again_and_again_it_is_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert "workers killed, then the driver: the same results" in capsys.readouterr().out
