"""The README's reference, generated: ``python -m edgedet.cli.reference [--write README.md]``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from edgedet.cli import COMMANDS, cli
from edgedet.config import NAMED, CameraConfig
from edgedet.errors import ConfigError
from edgedet.keys import KEYS, Key, keys_of

BEGIN, END = "<!-- reference:begin -->", "<!-- reference:end -->"


def reference() -> str:
    """Markdown: every command, its own options, and every key with its flag, variable, default and meaning."""
    settings_flags = {flag for key in KEYS.values() for flag in key.flag.split("/")} | {"--config"}
    commands, options = [], []
    for name, command in _commands():
        places = [(str(p.name).upper(), p.required) for p in command.params if isinstance(p, click.Argument)]
        parameters = [place if required else f"[{place}]" for place, required in places]
        flags = [option for option in command.params if isinstance(option, click.Option)]
        shared = [f"`{option.opts[-1]}`" for option in flags if option.opts[-1] in settings_flags]
        commands.append((f"`{' '.join([name, *parameters])}`", _summary(name, command), ", ".join(shared)))
        for option in flags:
            if option.opts[-1] not in settings_flags:
                takes = "" if option.is_flag else f" {option.type.name.split()[0].upper()}"
                default = f" (default {option.default})" if option.show_default else ""
                options.append((f"`{name}`", f"`{'/'.join(option.opts)}{takes}`", f"{option.help}{default}"))
    keys = [
        (
            f"`{name}`",
            f"`{key.flag}`" if key.flag else "",
            ", ".join(f"`{variable}`" for variable in key.env),
            f"`{_code(key.default_text)}`",
            _meaning(key),
        )
        for name, key in KEYS.items()
    ]
    return "\n\n".join(
        [
            _table(("command", "what it does", "flags from the settings below"), commands),
            _table(("command", "its own option", "meaning"), options),
            _table(("key", "flag", "variable", "default", "meaning"), keys),
            _table(("key, in the file alone", "default", "meaning"), list(_file_keys())),
        ]
    )


def _code(text: str) -> str:
    """As it stands in one line of code."""
    return text.replace("\n", "\\n")


def _meaning(key: Key) -> str:
    return (key.field.description or "") + (f" ({', '.join(key.choices)})" if key.choices else "")


def _file_keys() -> Iterator[tuple[str, ...]]:
    """What no flag or variable can give: tables with a name, and cameras."""
    for kind, table in NAMED.items():
        for key in keys_of(table, f"{kind}.NAME").values():
            yield f"`{key.name}`", f"`{_code(key.default_text)}`", _meaning(key)
    own = [name for name in CameraConfig.model_fields if name != "name"]
    sections = ", ".join(f"`{name}`" for name in own if name not in NAMED)
    yield "`name` of a `[[camera]]`", "", CameraConfig.model_fields["name"].description or ""
    yield f"{sections} of a `[[camera]]`", "", "tables of its own: a key in them replaces that of the table for all"
    named = ", ".join(f"`{name}.NAME`" for name in NAMED)
    yield f"{named} of a `[[camera]]`", "", "its own, added to those for all or in place of the one of that name"


def _commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        if isinstance(command, click.Group):
            yield from ((f"edgedet {name} {sub}", each) for sub, each in command.commands.items())
        elif command is not None:
            yield f"edgedet {name}", command


def _summary(name: str, command: click.Command) -> str:
    listed = COMMANDS.get(name.removeprefix("edgedet "))
    return listed[1] if listed else command.get_short_help_str(200)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    cells = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells)


def embed(document: str) -> str:
    """The document with the reference between its markers.

    Raises:
        ConfigError: it has no such markers.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ConfigError(f"the document has no {BEGIN} and {END}; put them where the reference should stand")
    return f"{before}{BEGIN}\n{reference()}\n{END}{after}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        file = Path(sys.argv[2])
        file.write_text(embed(file.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(reference())
