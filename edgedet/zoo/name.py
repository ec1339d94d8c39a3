"""What is a model's name, and what is a path; apart from the registry, as every start asks it."""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def is_name(text: str) -> bool:
    """Whether this is a model's name rather than a path: ``starter-320``, but not ``./model`` or ``model.tflite``.

    >>> is_name("starter-320"), is_name("starter-320.tflite"), is_name("models/starter-320")
    (True, False, False)
    """
    return _NAME.fullmatch(text) is not None and not text.endswith(".tflite")
