"""What may come of bad input: an error of ours in one line, and nothing else."""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from edgedet.errors import EdgedetError
from tests.fuzz import targets

HERE = Path(__file__).parent
SECRET = "hunter2secret"
"""Stands as password, token or key in what the targets are given; in what they say it must not."""
_LONGEST = 20_000


class Wrong(AssertionError):
    """The target took its input, but did the wrong thing with it."""


def names() -> list[str]:
    """All targets."""
    return sorted(each.name for each in pkgutil.iter_modules(targets.__path__))


def load(name: str) -> ModuleType:
    """A target: a module with ``case(data)`` and ``seeds()``, and perhaps ``WORDS``, ``ALLOWED``, ``INCLUDE``."""
    return importlib.import_module(f"tests.fuzz.targets.{name}")


def seeds_of(name: str, module: ModuleType) -> list[bytes]:
    """What a target's run begins with: its own seeds, those of the corpus folder and the findings so far."""
    folders = (HERE / "corpus" / name, HERE / "findings" / name)
    files = [path.read_bytes() for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    return [*module.seeds(), *files]


def complaint(case: Callable[[bytes], None], allowed: tuple[type[Exception], ...], data: bytes) -> str:
    """What is wrong with how a case took its input; empty: nothing.

    Args:
        case: the target's.
        allowed: errors beside ours that its callers know how to take; what they say is judged the same.
        data: the input.
    """
    try:
        case(data)
    except (EdgedetError, *allowed) as error:
        text = str(error)
        if isinstance(error, EdgedetError) and not text.isprintable():
            return f"{_place(error)}: an error that is no line for a terminal: {text[:300]!r}"
        return _unfit(text)
    except Wrong as error:
        return f"{_place(error)}: wrong: {error}"[:2000]
    except Exception as error:
        return f"{_place(error)}: {type(error).__name__}: {error}"[:2000]
    return ""


def _unfit(text: str) -> str:
    """Why this is no line to show to anybody."""
    if not text.strip():
        return "an error that says nothing"
    if SECRET in text:
        return f"a secret in an error: {text[:300]}"
    if len(text) > _LONGEST:
        return f"an error of {len(text):,} characters: {text[:300]}"
    return ""


def _place(error: BaseException) -> str:
    """The line of edgedet's that it came through last: the same mistake has the same place."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/edgedet/" in frame.filename] or frames
    return f"{own[-1].filename.rpartition('/edgedet/')[2]}:{own[-1].lineno}" if own else "?"
