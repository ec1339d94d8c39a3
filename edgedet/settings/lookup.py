"""Which settings file it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PLACES = (Path("edgedet.toml"), Path("/etc/edgedet/edgedet.toml"))
"""Where the file is looked for when none is named, in this order."""


def find_file(environ: Mapping[str, str], file: Path | None) -> Path | None:
    """The file that will be read: the one named, else the first that exists where files are looked for."""
    if file is None and environ.get("EDGEDET_CONFIG"):
        file = Path(environ["EDGEDET_CONFIG"])
    return file or next(filter(_stands, PLACES), None)


def _stands(path: Path) -> bool:
    """Whether something is there, though it be a broken link or out of reach: reading it then says so."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
