"""``edgedet export``: a trained detector as a file that others run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgedet.cli.logs import setup
from edgedet.errors import ConfigError

if TYPE_CHECKING:
    from edgedet.lab.export.request import Exported, Net


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "-o", "--to", "out", type=click.Path(path_type=Path), required=True, help="Write it here: .tflite, .onnx."
)
@click.option(
    "--postprocess", is_flag=True, help="End in TFLite_Detection_PostProcess, as Frigate, pycoral, rpicam-apps want."
)
@click.option(
    "--max-detections", type=click.IntRange(1, 1000), help="With --postprocess: most objects.  [default: 100]"
)
@click.option("--iou", type=click.FloatRange(0, 1), help="With --postprocess: overlap that suppresses.  [default: 0.5]")
@click.option(
    "--input",
    "dtype",
    type=click.Choice(["float32", "uint8", "int8"]),
    help="Type of the pictures that a .tflite takes.  [default: as the model has it; uint8 with --postprocess]",
)
@click.option(
    "--centre",
    metavar="LABEL=SCORE,...",
    help="Move scores so that these become 0.5: the confidences that edgedet evaluate recommends.",
)
@click.option("--float-outputs", is_flag=True, help="Dequantize the raw outputs of an int8 model.")
@click.option("--qdq", is_flag=True, help="Quantize an .onnx to int8, as QuantizeLinear/DequantizeLinear pairs.")
@click.option("--calibration", type=click.Path(path_type=Path), help="With --qdq: folder or COCO JSON of pictures.")
@click.option("--split", help="With --qdq: take only this split of a COCO JSON that has several, such as train.")
@click.option("--labels", type=click.Path(path_type=Path), help="Names of a .tflite MODEL's classes, if it has none.")
@click.option(
    "--pictures", type=click.Path(path_type=Path), help="Check parity on these.  [default: three photographs]"
)
def export(
    model: Path,
    out: Path,
    postprocess: bool,
    max_detections: int | None,
    iou: float | None,
    dtype: str | None,
    centre: str | None,
    float_outputs: bool,
    qdq: bool,
    calibration: Path | None,
    split: str | None,
    labels: Path | None,
    pictures: Path | None,
) -> None:
    """Write MODEL as TFLite or ONNX, with its card beside it.

    MODEL is a checkpoint of edgedet train, or a raw .tflite detector, float or int8, whose input, outputs or end are
    to be changed. What each step changes is measured on pictures and printed; a step that changes too much ends it,
    and nothing is written.
    """
    setup("error")
    kind = _kind(
        out, {"--postprocess": postprocess, "--input": dtype, "--float-outputs": float_outputs}, qdq, calibration, split
    )
    if not postprocess and (max_detections or iou is not None):
        raise ConfigError("--max-detections, --iou: of the operator that --postprocess adds; give that too")
    if postprocess and float_outputs:
        raise ConfigError("--float-outputs: with --postprocess the outputs are float anyway; leave it out")
    from edgedet.lab.export import commands
    from edgedet.lab.export.pictures import BUNDLED, read_calibration, read_pictures, to_inputs
    from edgedet.lab.export.postprocess import Suppression
    from edgedet.lab.export.request import Wanted

    images = read_pictures(pictures or BUNDLED, 20)
    given = {"max_detections": max_detections, "nms_iou_threshold": iou}
    options = {key: value for key, value in given.items() if value is not None}
    suppression = Suppression(**options) if postprocess else None  # type: ignore[arg-type]
    wanted = Wanted(dtype or "", float_outputs, suppression)
    if model.suffix == ".tflite":
        if kind == ".onnx":
            raise ConfigError(f"{model}: ONNX is made from a checkpoint, not from TFLite; give the checkpoint")
        if centre:
            raise ConfigError(f"--centre: {model} is no checkpoint; its scores can't be moved")
        _tell(commands.export_tflite(model, out, wanted, images, labels))
        return
    if labels is not None:
        raise ConfigError(f"--labels: {model} is a checkpoint and has its own; leave them out")
    net = _load(model, centre)
    if kind == ".onnx":
        ready = to_inputs(read_calibration(calibration, split or ""), net.size) if calibration else None
        _tell(commands.export_onnx(net, out, ready, images))
    else:
        _tell(commands.export_net(net, out, wanted, images))


def _kind(out: Path, of_tflite: dict[str, object], qdq: bool, calibration: Path | None, split: str | None) -> str:
    """What is to be written, by its ending; options of the other kind are refused."""
    kind = out.suffix.lower()
    if kind not in (".tflite", ".onnx"):
        raise ConfigError(f"--to {out}: what is it to be? Give a name that ends in .tflite or .onnx")
    for flag, value in of_tflite.items():
        if value and kind == ".onnx":
            raise ConfigError(f"{flag}: only a .tflite can be had so, not {out.name}")
    if (qdq or calibration or split) and kind == ".tflite":
        raise ConfigError("--qdq, --calibration, --split: for .onnx; quantize a .tflite with edgedet quantize")
    if qdq and calibration is None:
        raise ConfigError("--qdq: it takes pictures to quantize; give a folder of them with --calibration")
    if (calibration or split) and not qdq:
        raise ConfigError("--calibration, --split: only --qdq needs them; give that too")
    return kind


def _confidences(text: str | None) -> dict[str, float]:
    pairs = [part.partition("=") for part in (text or "").split(",") if part.strip()]
    try:
        return {label.strip(): float(score) for label, _, score in pairs}
    except ValueError:
        raise ConfigError(f"--centre {text}: wanted LABEL=SCORE, such as person=0.4,cat=0.5") from None


def _load(path: Path, centre: str | None) -> Net:
    from edgedet.lab import require

    require("torch")
    from edgedet.lab.export.cards import training_card
    from edgedet.lab.export.rawhead import RawHead
    from edgedet.lab.export.request import Net
    from edgedet.lab.training import checkpoint
    from edgedet.lab.training.centre import centre_scores

    trained = centre_scores(checkpoint.load(path), _confidences(centre))
    shape = trained.net.architecture
    words = f"SSD{'Lite' if shape.extras == 'lite' else ''} MobileNetV2 {shape.width:g}, {trained.size}x{trained.size}"
    card = training_card(f"{words}, {len(trained.anchors):,} anchors", trained.labels, trained.about)
    return Net(trained.net, trained.size, RawHead(trained.anchors), card, path)


def _tell(exported: Exported) -> None:
    from edgedet.lab.export.parity import table

    if exported.differences:
        click.echo(table(exported.differences))
    if exported.agreement is not None:
        found = exported.agreement
        same = f"{found.objects - found.alone} of {found.objects} objects are those found without"
        click.echo(f"suppression in the model: {same if found.objects else 'no object in the pictures to compare by'}")
    for file in exported.files:
        click.echo(f"{file} ({file.stat().st_size:,} bytes)")
