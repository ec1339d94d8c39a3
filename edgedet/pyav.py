"""What PyAV's versions differ in."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any


@cache
def any_metadata() -> dict[str, Any]:
    """Arguments of ``av.open`` for a file whose title may be in any encoding.

    Up to 18 PyAV decodes metadata when it opens a file, and has to be told to go on after what isn't UTF-8. From 19
    on, which Python 3.12 and later get, it does so by itself and knows no such argument.
    """
    return {"metadata_errors": "replace"} if int(version("av").partition(".")[0]) < 19 else {}
