"""What was chosen, written into the settings file: comments, order and layout stay, the old file is kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from edgedet.errors import ConfigError, ExtraMissing
from edgedet.keys import KEYS
from edgedet.settings import Settings
from edgedet.toml import render
from edgedet.web.settings_file import SettingsText, check, replace

Values = Mapping[str, str | int | float]


def lines_of(values: Values) -> list[str]:
    """The values as a settings file has them.

    >>> lines_of({"model.threads": 2, "governor.most_fps": 5.5})
    ['[model]', 'threads = 2', '[governor]', 'most_fps = 5.5']
    """
    lines: list[str] = []
    section = ""
    for name, value in values.items():
        key = KEYS[name]
        if key.section != section:
            section = key.section
            lines.append(f"[{section}]")
        lines.append(f"{key.short} = {render(value)}")
    return lines


def write_values(settings: Settings, values: Values) -> Path | None:
    """Put values into the settings file; where the old one is kept now, None if nothing changes.

    Raises:
        ConfigError: there is no file, or it can't be used or edited so; it is as it was.
        ExtraMissing: tomlkit isn't installed.
        OutputError: it can't be written; it is as it was.
    """
    if settings.file is None:
        raise ConfigError("settings: there is no file to write to; make one: edgedet config init")
    before = SettingsText.read(settings.file)
    text = _edited(before.text, values)
    if text == before.text:
        return None
    new = check(settings, before, text)
    for name, value in values.items():
        section, _, short = name.partition(".")
        got = getattr(getattr(new.config, section), short)
        if (str(got) if isinstance(value, str) else got) != value:
            raise ConfigError(f"{name}: {new.origins.get(name, 'something else')} says {got}; remove it there first")
    return replace(before, text)


def _edited(text: str, values: Values) -> str:
    try:
        import tomlkit
    except ImportError:
        raise ExtraMissing("tune: tomlkit isn't installed; install edgedet[web], or put the lines in by hand") from None
    document = tomlkit.parse(text)
    for name, value in values.items():
        section, _, short = name.partition(".")
        if section not in document:
            document[section] = tomlkit.table()
        table = document[section]
        if table.get(short) != value:
            table[short] = value
    return document.as_string()
