import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the lab: pip install 'edgedet[lab]'")

from edgedet.errors import ConfigError, DataError, ModelError  # noqa: E402
from edgedet.lab.training import checkpoint  # noqa: E402
from edgedet.lab.training.architecture import Architecture  # noqa: E402
from edgedet.lab.training.job import Job, prepare  # noqa: E402
from edgedet.lab.training.plan import Plan  # noqa: E402
from edgedet.lab.training.shapes import draw_shapes  # noqa: E402
from edgedet.lab.training.trainer import LOGGED  # noqa: E402

STEPS = 60
FLAGS = f"--size 192 --width 0.35 --steps {STEPS} --batch 4 --rate 0.002 --frozen 2 --seed 7 --save-every 0"


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_shapes(tmp_path_factory.mktemp("data") / "shapes", 32, seed=3)


def start(shapes: Path, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "edgedet", "train", "--data", str(shapes), "--to", str(folder), *FLAGS.split()]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )


def finish(shapes: Path, folder: Path) -> str:
    process = start(shapes, folder)
    text, _ = process.communicate(timeout=300)
    assert process.returncode == 0, text
    return text


def curve(folder: Path) -> list[float]:
    return [point["scores"] for point in checkpoint.read(folder / "state.pt")["history"]]


def test_a_killed_run_goes_on_and_ends_as_one_that_was_not(shapes: Path, tmp_path: Path) -> None:
    finish(shapes, tmp_path / "whole")
    killed, process = tmp_path / "killed", start(shapes, tmp_path / "killed")
    deadline = time.monotonic() + 200
    while not (killed / "state.pt").exists():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    step = checkpoint.read(killed / "state.pt")["step"]
    assert 0 < step < STEPS
    assert f"going on from step {step} of {STEPS}" in finish(shapes, killed)
    assert curve(killed) == pytest.approx(curve(tmp_path / "whole"), rel=0.02)
    assert curve(killed)[-1] < 0.8 * curve(killed)[0]
    one, other = (checkpoint.load(f / "model.pt").net.state_dict() for f in (killed, tmp_path / "whole"))
    assert all(torch.allclose(one[name], other[name], rtol=0.02, atol=0.02) for name in one)
    assert (killed / "curves.png").read_bytes().startswith(b"\x89PNG")


def job(shapes: Path, folder: Path, **changes) -> Job:
    return Job(**{"data": (shapes,), "folder": folder, "architecture": Architecture(1, 192, 0.35), **changes})


def test_another_plan_does_not_go_on_from_a_run(shapes: Path, tmp_path: Path) -> None:
    prepare(job(shapes, tmp_path), Plan(steps=1, batch=2)).run()
    assert prepare(job(shapes, tmp_path), Plan(steps=1, batch=2)).restore() == 1
    with pytest.raises(ModelError, match=r"state\.pt: of a run with another plan"):
        prepare(job(shapes, tmp_path), Plan(steps=2, batch=2)).restore()


def test_training_starts_from_a_wider_net_with_a_teacher_and_as_int8(shapes: Path, tmp_path: Path) -> None:
    wide = job(shapes, tmp_path / "wide", architecture=Architecture(1, 192, 0.5, norm=False), validation=shapes)
    prepare(wide, Plan(steps=2, batch=2)).run()
    start = tmp_path / "wide" / "model.pt"
    narrow = job(shapes, tmp_path / "narrow", start=start, teacher=start)
    plan = Plan(steps=LOGGED, batch=2, qat=True)
    model = prepare(narrow, plan).run()
    assert model.net.architecture.width == 0.35
    assert model.about["data"][0]["pictures"] == 24
    assert "distillation" in checkpoint.read(tmp_path / "narrow" / "state.pt")["history"][0]
    assert prepare(narrow, plan).restore() == LOGGED


def test_early_stopping(shapes: Path, tmp_path: Path) -> None:
    plan = Plan(steps=50, batch=2, rate=0.0, validate_every=2, patience=2)
    model = prepare(job(shapes, tmp_path, validation=shapes), plan).run()
    assert model.about["steps"] == 6


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"labels": ("zebra",)}, DataError, r"none of zebra among its labels \(disc, square\)"),
        ({"shares": (0.5, 0.5)}, ConfigError, "2 shares for 1 datasets"),
        ({"start": Path("gone.pt")}, ModelError, "no such file"),
        ({"data": (Path("gone.json"),)}, DataError, "gone.json"),
    ],
)
def test_mistakes_are_named(changes, error, message, shapes: Path, tmp_path: Path) -> None:
    with pytest.raises(error, match=message):
        prepare(job(shapes, tmp_path, **changes), Plan(steps=1))


@pytest.mark.slow
def test_smoke(tmp_path: Path) -> None:
    began = time.monotonic()
    command = [sys.executable, "-m", "edgedet", "train", "--smoke", "--to", str(tmp_path / "smoke")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "edgedet evaluate" in done.stdout
    assert (tmp_path / "smoke" / "shapes-int8.tflite").is_file()
    assert time.monotonic() - began < 180
