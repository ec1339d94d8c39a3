"""``edgedet web``, run as a person would."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edgedet.cli import cli
from edgedet.config.web import WebConfig
from edgedet.errors import ConfigError
from edgedet.web.accounts import Accounts
from edgedet.web.folder import web_folder
from tests.e2e.program import PROGRAM
from tests.web.driving import make_settings

PASSWORD = "good enough for me"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = make_settings(tmp_path).file
    assert found is not None
    return found


def web(file: Path, *arguments: str, typed: str | None = None) -> Result:
    """In this process: starting Python thirty times takes its time."""
    return CliRunner().invoke(cli, ["web", *arguments, "--config", str(file)], input=typed)


def assert_refused(result: Result, said: str) -> None:
    assert isinstance(result.exception, ConfigError), result.output
    assert said in str(result.exception)


def accounts_of(file: Path) -> Accounts:
    config = WebConfig()
    return Accounts(web_folder(config, file.parent / "storage"), config)


def test_users_are_made_listed_changed_and_removed(file: Path) -> None:
    assert "nobody yet" in web(file, "user", "list").stderr
    made = web(file, "user", "add", "me", typed=f"{PASSWORD}\n")
    assert made.stdout == "me: may log in as admin\n", made.stderr  # the first one, whatever was asked for
    assert web(file, "user", "add", "kid", typed="let me see the cat\n").stdout == "kid: may log in as viewer\n"
    assert web(file, "user", "list").stdout == "viewer  kid\nadmin   me\n"
    assert web(file, "user", "password", "kid", typed="let me see the dog\n").exit_code == 0
    accounts = accounts_of(file)
    assert accounts.users.verify("me", PASSWORD) is not None
    assert accounts.users.verify("kid", "let me see the cat") is None
    assert accounts.users.verify("kid", "let me see the dog") is not None
    accounts.close()
    assert web(file, "user", "remove", "kid").stdout == "kid: may log in no more\n"
    log = (file.parent / "storage" / "web" / "audit.jsonl").read_text()
    assert [json.loads(line)["action"] for line in log.splitlines()] == [
        "web user add",
        "web user add",
        "web user password",
        "web user remove",
    ]
    assert PASSWORD not in log


def test_mistakes_are_one_line(file: Path) -> None:
    assert_refused(web(file, "user", "add", "me", typed="short\n"), "password: 5 characters are too few")
    assert_refused(web(file, "user", "add", "me", typed=""), "password: missing")
    assert_refused(web(file, "user", "add", "../me", typed=f"{PASSWORD}\n"), "name: not usable")
    assert_refused(web(file, "user", "remove", "me"), "me: no such user")
    assert_refused(web(file, "user", "password", "me", typed=f"{PASSWORD}\n"), "me: no such user")
    assert_refused(web(file, "machine", "add", "ha", "--role", "root"), "role: 'root' is none; give viewer or admin")
    assert_refused(web(file, "machine", "revoke", "ha"), "ha: no such machine")


def test_the_token_sets_the_first_password_of_a_running_camera(file: Path) -> None:
    token = web(file, "token").stdout.strip()
    accounts = accounts_of(file)
    assert accounts.setup.is_good(token)
    accounts.close()
    web(file, "user", "add", "me", typed=f"{PASSWORD}\n")
    assert_refused(web(file, "token"), "setup: there is a user already")


def test_a_machine_gets_a_token_that_is_shown_once(file: Path) -> None:
    token = web(file, "machine", "add", "ha", "--role", "admin").stdout.strip()
    accounts = accounts_of(file)
    found = accounts.machines.find(token)
    assert found is not None
    assert found[0].role == "admin"
    accounts.close()
    assert web(file, "machine", "list").stdout == "admin   ha  never used\n"
    assert_refused(web(file, "machine", "add", "ha"), "ha: there is such a machine already")
    assert web(file, "machine", "revoke", "ha").exit_code == 0
    assert web(file, "machine", "list").stdout == ""


def test_a_certificate_is_made_once(file: Path) -> None:
    made = web(file, "cert")
    assert made.exit_code == 0, made.stderr
    assert "SHA-256 fingerprint: " in made.stdout
    folder = file.parent / "storage" / "web"
    assert (folder / "key.pem").stat().st_mode & 0o777 == 0o600
    before = (folder / "cert.pem").read_bytes()
    assert_refused(web(file, "cert"), "cert.pem: there is a certificate already; --force makes another one")
    assert web(file, "cert", "--force").exit_code == 0
    assert (folder / "cert.pem").read_bytes() != before


def test_a_typed_password_is_not_shown(file: Path) -> None:
    ours, theirs = pty.openpty()
    command = [*PROGRAM, "web", "user", "add", "me", "--config", str(file)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        shown = b""
        for prompt in (b"Password: ", b"Repeat for confirmation: "):
            while prompt not in shown:
                shown += os.read(ours, 1000)
            os.write(ours, f"{PASSWORD}\n".encode())
        try:
            while piece := os.read(ours, 1000):
                shown += piece
        except OSError:  # the other end is closed
            pass
        assert process.wait(20) == 0, shown
    os.close(ours)
    assert PASSWORD.encode() not in shown
    assert b"me: may log in as admin" in shown


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to make files for somebody else")
def test_root_makes_files_for_whom_the_folder_belongs_to(file: Path) -> None:
    os.chown(file.parent / "storage", 65534, 65534)
    web(file, "user", "add", "me", typed=f"{PASSWORD}\n")
    web(file, "cert")
    folder = file.parent / "storage" / "web"
    assert {each.stat().st_uid for each in (folder, *folder.iterdir())} == {65534}
