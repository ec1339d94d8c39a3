from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator

import pytest

from edgedet.errors import ConfigError
from edgedet.notify.target import NotSent
from tests.notify.made import PICTURE, message
from tests.notify.receivers import free_port, mail, web

pytest.importorskip("apprise", reason="needs the extra [notify]")

from edgedet.notify.push import Push


def test_a_web_service_gets_the_picture() -> None:
    with web() as server:
        push = Push(f"json://{server.address}/geheim", "notify.urls")
        push.send(message())
        (got,) = server.got
    content = json.loads(got.body)
    assert (content["title"], content["message"].splitlines()[0]) == ("person at front", "22:00:01 start, 90% porch")
    (attachment,) = content["attachments"]
    assert base64.b64decode(attachment["base64"]) == PICTURE
    assert attachment["mimetype"] == "image/jpeg"
    assert attachment["filename"].endswith("-start.jpg")
    assert push.name.startswith("json-")
    assert push.name == Push(f"json://{server.address}/geheim", "notify.urls").name, "the same after each start"


def test_a_mailbox_gets_the_picture() -> None:
    with mail() as (box, port):
        Push(f"mailto://127.0.0.1:{port}?from=pi@example.com&to=me@example.com&mode=insecure", "notify.urls").send(
            message()
        )
    (got,) = box.mails
    assert got["Subject"] == "person at front"
    parts = {part.get_content_type(): part for part in got.walk()}
    assert parts["image/jpeg"].get_payload(decode=True) == PICTURE
    text = parts["text/plain"].get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert text.splitlines()[:2] == message().body.splitlines()


@pytest.mark.parametrize(
    "address", ["tgram://123456789:", "\0json://host/geheim", "json://host/a\x1b[2Jgeheim", "m:/geheim/@x.json://host"]
)
def test_an_address_that_apprise_stumbles_over_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match=r"notify.urls: .*apprise can't use it") as caught:
        Push(address, "notify.urls")
    assert str(caught.value).isprintable()
    assert "geheim" not in str(caught.value)


def test_without_a_picture_there_is_no_attachment() -> None:
    with web() as server:
        Push(f"json://{server.address}", "notify.urls").send(message(picture=None))
        assert json.loads(server.got[0].body)["attachments"] == []


class Lines(logging.Handler):
    """What would stand in the log."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += f"{record.name}: {record.getMessage()}\n"


@pytest.fixture
def lines() -> Iterator[Lines]:
    root, handler = logging.getLogger(), Lines()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.mark.parametrize("answer", [500, 404, 302, "close"])
def test_what_a_service_may_do(answer: int | str, lines: Lines) -> None:
    with web(answer) as server:
        with pytest.raises(NotSent) as raised:
            Push(f"json://{server.address}/geheim", "notify.urls").send(message())
        assert len(server.got) == 1, "a redirect isn't followed"
    assert "geheim" not in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "geheim" not in lines.text, "not even for debugging"
    assert "error=" not in lines.text, "it stands in our own lines"


def test_no_one_there_and_one_that_hangs() -> None:
    with pytest.raises(NotSent, match="onnection"):
        Push(f"json://127.0.0.1:{free_port()}/geheim", "notify.urls").send(message())
    with web("hang") as server, pytest.raises(NotSent):
        Push(f"json://{server.address}/geheim?rto=0.3", "notify.urls").send(message())
    with pytest.raises(NotSent):
        Push(f"mailto://127.0.0.1:{free_port()}?from=pi@example.com&to=me@example.com", "notify.urls").send(message())


@pytest.mark.parametrize(
    "address",
    ["", "geheim", "nope://geheim12", "tgram://geheim12", "json://", "mailto://", "slack://geheim12/x", "://geheim12",
     "discord://geheim12"],
)  # fmt: skip
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Push(address, "notify.urls: number 2")
    said = str(raised.value)
    assert said.startswith("notify.urls: number 2: ")
    assert "geheim" not in said
    assert "see https://appriseit.com/services for how it is written" in said
