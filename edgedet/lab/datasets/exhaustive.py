"""Which classes are annotated in full in a picture, as LVIS says it (https://www.lvisdataset.org/, Gupta et al. 2019).

``neg_category_ids`` are classes verified to be absent, ``not_exhaustive_category_ids`` classes of which some objects
may not have a box. A class that is neither boxed nor in ``neg_category_ids`` wasn't looked for. A picture without
either list is annotated in full, as in COCO. The TF Object Detection API has both lists under the same names.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from edgedet.lab.datasets import Picture

NEGATIVE = "neg_category_ids"
NOT_EXHAUSTIVE = "not_exhaustive_category_ids"


def known_classes(
    classes: int,
    boxed: Collection[int],
    negative: Collection[int] | None,
    not_exhaustive: Collection[int] | None,
) -> NDArray[np.bool_]:
    """bool (classes,): whether every object of a class has a box.

    Args:
        classes: how many there are.
        boxed: the indices of those that have a box in the picture.
        negative: of those verified to be absent; None: no such list.
        not_exhaustive: of those not boxed in full; None: no such list.
    """
    known = np.full(classes, negative is None, np.bool_)
    if negative is not None:
        known[[*boxed, *negative]] = True
    known[list(not_exhaustive or ())] = False
    return known


def class_lists(picture: Picture) -> tuple[list[int], list[int]] | None:
    """The indices of a picture's negative and not exhaustive classes; None if all are annotated in full."""
    if picture.known.all():
        return None
    absent = picture.known.copy()
    absent[picture.labels] = False
    return np.flatnonzero(absent).tolist(), np.flatnonzero(~picture.known).tolist()
