"""TOML as edgedet reads and shows it: every mistake has a line, every value its text."""

from __future__ import annotations

import json
import math
import re
import tomllib
from pathlib import Path
from typing import Any

from edgedet.errors import ConfigError
from edgedet.scan import Scanner

_MOST_BYTES = 1 << 18
_LONGEST_LINE = 1 << 13  # a dotted key costs its reader the square of its length
_REMEDIES = {
    "invalid value": "text stands in quotes, numbers without",
    "cannot overwrite": "this key is there already: keep one",
    "cannot declare": "this section is there already: keep one",
    "cannot mutate": "this section is there already: keep one",
    "expected '='": "write: key = value",
    "expected newline": "one value a line; decimals have a point, comments begin with #",
    "expected ']'": "close the bracket",
    "illegal character": "close the quotes on the same line",
    "unescaped '\\'": "double the backslashes, or use single quotes",
}


def read_text(path: Path) -> str:
    """The text of a settings file.

    Raises:
        ConfigError: it is missing, no file, too large, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)  # and no more: a device has no end
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; make one with: edgedet config init {path}") from None
    except IsADirectoryError:
        raise ConfigError(f"{path}: a folder, not a file; give the edgedet.toml in it") from None
    except OSError as error:
        raise ConfigError(f"{path}: can't be read ({error.strerror}); check it and its permissions") from None
    return to_text(content, path)


def to_text(content: bytes, path: Path | str) -> str:
    """The text of a settings file's bytes; ``path`` names it in errors.

    Raises:
        ConfigError: it is too large, or not UTF-8.
    """
    if len(content) > _MOST_BYTES:
        raise ConfigError(f"{path}: more than {_MOST_BYTES:,} bytes is no settings file; give an edgedet.toml")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text; save the file as UTF-8") from None
    for number, line_text in enumerate(text.split("\n"), 1):
        if len(line_text) > _LONGEST_LINE:
            raise ConfigError(f"{path}:{number}: a line of {len(line_text):,} characters; break it up")
    return text


def parse(text: str, path: Path | str) -> dict[str, Any]:
    """The content of a TOML text; ``path`` names it in errors.

    Raises:
        ConfigError: with line, column and the line itself.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).partition(" (at ")
        reason = reason[:1].lower() + reason[1:]
        lines = text.rstrip().split("\n")
        found = re.search(r"line (\d+), column (\d+)", place)  # else it says: at end of document
        number = int(found[1]) if found else len(lines)
        where = f"{path}:{number}" + (f":{found[2]}" if found else "")
        line = _ADDRESS.sub("://***", lines[min(number, len(lines)) - 1].strip())
        line = hide(repr(_USER.sub("***@", line)[:80]))
        remedy = next((remedy for start, remedy in _REMEDIES.items() if reason.startswith(start)), "correct it")
        raise ConfigError(f"{where}: {line}: {reason}; {remedy}") from None
    except RecursionError:
        raise ConfigError(f"{path}: brackets inside brackets without end; take them out") from None
    except ValueError:  # Python refuses numbers of more than 4,300 digits
        number = next((n for n, line in enumerate(text.split("\n"), 1) if re.search(r"[\d_]{4300}", line)), 1)
        raise ConfigError(f"{path}:{number}: a number of too many digits; shorten it") from None


def locate(text: str) -> dict[tuple[str | int, ...], int]:
    """The line, counted from 1, on which each table, key and element of an array first stands in a valid TOML text.

    >>> locate("[detect]\\nconfidence = 0.4\\n")
    {('detect',): 1, ('detect', 'confidence'): 2}
    >>> locate("[[camera]]\\n[[camera]]\\nname = 'back'\\n")[("camera", 1, "name")]
    3
    """
    return Scanner(text).lines


def render(value: Any) -> str:
    """A value as TOML writes it; ``""`` for None.

    >>> render({"person": 0.4, "cat": 1.0})
    '{ person = 0.4, cat = 1 }'
    """
    if value is None:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value.is_integer() else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        entries = (
            f"{k if re.fullmatch(r'[A-Za-z0-9_-]+', k) else json.dumps(k)} = {render(v)}" for k, v in value.items()
        )
        return "{ " + ", ".join(entries) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(render, value)) + "]"
    return json.dumps(str(value), ensure_ascii=False)


_USER = re.compile(r"[^\s\"'=]{1,200}@")
"""What may be user and password of an address that isn't whole, in a line that isn't either."""
_ADDRESS = re.compile(r"(?<!rtsp)(?<!rtsps)://[^\s\"']+", re.IGNORECASE)
"""What may be a receiver's: then all of it may be the secret, whatever it is glued to."""


def hide(text: str) -> str:
    """The text without the credentials of an address in it."""
    if "://" not in text:
        return text
    from edgedet.capture.redact import redact

    return redact(text)
