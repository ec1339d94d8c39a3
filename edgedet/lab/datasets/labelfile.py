"""``labels.txt`` beside annotations in a format that has no list of classes of its own: one name a line, by index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from edgedet.errors import DataError

NAME = "labels.txt"


def read_names(path: Path) -> tuple[str, ...]:
    """The names in a file, one a line.

    Raises:
        DataError: it can't be read, is empty, or has a name twice.
    """
    try:
        names = tuple(line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8 text"
        raise DataError(f"{path}: the classes can't be read ({why}); write one name a line") from None
    twice = [name for name in set(names) if names.count(name) > 1]
    if twice or not names:
        raise DataError(
            f"{path}: {f'{twice[0]} is there twice' if twice else 'no classes in it'}; write one name a line"
        )
    return names


def write_names(labels: Sequence[str], folder: Path) -> None:
    """Write ``labels.txt`` into a folder."""
    (folder / NAME).write_text("".join(f"{name}\n" for name in labels), encoding="utf-8")


def names_for(folders: Iterable[Path], used: Iterable[str]) -> tuple[str, ...]:
    """The classes of the first folder with a ``labels.txt``; without one the names used, in alphabetical order."""
    for folder in folders:
        if (folder / NAME).is_file():
            return read_names(folder / NAME)
    return tuple(sorted(set(used)))
