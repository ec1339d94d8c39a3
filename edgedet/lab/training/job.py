"""One training run, put together from file names and numbers: what ``edgedet train`` does."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from edgedet.errors import ConfigError, DataError, OutputError
from edgedet.inference.anchors import ssd_anchors
from edgedet.inference.labels import read_labels
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.formats import read_dataset
from edgedet.lab.datasets.pixels import sha256_of
from edgedet.lab.training import checkpoint
from edgedet.lab.training.architecture import Architecture
from edgedet.lab.training.net import Ssd, block_channels
from edgedet.lab.training.norms import fold_norms, unfold_norms
from edgedet.lab.training.pictures import Augmentation, Batches, Pool
from edgedet.lab.training.plan import Plan
from edgedet.lab.training.prune import drop_dead, prune
from edgedet.lab.training.targets import Matcher
from edgedet.lab.training.trainer import Trainer
from edgedet.lab.training.transfer import transfer

log = logging.getLogger(__name__)

SEEN = 48
"""Pictures from which batch norm gets its first statistics."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to train, on what.

    Attributes:
        data: annotations; of those that have splits, the ``train`` pictures are taken.
        shares: how much of each batch comes from each of ``data``; empty: as many as each has pictures.
        labels: the classes; empty: those of the first of ``data``.
        folder: where the run's files go.
        architecture: of a net of random weights or one filled from a TFLite file; its ``classes`` are ignored.
        validation: annotations to measure on in between; of those that have splits, the ``val`` pictures.
        start: a TFLite model or a checkpoint to start from; a checkpoint of a greater width is pruned.
        start_labels: the classes of an SSD in a TFLite file: a labels file.
        norms: put batch norm into a start that has none: a net whose channels were cut learns faster so.
        teacher: a checkpoint with the same classes.
        about: kept in the model: how it was asked for.
    """

    data: tuple[Path, ...]
    folder: Path
    architecture: Architecture
    shares: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    validation: Path | None = None
    start: Path | None = None
    start_labels: Path | None = None
    norms: bool = False
    teacher: Path | None = None
    about: str = ""


def prepare(job: Job, plan: Plan, device: str = "cpu") -> Trainer:
    """Read everything a job names, and build its trainer.

    Raises:
        DataError: annotations can't be read, or have nothing to learn from.
        ModelError: the start or the teacher can't be read or doesn't fit.
        ConfigError: shares, device or architecture make no sense.
        OutputError: the folder can't be made.
    """
    if job.shares and len(job.shares) != len(job.data):
        raise ConfigError(f"{len(job.shares)} shares for {len(job.data)} datasets; give one for each")
    if device == "cuda" and not torch.cuda.is_available():
        raise ConfigError("device cuda: PyTorch sees none here; leave it out, or give cpu")
    datasets = [_read(path, "train") for path in job.data]
    labels = job.labels or datasets[0].labels
    datasets = [_labelled(dataset, path, labels) for dataset, path in zip(datasets, job.data, strict=True)]
    validation = _labelled(_read(job.validation, "val"), job.validation, labels) if job.validation else None
    torch.manual_seed(plan.seed)
    start = checkpoint.load(job.start) if job.start is not None and job.start.suffix != ".tflite" else None
    net = _net(replace(job.architecture, classes=len(labels)), job, labels, start)
    pool = Pool(datasets, job.shares or None)
    if job.norms and not net.architecture.norm:
        size = net.architecture.size
        batches = Batches(pool, Matcher(ssd_anchors(size, size), len(labels)), size, SEEN, plan.seed, Augmentation())
        net = unfold_norms(net, batches.make(0).images)
    teacher = _teacher(job.teacher, net, labels) if job.teacher else None
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{job.folder}: can't be made ({error.strerror}); give another folder") from None
    about: dict[str, Any] = {
        "command": job.about,
        "data": [_summary(d) for d in datasets],
        "start": job.start and job.start.name,
        "teacher": job.teacher and job.teacher.name,
        "pictures": fingerprints(datasets),
    }
    if start is not None:
        about["before"] = {k: v for k, v in start.about.items() if k != "pictures"}
    return Trainer(
        net, labels, pool, plan, job.folder, about=about, validation=validation, teacher=teacher, device=device
    )


def _read(path: Path, split: str) -> Dataset:
    dataset = read_dataset(path)
    splits = sorted({picture.split for picture in dataset} - {""})
    wanted = next((name for name in (split, {"val": "valid"}.get(split, split)) if name in splits), None)
    if wanted is None:
        if len(splits) > 1:
            raise DataError(
                f"{path}: its pictures are split into {', '.join(splits)}, none of them {split}; name it so"
            )
        return dataset
    chosen = dataset.of_split(wanted)
    log.info("%s: %d of its %d pictures, those of split %s", path, len(chosen), len(dataset), wanted)
    return chosen


def _labelled(dataset: Dataset, path: Path, labels: Sequence[str]) -> Dataset:
    if not set(labels) & set(dataset.labels):
        raise DataError(f"{path}: none of {', '.join(labels)} among its labels ({', '.join(dataset.labels[:10])})")
    return dataset.with_labels(labels)


def _net(architecture: Architecture, job: Job, labels: tuple[str, ...], model: checkpoint.TrainedModel | None) -> Ssd:
    if job.start is None:
        return Ssd(architecture)
    if model is None:
        net = Ssd(replace(architecture, norm=False))
        transfer(net, job.start, labels, read_labels(job.start_labels) if job.start_labels else ())
        return _lean(net)
    if model.labels != labels:
        raise ConfigError(f"{job.start}: its classes are {', '.join(model.labels)}, not {', '.join(labels)}")
    net = _lean(fold_norms(model.net) if model.net.architecture.norm else model.net)
    if architecture.width < net.architecture.width:
        return prune(net, architecture.width, architecture.size)
    if architecture.size == net.architecture.size:
        return net
    resized = Ssd(replace(net.architecture, size=architecture.size))
    resized.load_state_dict(net.state_dict())
    return resized


def _lean(net: Ssd) -> Ssd:
    before = net.architecture.hidden or tuple(hidden for hidden, _, _ in block_channels(net.architecture))
    lean = drop_dead(net)
    gone = sum(before) - sum(lean.architecture.hidden)
    if gone:
        log.info("%d of %d expanded channels are dead and were dropped", gone, sum(before))
    return lean


def _teacher(path: Path, net: Ssd, labels: tuple[str, ...]) -> Ssd:
    """A teacher at the student's size: its convolutions don't mind, and the anchors are then the same."""
    model = checkpoint.load(path)
    if model.labels != labels:
        raise ConfigError(f"{path}: its classes are {', '.join(model.labels)}, not {', '.join(labels)}")
    lean = fold_norms(model.net) if model.net.architecture.norm else model.net
    teacher = Ssd(replace(lean.architecture, size=net.architecture.size))
    teacher.load_state_dict(lean.state_dict())
    return teacher.eval()


def fingerprints(datasets: Sequence[Dataset]) -> list[str]:
    """The first 16 digits of the sha256 of every picture file, sorted: what was trained on, for anybody to check."""
    return sorted({sha256_of(picture.path)[:16] for dataset in datasets for picture in dataset})


def _summary(dataset: Dataset) -> dict[str, Any]:
    boxes = {name: sum(int((p.labels == i).sum()) for p in dataset) for i, name in enumerate(dataset.labels)}
    return {"name": dataset.name, "pictures": len(dataset), "boxes": boxes}
