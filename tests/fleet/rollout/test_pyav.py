"""Films open whose title isn't text, with every PyAV: from 19 on, as in Debian 13, it takes no argument for that."""

from __future__ import annotations

import re
from pathlib import Path

import av
import numpy as np
import pytest

from edgedet import pyav
from tests.places import ROOT


def test_a_title_in_another_encoding(tmp_path: Path) -> None:
    film = tmp_path / "film.mkv"
    with av.open(str(film), "w") as made:
        stream = made.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        made.metadata["title"] = "XXQXX"
        made.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "bgr24")))
        made.mux(stream.encode(None))
    film.write_bytes(film.read_bytes().replace(b"XXQXX", b"XX\xff\xfeX"))
    with av.open(str(film), **pyav.any_metadata()) as opened:
        assert sum(1 for _ in opened.decode(video=0)) == 1


@pytest.mark.parametrize(("installed", "given"), [("18.1.0", {"metadata_errors": "replace"}), ("19.0.2", {})])
def test_only_a_version_that_knows_the_argument_is_given_it(
    monkeypatch: pytest.MonkeyPatch, installed: str, given: dict[str, str]
) -> None:
    monkeypatch.setattr(pyav, "version", lambda _: installed)
    assert pyav.any_metadata.__wrapped__() == given


def test_nobody_gives_it_by_himself() -> None:
    files = [file for file in (ROOT / "edgedet").rglob("*.py") if file.name != "pyav.py"]
    assert not [file for file in files if re.search(r"metadata_errors=", file.read_text())]
