"""The one model in the forms that the loops want, made once and kept beside the checkout's other build outputs."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.places import ROOT

LAB = ROOT / ".venv-lab" / "bin" / "python"
MODEL = ROOT / "models" / "starter-320-int8.tflite"
MOST = 20
"""Objects that the operator at the model's end gives at most: as many as Frigate takes."""


@dataclass(frozen=True, slots=True)
class Models:
    """The same network in files.

    Attributes:
        raw: the bundled model as edgedet runs it.
        whole: with the detection operator at its end, uint8 pictures and metadata.
        onnx_float, onnx_int8: as ONNX, with real numbers, and with the same quantization.
    """

    raw: Path
    whole: Path
    onnx_float: Path
    onnx_int8: Path


def models() -> Models:
    """Make what isn't there yet; ``bash deploy/venv.sh test,lab .venv-lab`` makes the environment for it.

    Raises:
        FileNotFoundError: that environment isn't there.
        subprocess.CalledProcessError: the model couldn't be converted.
    """
    digest = hashlib.sha256(MODEL.read_bytes()).hexdigest()[:12]
    folder = ROOT / "build" / "peers" / digest
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / f"{MODEL.stem}-whole.tflite"
    onnx = [folder / f"{MODEL.stem}-{kind}.onnx" for kind in ("float32", "int8")]
    if not LAB.exists():
        raise FileNotFoundError(f"{LAB} isn't there; make it: bash deploy/venv.sh test,lab .venv-lab")
    if not whole.exists():
        command = [LAB, "-m", "edgedet", "export", MODEL, "--postprocess", "--max-detections", str(MOST), "-o", whole]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    if not all(each.exists() for each in onnx):
        subprocess.run([LAB, "-m", "tests.bench.peers.to_onnx", MODEL, folder], cwd=ROOT, check=True)
    return Models(MODEL, whole, *onnx)
