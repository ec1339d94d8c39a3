"""Where things stand in a TOML text: the line of every table, key and element of an array."""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]
"""The way to a value: ``("camera", 0, "zones", "porch", "polygon", 2)``; numbers count from 0."""

DEEPEST = 8
"""Steps of a path that are told apart: no setting lies deeper, and a dotted key can have thousands."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_TEXT = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}\n#]+")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_DOT = re.compile(r"[ \t]*\.[ \t]*")


class Scanner:
    """Goes once through a TOML text known to be valid.

    Attributes:
        lines: the line, counted from 1, on which each path first stands.
    """

    def __init__(self, text: str) -> None:
        self._text, self._at, self._line, self._counted = text, 0, 1, 0
        self._arrays: dict[Path, int] = {}
        self.lines: dict[Path, int] = {}
        self._skip()
        table: Path = ()
        while self._at < len(text):
            if text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip()

    def _skip(self) -> None:
        """Over blanks, line ends and comments."""
        self._at = self._end(_BLANK)

    def _end(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        return match.end() if match else self._at

    def _header(self) -> Path:
        """``[detect]`` or ``[[camera]]``; a table inside an array of tables belongs to the last of them."""
        array = self._text.startswith("[[", self._at)
        self._at += 1 + array
        self._skip()
        names = self._names()
        path: Path = ()
        for depth, name in enumerate(names, 1):
            path += (name,)
            self._mark(path)
            if array and depth == len(names):
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path += (self._arrays[path],)
                self._mark(path)
        self._skip()
        self._at += 1 + array
        return path

    def _pair(self, table: Path) -> None:
        """``key = value``."""
        path = table
        for name in self._names():
            path += (name,)
            self._mark(path)
        self._skip()
        self._at += 1
        self._value(path)

    def _names(self) -> list[str]:
        """The parts of a dotted key, as many as are told apart."""
        names: list[str] = []
        while True:
            start = self._at
            quoted = self._text[start] in "\"'"
            self._at = self._end(_TEXT if quoted else _NAME)
            if len(names) < DEEPEST:
                part = self._text[start : self._at]
                names.append(str(tomllib.loads(f"x = {part}")["x"]) if quoted else part)
            after = self._end(_DOT)
            if after == self._at:
                return names
            self._at = after

    def _value(self, path: Path) -> None:
        self._skip()
        opening = self._text[self._at]
        if opening in "[{":
            if len(path) < DEEPEST:
                self._inside(path, "]" if opening == "[" else "}")
            else:
                self._over()
        else:
            self._at = self._end(_TEXT if opening in "\"'" else _BARE)

    def _over(self) -> None:
        """Over brackets and all within, however deep."""
        depth = 0
        while True:
            self._skip()
            character = self._text[self._at]
            depth += (character in "[{") - (character in "]}")
            self._at = self._end(_TEXT) if character in "\"'" else self._at + 1
            if depth == 0:
                return

    def _inside(self, path: Path, closing: str) -> None:
        """The elements of an array, the pairs of an inline table."""
        self._at += 1
        self._skip()
        number = 0
        while self._text[self._at] != closing:
            if closing == "}":
                self._pair(path)
            else:
                self._mark((*path, number))
                self._value((*path, number))
            number += 1
            self._skip()
            if self._text[self._at] == ",":
                self._at += 1
                self._skip()
        self._at += 1

    def _mark(self, path: Path) -> None:
        if len(path) <= DEEPEST:
            self._line += self._text.count("\n", self._counted, self._at)
            self._counted = self._at
            self.lines.setdefault(path, self._line)
