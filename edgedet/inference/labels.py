"""Labels: the names of a model's classes, from a text file in any of the forms people use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from edgedet.errors import LabelsError

GAP = "???"
"""The name of a class id that has no meaning, as in the 90-id COCO map with its 80 classes."""

_BACKGROUND = {GAP, "background", "__background__", "_background_"}
_NUMBERED = re.compile(r"(\d+)\s*[\s:,=]\s*(\S.*)")
# what a terminal would obey; tabs and line ends are fine
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_MOST = 100_000


def read_labels(path: Path) -> tuple[str, ...]:
    """The names in a labels file, indexed by class id.

    Understood: one name a line; ``id name``, ``id: name`` or ``id,name`` on every line (gaps become ``???``);
    ``???`` or ``n/a`` for an id without meaning; comments (``#``) and empty lines at the end.

    Raises:
        LabelsError: the file can't be read, is empty, or has an id twice.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise LabelsError(f"{path}: the labels can't be read ({error.strerror}); give a text file") from None
    except UnicodeDecodeError:
        raise LabelsError(f"{path}: not a text file in UTF-8; save the labels as plain text") from None
    return parse_labels(text, str(path))


def parse_labels(text: str, where: str) -> tuple[str, ...]:
    """The names in a labels text; ``where`` names it in errors. See :func:`read_labels`."""
    if _CONTROL.search(text):
        raise LabelsError(f"{where}: not a text file (it has NUL or other control characters); give one label a line")
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines:
        raise LabelsError(f"{where}: no labels in it; give one name a line")
    numbered = [_NUMBERED.fullmatch(line) for line in lines]
    if not all(numbered):
        return tuple(GAP if line.lower() == "n/a" else line for line in lines)
    names: dict[int, str] = {}
    for match in numbered:
        assert match is not None
        number, name = int(match[1]), match[2].strip()
        if number in names:
            raise LabelsError(f"{where}: id {number} is given twice ({names[number]!r} and {name!r}); keep one")
        if number >= _MOST:
            raise LabelsError(f"{where}: id {number} is out of range; class ids are below {_MOST}")
        names[number] = name
    return tuple(names.get(i, GAP) for i in range(max(names) + 1))


def fit_labels(labels: Sequence[str], classes: int | None, where: str) -> tuple[str, ...]:
    """The labels of a model with this many classes (None: not known), its background class left out.

    A first label that only names the background (``???``, ``background``) is dropped, since class ids start at
    the first real class.

    Raises:
        LabelsError: the counts don't match.
    """
    labels = tuple(labels)
    background = labels[0].lower() in _BACKGROUND and len(labels) > 1
    if background and classes in (None, len(labels) - 1):
        return labels[1:]
    if classes is not None and len(labels) != classes:
        raise LabelsError(
            f"{where}: {len(labels)} labels for a model of {classes} classes; give the labels it was trained with (-l)"
        )
    return labels
