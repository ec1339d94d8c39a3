"""Why picamera2 can't be imported: an empty machine, and the two ways in which an update breaks it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from edgedet.capture import open_source
from edgedet.capture.picam import load_picamera2
from edgedet.config import SourceConfig
from edgedet.errors import SourceError

HERE = importlib.util.find_spec("picamera2") is not None


@pytest.mark.skipif(HERE, reason="picamera2 is installed here")
def test_without_picamera2_the_error_says_what_to_do() -> None:
    source = open_source(SourceConfig(uri="picam:"))
    with pytest.raises(SourceError) as caught:
        source.open()
    text = str(caught.value)
    assert text.startswith("picam: picamera2 isn't visible")
    assert "sudo apt install python3-picamera2" in text
    assert "--system-site-packages" in text


@pytest.mark.skipif(HERE, reason="picamera2 is installed here")
@pytest.mark.parametrize(
    ("raises", "words"),
    [
        (
            'ValueError("numpy.dtype size changed, may indicate binary incompatibility. Expected 96, got 88")',
            r"picamera2 doesn't fit this NumPy \(numpy.dtype size changed.*; .* pip uninstall numpy simplejpeg",
        ),
        ('ImportError("numpy.core.multiarray failed to import")', "picamera2 doesn't fit this NumPy"),
        (
            'ImportError("/usr/lib/python3/dist-packages/libcamera/_libcamera.so: undefined symbol: _ZN9libcamera")',
            r"picamera2 and libcamera don't fit together \(.*undefined symbol.*sudo apt full-upgrade",
        ),
        (
            "ImportError(\"cannot import name 'Transform' from 'libcamera'\")",
            "picamera2 and libcamera don't fit together",
        ),
        ('AttributeError("odd")', r"picamera2 can't be imported \(AttributeError: odd\)"),
        ("import pykms", "pykms isn't visible to this Python"),
    ],
)
def test_a_broken_picamera2_says_what_does_not_fit(
    raises: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "picamera2.py").write_text(raises if raises.startswith("import") else f"raise {raises}")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        with pytest.raises(SourceError, match=words) as caught:
            load_picamera2()
        assert "\n" not in str(caught.value)
    finally:
        sys.modules.pop("picamera2", None)
