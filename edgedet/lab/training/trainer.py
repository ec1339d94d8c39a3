"""The training loop: steps, learning rate, averages, checkpoints. A run killed at any moment goes on where it was."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from edgedet.errors import ModelError
from edgedet.inference.anchors import ssd_anchors
from edgedet.lab.datasets import Dataset
from edgedet.lab.evaluate.figures import score
from edgedet.lab.training import checkpoint, curves, memory, parameters
from edgedet.lab.training.distil import distillation_loss
from edgedet.lab.training.ema import Average
from edgedet.lab.training.loss import BatchTargets, detection_loss, excess
from edgedet.lab.training.net import Ssd
from edgedet.lab.training.pictures import Augmentation, Batch, Batches, Pool
from edgedet.lab.training.plan import Plan
from edgedet.lab.training.qat import QuantizedTraining
from edgedet.lab.training.targets import Matcher
from edgedet.lab.training.validate import predict

LARGEST_GRADIENT = 5.0
EXCESS = 1e-3
"""Weight of outputs' excess beside the other losses."""
QAT_FREEZE = 0.7
"""Part of the steps after which quantization-aware training leaves the activations' ranges as they are."""
LOGGED = 20
"""Steps between two points of the loss curves."""


class Trainer:
    """Trains a net.

    Args:
        net: changed in place.
        labels: its classes.
        pool: the training pictures.
        plan: how.
        folder: where ``state.pt`` (to go on from), ``model.pt`` (the averaged net) and ``curves.png`` go.
        about: what the model's card should say of how it was made.
        validation: pictures to measure on; None: none.
        teacher: a net with the same classes and anchors.
        augmentation: of the training pictures.
        device: ``cpu`` or ``cuda``.
    """

    def __init__(
        self,
        net: Ssd,
        labels: tuple[str, ...],
        pool: Pool,
        plan: Plan,
        folder: Path,
        *,
        about: dict[str, Any] | None = None,
        validation: Dataset | None = None,
        teacher: Ssd | None = None,
        augmentation: Augmentation | None = None,
        device: str = "cpu",
    ) -> None:
        # In float32 a step with channels last takes a third less time on a processor; in bf16 it takes more.
        self._order = torch.channels_last if plan.precision == "float32" else torch.contiguous_format
        self.net = net.to(device, memory_format=self._order)
        self.labels, self.plan, self.folder = labels, plan, folder
        self._validation, self._device = validation, device
        self._teacher = teacher.to(device, memory_format=self._order).eval() if teacher is not None else None
        size = net.architecture.size
        matcher = Matcher(ssd_anchors(size, size), len(labels))
        self._batches = Batches(pool, matcher, size, plan.batch, plan.seed, augmentation or Augmentation())
        self._optimiser = torch.optim.AdamW(parameters.groups(net, plan))
        self._average = Average(net, plan.average)
        self._quantized = QuantizedTraining(net, int(plan.steps * QAT_FREEZE)) if plan.qat else None
        self._about = {**(about or {}), "plan": asdict(plan)}
        self.step, self.history, self._best, self._waited = 0, list[dict[str, Any]](), -1.0, 0

    def run(self, progress: Callable[[int, dict[str, Any]], None] = lambda *_: None) -> checkpoint.TrainedModel:
        """Train from the step it is at to the end of the plan.

        Args:
            progress: called after every step with the step's number and the newest point of the curves.

        Returns:
            The averaged model, also in ``model.pt``.

        Raises:
            OutputError: the folder can't be written.
        """
        if self._device == "cpu":
            memory.keep_freed()
        saved, sums = time.monotonic(), dict[str, float]()
        for batch in self._batches.run(self.step, self.plan.steps):
            for name, value in self._learn(batch).items():
                sums[name] = sums.get(name, 0.0) + value
            self.step += 1
            if self.step % LOGGED == 0:
                self.history.append({"step": self.step, **{k: round(v / LOGGED, 4) for k, v in sums.items()}})
                sums = {}
            progress(self.step, self.history[-1] if self.history else {})
            if self._is_time_to_validate() and self._validate():
                break
            if time.monotonic() - saved > self.plan.save_seconds and not sums:
                self._save()
                saved = time.monotonic()
        self._save()
        return self.averaged()

    def averaged(self) -> checkpoint.TrainedModel:
        """The model as it is now, with averaged weights."""
        about = {**self._about, "steps": self.step}
        return checkpoint.TrainedModel(self._average.net(self.net).cpu(), self.labels, about)

    def _learn(self, batch: Batch) -> dict[str, float]:
        plan = self.plan
        for group in self._optimiser.param_groups:
            group["lr"] = group["base"] * plan.rate_at(self.step)
        self.net.train()
        if self._quantized is not None:
            self._quantized.at(self.step)
        parameters.rest(self.net, plan.frozen)
        images = batch.images.to(self._device, memory_format=self._order)
        targets = BatchTargets(
            *(t.to(self._device) for t in (batch.targets.labels, batch.targets.asked, batch.targets.encodings))
        )
        with self._mixed():
            boxes, logits = self.net(images, plan.frozen)
        boxes, logits = boxes.float(), logits.float()
        scores, offsets = detection_loss(boxes, logits, targets, plan.loss)
        total = scores + plan.box_weight * offsets + EXCESS * excess(boxes, logits)
        parts = {"scores": float(scores.detach()), "boxes": float(offsets.detach())}
        if self._teacher is not None:
            with torch.no_grad(), self._mixed():
                told = [t.float() for t in self._teacher(images)]
            learnt = distillation_loss(boxes, logits, *told)
            total, parts["distillation"] = total + plan.teacher_weight * learnt, float(learnt.detach())
        self._optimiser.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), LARGEST_GRADIENT)
        self._optimiser.step()
        self._average.update(self.net, self.step)
        return parts

    @contextlib.contextmanager
    def _mixed(self) -> Iterator[None]:
        with torch.autocast(self._device, torch.bfloat16, enabled=self.plan.precision == "bf16"):
            yield

    def _is_time_to_validate(self) -> bool:
        if self._validation is None:
            return False
        every = self.plan.validate_every
        return self.step == self.plan.steps or bool(every and self.step % every == 0)

    def _validate(self) -> bool:
        """Measure; whether it is time to stop."""
        assert self._validation is not None
        figures = score(self._validation, predict(self._average.net(self.net), self._validation))
        ap50 = {label: round(a.ap50, 4) for label, a in figures.classes.items() if a.ap50 is not None}
        self.history.append({"step": self.step, "ap50": ap50})
        mean = figures.mean.ap50 or 0.0
        self._waited = 0 if mean > self._best else self._waited + 1
        self._best = max(self._best, mean)
        return bool(self.plan.patience) and self._waited >= self.plan.patience

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.pt"

    def _save(self) -> None:
        checkpoint.save(self.averaged(), self.folder / "model.pt")
        state = {
            "format": checkpoint.FORMAT,
            "plan": asdict(self.plan),
            "architecture": self.net.architecture.to_dict(),
            "step": self.step,
            "history": self.history,
            "waited": [self._best, self._waited],
            "net": self.net.state_dict(),
            "average": self._average.weights,
            "optimiser": self._optimiser.state_dict(),
            "ranges": self._quantized.state() if self._quantized is not None else {},
        }
        checkpoint.write(state, self._state_file)
        curves.draw(self.history, self.folder / "curves.png")

    def restore(self) -> int:
        """Go on from the folder's ``state.pt`` if there is one; the step it was at, 0 for a fresh start.

        Raises:
            ModelError: it can't be read, or is of another run.
        """
        if not self._state_file.exists():
            return 0
        state = checkpoint.read(self._state_file)
        same = replace(self.plan, save_seconds=state["plan"]["save_seconds"], validate_every=self.plan.validate_every)
        kept = {**state["plan"], "validate_every": self.plan.validate_every}
        if kept != asdict(same) or state["architecture"] != self.net.architecture.to_dict():
            raise ModelError(f"{self._state_file}: of a run with another plan; give it another folder, or remove it")
        self.net.load_state_dict(state["net"])
        self._average.weights = {k: v.to(self._device) for k, v in state["average"].items()}
        self._optimiser.load_state_dict(state["optimiser"])
        if self._quantized is not None:
            self._quantized.restore(state["ranges"])
        self.step, self.history = state["step"], state["history"]
        self._best, self._waited = state["waited"]
        return self.step
