"""What several tests of the export start from."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

PACKAGES = {"litert": "ai_edge_litert", "tflite-runtime": "tflite_runtime"}


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest) -> str:
    """Each interpreter; the environment with both is .venv-tflite."""
    if importlib.util.find_spec(PACKAGES[request.param]) is None:
        pytest.skip(f"{request.param} isn't installed in this environment")
    return str(request.param)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A little net, converted: a float TFLite model with the standard anchors of 64x64."""
    pytest.importorskip("torch")
    pytest.importorskip("litert_torch")
    from edgedet.lab.export.tflite import to_tflite
    from tests.lab.export.nets import SIZE, tiny_net

    path = tmp_path_factory.mktemp("tiny") / "tiny.tflite"
    path.write_bytes(to_tflite(tiny_net(), SIZE))
    return path
