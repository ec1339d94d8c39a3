"""Which of a net's parameters learn, and how fast."""

from __future__ import annotations

from typing import Any

import torch

from edgedet.lab.training.net import Ssd
from edgedet.lab.training.plan import Plan


def groups(net: Ssd, plan: Plan) -> list[dict[str, Any]]:
    """Parameters by learning rate and weight decay; those at rest are in none."""
    found: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in net.named_parameters():
        if _rests(name, plan.frozen):
            parameter.requires_grad_(False)
            continue
        rate = plan.rate * (plan.backbone_rate if name.startswith(("stem", "blocks", "last")) else 1)
        found.setdefault((rate, plan.decay if parameter.ndim > 1 else 0.0), []).append(parameter)
    return [{"params": p, "lr": r, "base": r, "weight_decay": d} for (r, d), p in found.items()]


def rest(net: Ssd, frozen: int) -> None:
    """Frozen parts keep the batch norm statistics they have."""
    if frozen:
        for module in (net.stem, *net.blocks[:frozen]):
            module.eval()


def _rests(name: str, frozen: int) -> bool:
    kind, _, number = name.partition(".")
    return frozen > 0 and (kind == "stem" or (kind == "blocks" and int(number.split(".")[0]) < frozen))
