from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.program import assert_refused, edgedet
from tests.notify.receivers import free_port, mail, web

pytest.importorskip("apprise", reason="needs the extra [notify]")


def settings(folder: Path, *lines: str) -> Path:
    path = folder / "edgedet.toml"
    path.write_text("\n".join(["[notify]", *lines, ""]))
    return path


def test_a_test_message_reaches_everybody(tmp_path: Path) -> None:
    with web() as hook, web() as push, mail() as (box, port):
        file = settings(
            tmp_path,
            f'urls = ["json://{push.address}/geheim", "mailto://127.0.0.1:{port}?from=a@b.de&to=c@d.de&mode=insecure"]',
            f'webhook = "http://{hook.address}/geheim"',
            'quiet = "00:00-24:00"',
        )
        result = edgedet("notify", "test", "--config", file)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert [line.partition("-")[0] for line in lines] == ["json", "mailto", "webhook"]
    assert all(": sent (" in line for line in lines)
    assert "geheim" not in result.stdout + result.stderr
    assert hook.got[0].parts()["picture"].get_content_type() == "image/jpeg"
    assert json.loads(push.got[0].body)["title"] == "test at camera"
    assert "image/jpeg" in {part.get_content_type() for part in box.mails[0].walk()}


def test_who_wasnt_reached_is_told_in_a_line(tmp_path: Path) -> None:
    with web(500) as hook:
        file = settings(
            tmp_path, f'urls = ["json://127.0.0.1:{free_port()}/geheim"]', f'webhook = "http://{hook.address}/geheim"'
        )
        result = edgedet("notify", "test", "--config", file)
        as_json = edgedet("notify", "test", "--json", "--config", file)
    assert result.returncode == as_json.returncode == 1
    first, second = result.stdout.splitlines()
    assert "not sent: " in first
    assert second.endswith(": not sent: HTTP 500")
    assert list(json.loads(as_json.stdout).values())[1] == "HTTP 500"
    assert "geheim" not in result.stdout + result.stderr + as_json.stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "notify: nobody is to be told; set notify.urls"),
        ('urls = ["nope://geheim1"]', "notify.urls: number 1: nope://***: apprise can't use it"),
        ('webhook = "geheim1"', "notify.webhook: ***: no web address"),
        ('cameras = ["camra"]', 'notify.cameras: "camra" is no camera; did you mean camera?'),
        ('title = "{labl}"', "notify.title: {labl} stands for nothing; did you mean {label}?"),
        ('urls_file = "nowhere"', "nowhere: no such file"),
        ('webhook = "http://localhost/geheim1"\nwebhook_secret_file = "nowhere"', "nowhere: no such file"),
        ('webhook_secret_file = "nowhere"', "there is nothing to sign; set webhook too"),
    ],
)
def test_mistakes_are_one_line(line: str, said: str, tmp_path: Path) -> None:
    result = edgedet("notify", "test", "--config", settings(tmp_path, line))
    assert_refused(result, said)
    assert "geheim1" not in result.stderr


def test_config_show_hides_addresses(tmp_path: Path) -> None:
    file = settings(tmp_path, 'urls = ["tgram://123456:geheim1/2"]', 'webhook = "https://example.com/geheim1"')
    for arguments in ((), ("--json",)):
        shown = edgedet("config", "show", "--config", file, *arguments).stdout
        assert "tgram://***" in shown
        assert "https://example.com/***" in shown
        assert "geheim1" not in shown


@pytest.mark.parametrize("line", ['urls = "tgram://123456:geheim1/2"', 'urls = ["tgram://123456:geheim1/2"'])
def test_a_mistake_about_an_address_hides_it(line: str, tmp_path: Path) -> None:
    result = edgedet("config", "check", settings(tmp_path, line))
    assert_refused(result)
    assert "geheim1" not in result.stderr
