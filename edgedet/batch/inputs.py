"""Which clips and pictures a run is over: files, folders, globs, buckets and catalogues."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence
from pathlib import Path

from edgedet.batch import bucket
from edgedet.batch.catalogue import Choice, clips_in
from edgedet.batch.work import Item
from edgedet.capture.images import EXTENSIONS, natural_sorted
from edgedet.errors import ConfigError, SourceError
from edgedet.replay import FILMS

CATALOGUE = ".parquet"
"""The ending of a catalogue's files."""


def is_picture(item: Item) -> bool:
    """Whether it is a picture by its name; every other file is tried as a film."""
    return item.place.lower().endswith(EXTENSIONS)


def items_of(paths: Sequence[str], choice: Choice, pictures: bool = True) -> list[Item]:
    """All clips (and pictures) of some paths, in this order and by name within each; none twice.

    Args:
        paths: files, folders, globs, addresses of buckets (``s3://bucket/prefix``), and catalogues: Parquet files, or
            folders or prefixes of them.
        choice: what of a catalogue is taken.
        pictures: whether pictures are taken.

    Raises:
        SourceError: a path leads to nothing that could be used, or can't be read.
        ConfigError: a catalogue's columns don't do, or there is none to choose of.
        ExtraMissing: a bucket or catalogue needs a package that isn't here.
    """
    found: dict[str, Item] = {}
    chosen = False
    for path in paths:
        here = bucket.listed(path) if bucket.is_address(path) else _files(path)
        named = [item for item in here if item.place.lower().endswith(CATALOGUE)]
        wanted = (*EXTENSIONS, *FILMS) if pictures else tuple(FILMS)
        taken = [item for item in here if item.place.lower().endswith(wanted)]
        if named and not taken:
            taken, chosen = clips_in(path, named, choice), True
        elif len(here) == 1 and here[0].key == path and not taken:
            taken = here  # named itself: it is tried, whatever its ending
        if not taken:
            raise SourceError(f"{path}: no clips in it ({' '.join(sorted(wanted))}), and no catalogue; give another")
        for item in taken:
            found.setdefault(item.key, item)
    if choice and not chosen:
        raise ConfigError(
            "--camera, --since, --until, --clips: choose of a catalogue, and none is given; leave them out"
        )
    return list(found.values())


def _files(path: str) -> list[Item]:
    place = Path(path)
    try:
        if place.is_file():
            return [_file(place)]
        if place.is_dir():
            return _sorted(each for each in place.rglob("*") if each.is_file() and not _is_hidden(each, place))
        if glob.has_magic(path):
            matches = [Path(name) for name in glob.glob(path, recursive=True)]  # noqa: PTH207 - an absolute one too
            return _sorted(match for match in matches if match.is_file())
    except OSError as error:
        raise SourceError(f"{path}: can't be read ({error.strerror}); check who may read it") from None
    raise SourceError(f"{path}: no such file or folder; check the name")


def _sorted(paths: Iterable[Path]) -> list[Item]:
    return [_file(path) for path in natural_sorted(list(paths))]


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _file(path: Path) -> Item:
    known = path.stat()
    return Item(str(path), str(path), known.st_size, str(known.st_mtime_ns))
