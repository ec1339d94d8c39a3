"""Where pulled models live, and a model's file by its name."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from edgedet.errors import ModelError
from edgedet.inference.card import models_folder
from edgedet.zoo.name import is_name

VARIABLE = "EDGEDET_MODELS"
"""The environment variable that names the folder for pulled models."""


def user_folder() -> Path:
    """The folder pulled models go to: ``EDGEDET_MODELS``, else ``edgedet/models`` in the user's data folder.

    The data folder is ``XDG_DATA_HOME``, by default ``~/.local/share`` (XDG Base Directory Specification).
    """
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen).expanduser()
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (data if data.is_absolute() else Path.home() / ".local" / "share") / "edgedet" / "models"


def bundled_models() -> dict[str, Path]:
    """The models that come with edgedet, by name: their file's, without ``-int8``, which all of them are."""
    cards = sorted(models_folder().glob("*.json"))
    files = [card.with_suffix(".tflite") for card in cards]
    return {file.stem.removesuffix("-int8"): file for file in files if file.is_file()}


def pulled_models() -> dict[str, Path]:
    """The models in the user's folder, by name."""
    return {file.stem: file for file in sorted(user_folder().glob("*.tflite")) if file.is_file()}


def is_there(path: Path) -> bool:
    """Whether there is such a file that can be seen: a name that can't be one, or a closed folder, has none."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises for these


def find_model(name_or_path: str | Path) -> Path:
    """The file of a model that is here: a path as it stands, a bundled model, or a pulled one.

    Args:
        name_or_path: a path, or a name as in ``edgedet models list``; a file that is there comes first.

    Raises:
        ModelError: a name that nothing here has; the message says how to get it.
    """
    text, path = str(name_or_path), Path(name_or_path)
    if not is_name(text) or is_there(path):
        return path
    bundled = bundled_models()
    found = bundled.get(text) or bundled.get(text.removesuffix("-int8")) or pulled_models().get(text)
    if found is not None:
        return found
    if os.path.isdir(path):  # noqa: PTH112 - as is_there
        return path  # whoever opens it says so
    from edgedet.zoo.registry import load_registry  # only for who asks for what isn't here

    known = load_registry()
    if text in known:
        raise ModelError(f"{text}: not here yet; get it with: edgedet models pull {text}")
    raise ModelError(f"{text}: no such model file or name; {nearest(text, [*bundled, *known])}")


def nearest(name: str, names: list[str]) -> str:
    """What to say to someone who named a model that isn't known."""
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else "see: edgedet models list"
