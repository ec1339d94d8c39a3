"""The model's file is broken, replaced or wrong."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path

from tests.chaos.bed import Bed
from tests.chaos.case import case
from tests.chaos.local.kept import all_kept
from tests.chaos.local.running import clean, detects, ends, exits, more_over, more_told, over, told
from tests.chaos.local.station import station
from tests.e2e.program import edgedet
from tests.places import MODEL

AREA = "model"


def own_model(bed: Bed) -> Path:
    """A copy of the bundled model, with its card and labels."""
    for file in MODEL.parent.glob(f"{MODEL.stem.removesuffix('-int8')}*"):
        shutil.copy(file, bed.folder)
    return bed.folder / MODEL.name


@case(
    "model-corrupt-at-start",
    area=AREA,
    fault="the model is cut off, empty, garbage, a text, zeroed from the middle, or not there (6 starts)",
    promise="ends with 2 and one line that names the file",
    within=180,
)
def corrupt_at_start(bed: Bed) -> str:
    model = own_model(bed)
    whole = model.read_bytes()
    broken = {
        "cut off": whole[: len(whole) // 2],
        "empty": b"",
        "garbage": bed.random.randbytes(50_000),
        "a text": b"<html>404 Not Found</html>",
        "a good beginning": whole[:64] + bed.random.randbytes(len(whole) - 64),
    }
    for what, content in broken.items():
        model.write_bytes(content)
        _refused(bed, model, what)
    model.unlink()
    _refused(bed, model, "not there")
    return f"{len(broken) + 1} starts, each ended with 2 and one line"


def _refused(bed: Bed, model: Path, what: str) -> None:
    program = bed.run("--model", model, "--no-web", "--frames", "3", env={"XDG_STATE_HOME": str(bed.folder)})
    code = exits(program, 30)
    errors = [line for line in clean(program).splitlines() if line.startswith("edgedet: error: ")]
    assert code == 2, f"{what}: ended with {code}: {program.text()[-1500:]}"
    assert len(errors) == 1, f"{what}: {errors}"
    assert model.name in errors[0], f"{what}: {errors}"


@case(
    "model-overwritten-while-running",
    area=AREA,
    fault="the model's file is cut to nothing and filled with garbage in place while it runs; then a reload",
    promise="goes on with the model it has; the next start refuses the garbage",
    within=180,
)
def overwritten(bed: Bed) -> str:
    model = own_model(bed)
    camera = station(bed, model=model)
    program = camera.run()
    more_over(program, 1)
    with model.open("r+b") as file:
        file.truncate(0)
        time.sleep(1)
        file.write(bed.random.randbytes(20_000))
    detects(camera, program)
    asked = edgedet("reload", "--config", camera.settings)
    assert asked.returncode == 0, asked.stderr
    more_over(program, 1)
    ends(program)
    all_kept(camera, told(program))
    _refused(bed, model, "the next start")
    return f"{len(told(program))} events told with the old one, all kept; the next start refused it"


@case(
    "model-replaced-while-running",
    area=AREA,
    fault="the model's file is replaced by another (mv), and the settings ask for yet another; then a reload",
    promise="goes on with the model it has, and says that the change needs a restart",
    within=180,
)
def replaced(bed: Bed) -> str:
    model = own_model(bed)
    camera = station(bed, model=model)
    program = camera.run()
    more_told(program, 1)
    (bed.folder / "new").write_bytes(bed.random.randbytes(20_000))
    (bed.folder / "new").replace(model)
    camera.settings.write_text(camera.settings.read_text().replace(model.name, "other.tflite"))
    program.process.send_signal(signal.SIGHUP)
    program.wait_for("needs a restart: .*model.path", 10)
    more_over(program, 1)
    ends(program)
    all_kept(camera, over(program))
    return "settings: needs a restart: model.path"


@case(
    "labels-of-another-model",
    area=AREA,
    fault="a labels file with 4 names for a model of 3 classes",
    promise="ends with 2 and one line with both counts",
    within=180,
)
def labels(bed: Bed) -> str:
    file = bed.folder / "labels.txt"
    file.write_text("person\ncat\ndog\nbicycle\n")
    program = bed.run("--labels", file, "--no-web", "--frames", "3", env={"XDG_STATE_HOME": str(bed.folder)})
    code = exits(program, 30)
    errors = [line for line in clean(program).splitlines() if line.startswith("edgedet: error: ")]
    assert (code, len(errors)) == (2, 1), program.text()
    assert "4 labels for a model of 3 classes" in errors[0], errors
    return errors[0].removeprefix("edgedet: error: ").replace(str(bed.folder), "...")
