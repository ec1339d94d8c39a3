"""Names of picture files, as annotations give them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from edgedet.errors import DataError

_SPLITS = {"training": "train", "valid": "val", "validation": "val", "testing": "test"}
_SPLIT = re.compile(r"(?<![a-z])(train|training|val|valid|validation|test|testing)(?![a-z])")
_LONGEST = 255


def inside(folder: Path, name: str, where: str | Path) -> Path:
    """The file of this name in a folder, and nowhere else: annotations may come from anybody.

    Args:
        folder: the pictures' folder.
        name: backslashes separate folders too; an absolute name is taken if it leads into the folder.
        where: the annotations that say so, for messages.

    Raises:
        DataError: the name leads out of the folder, or can't be a file's.
    """
    root = os.path.normpath(folder)
    path = Path(os.path.normpath(Path(root, name.replace("\\", "/"))))
    shown = name if len(name) < 100 else name[:100] + "…"
    if "\0" in name or path == Path(root) or any(len(os.fsencode(part)) > _LONGEST for part in path.parts):
        raise DataError(f"{where}: {shown!r} is no picture's file name; correct it")
    if not path.is_relative_to(root):
        raise DataError(f"{where}: picture {shown!r} leads out of {folder}; give the pictures' folder (--images)")
    return path


def split_in(name: str) -> str:
    """The split a file or folder name speaks of: ``train``, ``val``, ``test`` or none.

    >>> split_in("instances_val2017"), split_in("valid"), split_in("trainval")
    ('val', 'val', '')
    """
    found = {_SPLITS.get(word, word) for word in _SPLIT.findall(name.lower())}
    return found.pop() if len(found) == 1 else ""


def unique_names(paths: Sequence[Path]) -> list[str]:
    """A name for each file in one folder, no two with the same stem: labels are kept in ``STEM.txt`` or ``STEM.xml``.

    >>> unique_names([Path("a/1.jpg"), Path("b/1.jpg"), Path("a/1.jpg")])
    ['1.jpg', '1-2.jpg', '1.jpg']
    """
    given: dict[Path, str] = {}
    taken: set[str] = set()
    for path in paths:
        if path in given:
            continue
        stem, number = path.stem, 1
        while stem.lower() in taken:
            number += 1
            stem = f"{path.stem}-{number}"
        taken.add(stem.lower())
        given[path] = stem + path.suffix
    return [given[path] for path in paths]
