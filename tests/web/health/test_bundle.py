from __future__ import annotations

import io
import json
import logging
import zipfile
from pathlib import Path

import pytest

from edgedet.control import Control
from edgedet.settings import Settings
from edgedet.web import bundle
from edgedet.web.logtail import LINES, LogTail, attached, without_secrets
from tests.web.driving import Browser, SmallControl, make_settings

SECRETS = ("hunter2", "s3cr3t", "abcdef0123456789", "tgram-bot-token")
log = logging.getLogger("edgedet.test")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path, '[source]\nuri = "rtsp://joe:hunter2@10.0.0.7/live?token=s3cr3t"\n')


def files(browser: Browser) -> dict[str, str]:
    answer = browser.get("/api/health/bundle.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].endswith('.zip"')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as made:
        assert made.testzip() is None
        return {name: made.read(name).decode() for name in made.namelist()}


def test_everything_is_in_it_but_secrets(admin: Browser, control: SmallControl) -> None:
    log.warning("rtsp://joe:hunter2@10.0.0.7/live: refused; password: s3cr3t")
    services = {"notify": {"last": "tgram://tgram-bot-token/1", "token": "s3cr3t", "sent": 3}}
    control.report = lambda: SmallControl.report(control) | {"services": services}  # type: ignore[method-assign]
    made = files(admin)
    assert made.keys() == {
        "settings.json",
        "problems.txt",
        "report.json",
        "log.txt",
        "versions.txt",
        "board.json",
        "doctor.txt",
    }
    for name, text in made.items():
        assert not [secret for secret in SECRETS if secret in text], name
    settings = json.loads(made["settings.json"])
    assert settings["source.uri"]["value"] == "rtsp://***@10.0.0.7/live?token=***"
    assert settings["source.uri"]["origin"].startswith(str(control.settings.file))
    assert made["problems.txt"] == "none\n"
    report = json.loads(made["report.json"])
    assert (report["uptime_s"], report["source"]["uri"]) == (10.0, "test:")
    assert report["services"] == {"notify": {"last": "tgram://***", "token": "***", "sent": 3}}
    assert "10.0.0.7/live: refused" in made["log.txt"] or "***" in made["log.txt"]
    assert "fastapi==" in made["versions.txt"]
    assert json.loads(made["board.json"])["cores"] >= 1


def test_what_is_wrong_with_the_settings_is_in_it(admin: Browser, control: SmallControl) -> None:
    assert control.settings.file is not None
    control.settings.file.write_text('[detect]\nconfidence = 7\n[source]\nurl = "rtsp://joe:hunter2@10.0.0.7/"\n')
    problems = files(admin)["problems.txt"]
    assert "confidence" in problems
    assert "hunter2" not in problems


def test_a_part_that_fails_leaves_its_reason(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Control) -> str:
        raise OSError("token=abcdef0123456789 was no use")

    monkeypatch.setitem(bundle.MAKERS, "doctor.txt", fail)
    text = files(admin)["doctor.txt"]
    assert "can't be made: OSError" in text
    assert "abcdef" not in text


def test_a_viewer_gets_neither_log_nor_bundle(viewer: Browser) -> None:
    assert viewer.get("/api/health/log").status_code == 403
    assert viewer.get("/api/health/bundle.zip").status_code == 403


def test_addresses_of_services_are_hidden_whole() -> None:
    assert bundle._safe("notify.urls", ["tgram://tgram-bot-token/123"]) == ["tgram://***"]
    assert bundle._safe("mqtt.password", "x") == "***"
    assert bundle._safe("mqtt.password_file", Path("/etc/x")) == "/etc/x"
    assert bundle._safe("rules.person", {"secret": "x", "zones": ["a"]}) == {"secret": "***", "zones": ["a"]}


def test_the_log_has_its_last_lines(admin: Browser) -> None:
    for number in range(30):
        log.warning("line %d", number)
    lines = admin.get("/api/health/log", params={"lines": 10}).json()["lines"]
    assert [line.split(" ", 2)[1:] for line in lines] == [["warning", f"line {n}"] for n in range(20, 30)]
    assert admin.get("/api/health/log", params={"lines": 0}).status_code == 422
    assert admin.get("/api/health/log", params={"lines": LINES + 1}).status_code == 422


def test_a_thousand_lines_are_held_and_none_is_endless() -> None:
    tail = LogTail(3)
    logger = logging.Logger("alone")
    logger.addHandler(tail)
    for number in range(5):
        logger.info("%d %s", number, "x" * 100_000)
    assert [line.split(" ")[2] for line in tail.newest(10)] == ["2", "3", "4"]
    assert max(map(len, tail.newest(10))) < 4100
    try:
        raise ValueError("rtsp://a:hunter2@b/")
    except ValueError:
        logger.exception("it broke")
    assert "ValueError: rtsp://***@b/" in tail.newest(1)[0]
    assert "Traceback" in tail.newest(1)[0]


def test_there_is_one_tail() -> None:
    assert attached() is attached()


def test_secrets_are_taken_out_of_lines() -> None:
    for line in (
        "GET /api/cameras?token=abcdef0123456789 HTTP/1.1",
        "Authorization: Bearer abcdef0123456789",
        'mqtt.password = "hunter2"',
        "password: hunter2",
        "the set-up token abcdef0123456789 is for the first who comes",
        "set-up token: abcdef0123456789",
        "Cookie: edgedet=abcdef0123456789",
        "rtsp://joe:hunter2@10.0.0.7/live",
        "api_key='abcdef0123456789'",
    ):
        found = without_secrets(line)
        assert not [secret for secret in SECRETS if secret in found], found
        assert "***" in found
    for line in ("3 tokens were made", "a password is needed; log in", "12.5 fps (capture 30.0), dropped 3"):
        assert without_secrets(line) == line
