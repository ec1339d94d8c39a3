"""What can be wrong with annotations: each kind once, found by the readers or by the checks."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from edgedet.errors import DataError

ERRORS = {
    "unknown-class": "boxes of a class that isn't listed",
    "unknown-picture": "boxes or annotation files of a picture that isn't listed",
    "duplicate-picture-id": "picture ids given more than once",
    "duplicate-box-id": "box ids given more than once",
    "not-a-number": "boxes with NaN or infinity in them",
    "empty-box": "boxes without area",
    "box-outside": "boxes that reach more than a pixel out of their picture",
    "no-size": "pictures whose annotated size isn't positive",
    "missing-file": "pictures without a file",
    "undecodable-file": "picture files that can't be decoded",
    "size-differs": "pictures of another size than annotated",
    "in-two-splits": "pictures that are in more than one split",
}
"""What makes measurements wrong or training fail."""

WARNINGS = {
    "duplicate-box": "boxes that are there twice, same place and class",
    "duplicate-picture": "pictures that are there twice in one split",
    "class-without-box": "classes without a box",
    "picture-without-box": "pictures without a box",
}
"""What may be meant so."""

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of problem.

    Attributes:
        kind: a key of :data:`ERRORS` or :data:`WARNINGS`.
        severity: ``error`` or ``warning``.
        text: what it is, in words.
        count: how many there are.
        examples: where, the first three.
    """

    kind: str
    severity: str
    text: str
    count: int
    examples: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


class Problems:
    """Collects problems, or refuses the first.

    >>> problems = Problems()
    >>> problems.add("empty-box", "cat.jpg: box 2")
    >>> problems.findings[0].count, problems.findings[0].severity
    (1, 'error')

    Args:
        refuse: raise an error for the first one; the text names the source to check.
    """

    def __init__(self, refuse: str = "") -> None:
        self._refuse = refuse
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}

    def add(self, kind: str, where: str) -> None:
        """Note one problem.

        Raises:
            DataError: problems are refused here.
        """
        text = (ERRORS | WARNINGS)[kind]
        if self._refuse:
            raise DataError(f"{where}: {text}; see them all with: edgedet dataset check {self._refuse}")
        self._counts[kind] += 1
        if self._counts[kind] <= EXAMPLES:
            self._examples.setdefault(kind, []).append(where)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found: errors first, in the order of the tables."""
        return tuple(
            Finding(kind, severity, text, self._counts[kind], tuple(self._examples[kind]))
            for severity, table in (("error", ERRORS), ("warning", WARNINGS))
            for kind, text in table.items()
            if self._counts[kind]
        )

    @property
    def failed(self) -> bool:
        """Whether an error, not just a warning, was found."""
        return any(self._counts[kind] for kind in ERRORS)
