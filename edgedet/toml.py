"""Reading a TOML file so that every mistake has a line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from edgedet.errors import ConfigError

_MOST_BYTES = 1 << 20
_TABLE = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def read_text(path: Path) -> str:
    """The text of a configuration file.

    Raises:
        ConfigError: it is missing, no file, too large, or not UTF-8.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path}: {path.stat().st_size:,} bytes is no configuration; give an edgedet.toml")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; make one with: edgedet config init {path}") from None
    except IsADirectoryError:
        raise ConfigError(f"{path}: a folder, not a file; give the edgedet.toml in it") from None
    except OSError as error:
        raise ConfigError(f"{path}: can't be read ({error.strerror}); check its permissions") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text; save the file as UTF-8") from None


def parse(text: str, path: Path) -> dict[str, Any]:
    """The content of a TOML text; ``path`` names it in errors.

    Raises:
        ConfigError: with line, column and the line itself.
    """
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).partition(" (at ")
        found = re.search(r"line (\d+), column (\d+)", place)
        lines = text.splitlines() or [""]
        number = int(found[1]) if found else len(lines)
        column = f":{found[2]}" if found else ""
        line = lines[min(number, len(lines)) - 1].strip()[:80]
        raise ConfigError(f"{path}:{number}{column}: {line!r}: {reason[:1].lower()}{reason[1:]}; correct it") from None
    except (RecursionError, ValueError) as error:  # nested too deep, a number too long
        raise ConfigError(f"{path}: can't be understood ({type(error).__name__}); simplify it") from None


def locate(text: str) -> dict[tuple[str, ...], int]:
    """The line, from 1, of each table and key that starts one: ``("detect", "confidence") -> 12``."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            table = _parts(header[1])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            full = table + _parts(key[1])
            for depth in range(len(table) + 1, len(full) + 1):
                lines.setdefault(full[:depth], number)
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
