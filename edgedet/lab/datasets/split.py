"""Splits a dataset in parts that resemble each other and share no picture.

Iterative stratification (Sechidis, Tsoumakas and Vlahavas: On the stratification of multi-label data, ECML PKDD
2011): the rarest class's pictures are dealt out first, each to the part that lacks most of that class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ConfigError
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.pixels import sha256_of


def split_dataset(dataset: Dataset, parts: Mapping[str, float], seed: int = 0) -> Dataset:
    """Give every picture one of these splits; what it had before is forgotten.

    Equal files always go into the same part.

    Args:
        dataset: the pictures.
        parts: the share of each split, more than 0; together 1.
        seed: other seeds give other splits, the same gives the same.

    Raises:
        ConfigError: the shares don't add up to 1.
    """
    if not (parts and min(parts.values()) > 0 and abs(sum(parts.values()) - 1) <= 1e-6):
        given = ",".join(f"{name}={share:g}" for name, share in parts.items())
        raise ConfigError(
            f"{given or 'no parts'}: the parts must be more than 0 and add up to 1; e.g. train=0.8,val=0.2"
        )
    contents = [sha256_of(picture.path) or str(picture.path) for picture in dataset]
    group_of = {content: i for i, content in enumerate(dict.fromkeys(contents))}
    groups = np.array([group_of[content] for content in contents], np.int64)
    # a column for each class, one for pictures without boxes, and one for all that is left
    has = np.zeros((len(group_of), len(dataset.labels) + 2), np.float64)
    for group, picture in zip(groups, dataset, strict=True):
        has[group, np.unique(picture.labels) if len(picture) else [-2]] += 1
        has[group, -1] += 1
    chosen = _stratify(has, np.array(list(parts.values())), np.random.default_rng(seed))
    names = list(parts)
    pictures = (replace(p, split=names[chosen[group]]) for group, p in zip(groups, dataset, strict=True))
    return replace(dataset, pictures=tuple(pictures))


def _stratify(has: NDArray[np.float64], shares: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.int64]:
    """The part of each group.

    Args:
        has: (groups, columns): how many pictures of a group count for a column; the last column is all of them.
        shares: of each part.
        random: breaks ties.
    """
    wanted = shares[:, None] * has.sum(axis=0)  # (parts, columns): what each still lacks
    chosen = np.full(len(has), -1, np.int64)
    order = random.permutation(len(has))
    while (chosen < 0).any():
        left = (has[chosen < 0] > 0).sum(axis=0)
        column = int(np.argmin(np.where(left > 0, left, len(has) + 1)))
        for group in order[(chosen[order] < 0) & (has[order, column] > 0)]:
            ties = random.random(len(shares))
            part = np.lexsort((ties, wanted[:, -1], wanted[:, column]))[-1]
            chosen[group] = part
            wanted[part] -= has[group]
    return chosen


def parse_parts(text: str) -> dict[str, float]:
    """The share of each part.

    >>> parse_parts("train=0.8,val=0.2")
    {'train': 0.8, 'val': 0.2}

    Raises:
        ConfigError: it isn't ``NAME=SHARE,...``, or a name is there twice.
    """
    pairs = [part.strip().partition("=") for part in text.split(",")]
    try:
        parts = {name: float(share) for name, _, share in pairs}
    except ValueError:
        parts = {}
    if len(parts) < len(pairs) or not all(parts):
        raise ConfigError(f"{text[:80]!r}: not NAME=SHARE,...; e.g. train=0.8,val=0.2")
    return parts
