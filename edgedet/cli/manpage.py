"""The manual page edgedet(1), generated: ``python -m edgedet.cli.manpage > edgedet.1``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from importlib.metadata import version

import click

from edgedet.cli import COMMANDS, cli
from edgedet.config import NAMED
from edgedet.keys import KEYS, Key, keys_of

ABOUT = """
It finds people, cats and dogs in a live picture, shows them in a browser, writes them down and tells of them.
What it does is said by a file of settings, by variables and by flags: a flag wins over a variable, a variable over the
file.
"""
FILES = (
    ("edgedet.toml", "The settings, where no --config is given: in the folder it is started in."),
    ("~/.config/edgedet/edgedet.toml", "The same, if there is none."),
    ("/etc/edgedet/edgedet.toml", "The settings of the service."),
    ("/etc/edgedet/credentials/", "Its secrets, for root alone."),
    ("/var/lib/edgedet/", "What it keeps: events, films, who may log in."),
    ("/opt/edgedet/", "The program, each version in a folder of its own."),
)
CODES = (
    ("0", "All is well."),
    ("1", "A fault of edgedet's own; of edgedet doctor, a warning."),
    ("2", "Something that can be put right: the line printed says how."),
    ("130", "Stopped with Ctrl-C."),
)


def manpage() -> str:
    """The page in roff with the macros of man(7): every command and its options, every key of the settings."""
    title = f'.TH EDGEDET 1 "" "edgedet {escape(version("edgedet"))}" "User Commands"'
    lines = [title, ".SH NAME", r"edgedet \- object\-detection camera for the Raspberry Pi"]
    lines += [".SH SYNOPSIS", ".B edgedet", r'.RI [ command " [" option "] ...]"']
    lines += [".SH DESCRIPTION", *_text(ABOUT)]
    lines += [".SH COMMANDS", *_commands()]
    lines += [".SH SETTINGS", *_text("Each as TABLE.KEY of the file.")]
    for key in KEYS.values():
        lines += _setting(key)
    for kind, table in NAMED.items():
        for key in keys_of(table, f"{kind}.NAME").values():
            lines += _setting(key)
    lines += [".SH FILES", *_entries(FILES), ".SH EXIT STATUS", *_entries(CODES)]
    lines += [".SH SEE ALSO", ".BR systemctl (1),", ".BR journalctl (1)"]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    r"""One line as roff prints it unchanged, and none that is a request.

    >>> escape(".it's a\\b - c")
    '\\&.it\\(aqs a\\eb \\- c'
    """
    for sign, name in zip("\\-'`~^\"", (r"\e", r"\-", r"\(aq", r"\(ga", r"\(ti", r"\(ha", r"\(dq"), strict=True):
        text = text.replace(sign, name)
    return rf"\&{text}" if text.startswith(".") else text


def _text(text: str) -> list[str]:
    """A paragraph, in lines as short as roff's own tools want them."""
    return [escape(line) for line in textwrap.wrap(text, 64, break_on_hyphens=False, break_long_words=False)]


def _entry(term: str, *paragraphs: str) -> Iterator[str]:
    yield from (".TP", f".B {escape(term)}")
    for number, each in enumerate(filter(None, paragraphs)):
        yield from ([".br"] if number else [])
        yield from _text(each)


def _entries(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for row in rows:
        yield from _entry(*row)


def _commands() -> Iterator[str]:
    context = click.Context(cli)
    for name, (_, summary) in COMMANDS.items():
        command = cli.get_command(context, name)
        if command is not None:
            yield from _command(f"edgedet {name}", command, summary)


def _command(name: str, command: click.Command, summary: str) -> Iterator[str]:
    """A command under a heading of its own, then those in it. Flags of settings are only named."""
    settings = {flag for key in KEYS.values() for flag in key.flag.split("/")}
    places = [
        param.make_metavar(click.Context(command)) for param in command.params if isinstance(param, click.Argument)
    ]
    yield from (f'.SS "{escape(" ".join([name, *places]))}"', *_text(summary))
    options = [param for param in command.params if isinstance(param, click.Option)]
    for option in options:
        if option.opts[-1] not in settings:
            takes = "" if option.is_flag or option.count else f" {option.type.name.split()[0].upper()}"
            names = ", ".join([*option.opts, *option.secondary_opts])
            yield from _entry(names + takes, option.help or "")
    if shared := [option.opts[-1] for option in options if option.opts[-1] in settings]:
        yield from (".PP", *_text(f"Of the settings: {', '.join(shared)}."))
    if isinstance(command, click.Group):
        for sub, each in command.commands.items():
            yield from _command(f"{name} {sub}", each, each.get_short_help_str(200))


def _setting(key: Key) -> Iterator[str]:
    ways = [", ".join(key.choices), key.flag, *key.env, f"default {' '.join(key.default_text.split())}"]
    yield from _entry(key.name, key.field.description or "", f"({'; '.join(filter(None, ways))})")


if __name__ == "__main__":
    print(manpage(), end="")
