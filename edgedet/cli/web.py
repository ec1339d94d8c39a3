"""``edgedet web``: who may use the page, and its certificate."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from edgedet.cli.options import settings_options
from edgedet.errors import ConfigError
from edgedet.settings import Settings
from edgedet.web import check_extra

if TYPE_CHECKING:
    from edgedet.web.accounts import Accounts

_name = click.argument("name")
_role = click.option("--role", metavar="[viewer|admin]", default="viewer", help="What may be done  [default: viewer]")


@click.group(invoke_without_command=True)
@click.pass_context
def web(context: click.Context) -> None:
    """Say who may use the page, and make its certificate."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@web.command()
@settings_options()
def token(settings: Settings) -> None:
    """Print a token that sets the first password, good once and for an hour."""
    with _accounts(settings) as accounts:
        if len(accounts.users):
            raise ConfigError(
                "setup: there is a user already; see edgedet web user list, and edgedet web user password"
            )
        secret = accounts.setup.make()
        _note(accounts, "web token")
    click.echo(secret)


@web.command()
@click.option("--force", is_flag=True, help="Make another one; browsers that trusted the old one will ask again.")
@settings_options()
def cert(settings: Settings, force: bool) -> None:
    """Make a certificate for this machine's names and addresses, signed by itself."""
    check_extra(cryptography="cryptography")
    from edgedet.web.certificate import fingerprint, read, write_pair
    from edgedet.web.encryption import files_of
    from edgedet.web.folder import web_folder

    config = settings.config.web
    cert_file, key_file = files_of(config, web_folder(config, settings.config.storage.path))
    if config.cert_file is not None and not force:
        raise ConfigError(f"{cert_file}: is set as web.cert_file; --force replaces it and its key")
    if cert_file.exists() and not force:
        raise ConfigError(f"{cert_file}: there is a certificate already; --force makes another one")
    write_pair(cert_file, key_file, config.names)
    made = read(cert_file)
    click.echo(f"{cert_file}: good until {made.not_valid_after_utc:%Y-%m-%d}")
    click.echo(f"SHA-256 fingerprint: {fingerprint(made)}")
    if not config.tls:
        click.echo("Use it with web.tls = true.")


@web.group()
def user() -> None:
    """People who may log in."""


@user.command("add")
@_name
@_role
@settings_options()
def add_user(settings: Settings, name: str, role: str) -> None:
    """Let NAME log in; the first one is an admin. The password is asked for, or read from standard input."""
    with _accounts(settings) as accounts:
        role = role if len(accounts.users) else "admin"
        made = accounts.users.add(name, _password(), role)
        _note(accounts, "web user add", user=name, role=made.role)
    click.echo(f"{made.name}: may log in as {made.role}")


@user.command("list")
@settings_options()
def list_users(settings: Settings) -> None:
    """Print everybody who may log in."""
    with _accounts(settings) as accounts:
        listed = accounts.users.list()
    for each in listed:
        click.echo(f"{each.role:7} {each.name}")
    if not listed:
        click.echo("nobody yet; make somebody with: edgedet web user add NAME", err=True)


@user.command("remove")
@_name
@settings_options()
def remove_user(settings: Settings, name: str) -> None:
    """Let NAME log in no more, and log NAME out everywhere."""
    with _accounts(settings) as accounts:
        accounts.users.remove(name)
        _note(accounts, "web user remove", user=name)
    click.echo(f"{name}: may log in no more")


@user.command("password")
@_name
@settings_options()
def password(settings: Settings, name: str) -> None:
    """Give NAME another password, and log NAME out everywhere."""
    with _accounts(settings) as accounts:
        accounts.users.set_password(name, _password())
        _note(accounts, "web user password", user=name)
    click.echo(f"{name}: has a new password")


@web.group()
def machine() -> None:
    """Programs with a token."""


@machine.command("add")
@_name
@_role
@settings_options()
def add_machine(settings: Settings, name: str, role: str) -> None:
    """Make a token for the program NAME and print it; it is shown this once."""
    with _accounts(settings) as accounts:
        secret = accounts.machines.add(name, role)
        _note(accounts, "web machine add", machine=name, role=role)
    click.echo(secret)


@machine.command("list")
@settings_options()
def list_machines(settings: Settings) -> None:
    """Print every program that has a token, and when it was last used."""
    with _accounts(settings) as accounts:
        listed = accounts.machines.list()
    for each in listed:
        used = f"last used {each.used.astimezone():%Y-%m-%d %H:%M}" if each.used else "never used"
        click.echo(f"{each.role:7} {each.name}  {used}")
    if not listed:
        click.echo("none yet; make one with: edgedet web machine add NAME", err=True)


@machine.command("revoke")
@_name
@settings_options()
def revoke_machine(settings: Settings, name: str) -> None:
    """Make the token of NAME worthless."""
    with _accounts(settings) as accounts:
        accounts.machines.revoke(name)
        _note(accounts, "web machine revoke", machine=name)
    click.echo(f"{name}: its token is worthless now")


@contextmanager
def _accounts(settings: Settings) -> Iterator[Accounts]:
    check_extra()
    from edgedet.web.accounts import Accounts
    from edgedet.web.folder import web_folder

    config = settings.config.web
    accounts = Accounts(web_folder(config, settings.config.storage.path), config)
    try:
        yield accounts
    finally:
        accounts.close()


def _note(accounts: Accounts, action: str, **more: Any) -> None:
    import getpass

    accounts.audit.note(getpass.getuser(), "command line", action, **more)


def _password() -> str:
    """Typed twice without being shown; where standard input is no terminal its first line."""
    if sys.stdin is not None and sys.stdin.isatty():
        try:
            typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        except click.Abort:
            raise KeyboardInterrupt from None
        return typed
    given = sys.stdin.readline().rstrip("\r\n") if sys.stdin is not None else ""
    if not given:
        raise ConfigError("password: missing; type it, or give it on standard input")
    return given
