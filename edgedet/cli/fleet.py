"""``edgedet fleet``: what each camera of many shows the broker."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from edgedet.errors import ConfigError
from edgedet.web import check_extra

F = TypeVar("F", bound=Callable[..., Any])

_names = click.argument("names", nargs=-1, required=True, metavar="NAME...")
_days = click.option("--days", type=click.IntRange(1, 36500), help="How long it is good.")


def _folder(command: F) -> F:
    option = click.option(
        "--folder", type=click.Path(path_type=Path), default=Path("fleet"), help="Of the authority.  [default: fleet]"
    )
    return option(command)


@click.group(invoke_without_command=True)
@click.pass_context
def fleet(context: click.Context) -> None:
    """Give each camera of a fleet a certificate of its own, by which the broker knows it.

    To be run on the operator's machine: the authority's key stays there.
    """
    check_extra(cryptography="cryptography")
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@fleet.command()
@click.option("--name", default="edgedet fleet", help="What it is called.  [default: edgedet fleet]")
@_days
@_folder
def ca(folder: Path, name: str, days: int | None) -> None:
    """Make the authority that signs certificates, once. Keep a copy of its folder where nobody else gets at it."""
    from edgedet.fleet.authority import CA_DAYS, found
    from edgedet.fleet.folder import FleetFolder

    made = FleetFolder(folder)
    found(made, name, days or CA_DAYS)
    click.echo(f"{made.ca_cert}: made; next: edgedet fleet issue NAME...")


@fleet.command()
@_names
@click.option("--server", is_flag=True, help="For a broker: NAME is its host name.")
@click.option("--also", multiple=True, metavar="NAME", help="Another name or address of the broker.")
@_days
@_folder
def issue(folder: Path, names: tuple[str, ...], server: bool, also: tuple[str, ...], days: int | None) -> None:
    """Give each NAME a key and a certificate. Refused for a name that has one: each camera has its own."""
    from edgedet.fleet.authority import DAYS
    from edgedet.fleet.authority import issue as give
    from edgedet.fleet.folder import FleetFolder

    if also and not server:
        raise ConfigError("--also: a camera has one name; it is for --server")
    opened = FleetFolder(folder)
    with opened.alone():
        for name in dict.fromkeys(names):
            if opened.pair(name, server).exists():
                raise ConfigError(
                    f"{name}: has a certificate; name another camera otherwise, or: edgedet fleet renew {name}"
                )
        for name in dict.fromkeys(names):
            issued = give(opened, name, also, days or DAYS, server)
            click.echo(f"{opened.pair(name, server)}: good until {issued.until[:10]}")


@fleet.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_days
@_folder
def renew(folder: Path, names: tuple[str, ...], days: int | None) -> None:
    """Give NAMEs another key and certificate; without NAME those whose own end within 30 days.

    What they had stays good until its end, so that there is time to roll the new one out.
    """
    from edgedet.fleet import register
    from edgedet.fleet.authority import DAYS
    from edgedet.fleet.authority import issue as give
    from edgedet.fleet.folder import FleetFolder
    from edgedet.fleet.standing import everybody

    opened = FleetFolder(folder)
    with opened.alone():
        known = {row.name: row.server for row in register.read(opened)}
        for name in names:
            if name not in known:
                raise ConfigError(f"{name}: never had a certificate; issue one: edgedet fleet issue {name}")
        due = [each.name for each in everybody(opened) if each.state in ("ends soon", "expired")]
        for name in dict.fromkeys(names or due):
            server = known[name]
            also = _other_names(opened.pair(name, server), name) if server else ()
            issued = give(opened, name, also, days or DAYS, server)
            click.echo(f"{opened.pair(name, server)}: good until {issued.until[:10]}")
    if not names and not due:
        click.echo("nothing to renew")


@fleet.command()
@_names
@_folder
def revoke(folder: Path, names: tuple[str, ...]) -> None:
    """Let the broker refuse what NAMEs have: a camera, or a card, that was lost or stolen."""
    from edgedet.fleet.authority import revoke as take_back
    from edgedet.fleet.folder import FleetFolder

    opened = FleetFolder(folder)
    with opened.alone():
        for name in dict.fromkeys(names):
            count = take_back(opened, name)
            click.echo(f"{name}: {count} revoked; give {opened.revoked} to the broker, and tell it to reload")


@fleet.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@_folder
def list_all(folder: Path, as_json: bool) -> None:
    """List every certificate, and how it stands."""
    from edgedet.fleet.folder import FleetFolder
    from edgedet.fleet.standing import everybody

    opened = FleetFolder(folder)
    with opened.alone():
        rows = list(everybody(opened))
    if as_json:
        keys = ("name", "server", "state", "remedy")
        click.echo(json.dumps([{k: getattr(row, k) for k in keys} | {"until": str(row.until or "")} for row in rows]))
        return
    for row in rows:
        click.echo(str(row))


@fleet.command()
@_names
@_folder
def check(folder: Path, names: tuple[str, ...]) -> None:
    """Say whether each NAME, a camera, has a certificate it can connect with."""
    from edgedet.fleet.folder import FleetFolder
    from edgedet.fleet.standing import standing

    opened = FleetFolder(folder)
    with opened.alone():
        for name in names:
            stands = standing(opened, name)
            if not stands.usable:
                raise ConfigError(str(stands))
            click.echo(str(stands))


def _other_names(file: Path, name: str) -> tuple[str, ...]:
    """What a broker's certificate says it is also called, to be kept; nothing where it is gone."""
    from cryptography import x509

    try:
        cert = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError):
        return ()
    names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = [str(each) for each in names.get_values_for_type(x509.DNSName)]
    hosts += [str(each) for each in names.get_values_for_type(x509.IPAddress)]
    return tuple(each for each in hosts if each != name)
