"""The README's reference, generated: ``python -m edgedet.cli.reference [--write README.md]``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from edgedet.cli import COMMANDS, cli
from edgedet.cli.options import default_text
from edgedet.settings import KEYS

BEGIN, END = "<!-- reference:begin -->", "<!-- reference:end -->"


def reference() -> str:
    """Markdown: every key with its flag, variable, default and meaning; every command with its own options."""
    lines = ["| key | flag | variable | default | meaning |", "| --- | --- | --- | --- | --- |"]
    for name, key in KEYS.items():
        flag = f"`{key.flag}`" if key.flag else ""
        text = (key.field.description or "").replace("|", "\\|")
        lines.append(f"| `{name}` | {flag} | `{key.env[0]}` | {default_text(key)} | {text} |")
    lines += ["", "| command | its own options | what it does |", "| --- | --- | --- |"]
    context = click.Context(cli)
    for name, (_, text) in COMMANDS.items():
        command = cli.get_command(context, name)
        assert command is not None
        found = command.commands.items() if isinstance(command, click.Group) else [("", command)]
        for sub, each in found:
            options = ", ".join(f"`{option}`" for option in _own_options(each))
            summary = text if not sub else each.get_short_help_str(200)
            lines.append(f"| `edgedet {name}{' ' + sub if sub else ''}` | {options} | {summary} |")
    return "\n".join(lines)


def _own_options(command: click.Command) -> list[str]:
    """Flags that aren't settings, and what stands without a flag."""
    settings = {flag for key in KEYS.values() for flag in key.flag.split("/")}
    names = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            names.append((parameter.name or "").upper())
        elif parameter.opts[0] not in settings:
            names.append(parameter.opts[-1])
    return names


def embed(document: str) -> str:
    """The document with the reference between its markers."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{reference()}\n{END}{after}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        file = Path(sys.argv[2])
        file.write_text(embed(file.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(reference())
