from __future__ import annotations

import json
import logging
import re
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from edgedet.config.web import WebConfig
from edgedet.errors import OutputError
from edgedet.web import build_web
from edgedet.web.accounts import Accounts
from edgedet.web.desk import Desk
from edgedet.web.folder import web_folder
from edgedet.web.service import WebService
from edgedet.web.sockets import listen
from tests.web.core.serving import GET, answers, ask, port_of, read_all, serving, wait_for
from tests.web.driving import PASSWORDS


def folder_of(desk: Desk, config: WebConfig) -> Path:
    return web_folder(config, desk.control.storage)


def test_it_answers_and_reports(desk: Desk) -> None:
    with serving(desk, WebConfig(port=0)) as service:
        assert b'"setup_needed":true' in ask(service, GET)
        assert json.load(urllib.request.urlopen(service.url + "api/session"))["name"] is None
        wait_for(lambda: service.report()["requests"] == 2, "both are counted")  # an answer is, once it is sent
        report = service.report()
        assert report["url"] == f"http://127.0.0.1:{port_of(service)}/"
        json.dumps(report)
    assert not answers(service)


def test_the_token_in_the_log_sets_the_first_password(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with serving(desk, WebConfig(port=0)) as service:
        [token] = re.findall(r"set-up token (\S+)", caplog.text)
        body = json.dumps({"token": token, "name": "me", "password": "good enough for me"}).encode()
        request = urllib.request.Request(service.url + "api/setup", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["role"] == "admin"


def test_it_is_for_this_machine_alone_until_there_is_a_user(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    own = outside_address()
    caplog.set_level(logging.INFO, "edgedet")
    config = WebConfig(port=0, host="0.0.0.0")
    with serving(desk, config) as service:
        port = port_of(service)
        assert service.report()["open_to"] == "this machine"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((own, port), 1)
        waiting = socket.create_connection(("127.0.0.1", port), 5)  # who is in stays in
        accounts = Accounts(folder_of(desk, config), config)  # as the command line does it
        accounts.users.add("admin", PASSWORDS["admin"], "admin")
        accounts.close()
        wait_for(lambda: service.report()["open_to"] == "the network", "it opens")
        wait_for(lambda: b"200 OK" in ask(service, GET.replace(b"127.0.0.1", own.encode()), host=own), "it answers")
        waiting.sendall(GET)
        assert waiting.recv(100).startswith(b"HTTP/1.1 200")
        waiting.close()
        assert port_of(service) == port
    assert any("for this machine alone until there is a user" in line for line in caplog.messages)
    assert any("open to the network at 0.0.0.0" in line for line in caplog.messages)


def outside_address() -> str:
    found = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
    if not found:
        pytest.skip("needs an address beside the loopback's")
    return found[0]


def test_with_a_user_it_is_open_at_once_and_no_token_is_made(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    config = WebConfig(port=0, host="0.0.0.0")
    accounts = Accounts(folder_of(desk, config), config)
    accounts.users.add("admin", PASSWORDS["admin"], "admin")
    accounts.close()
    with serving(desk, config) as service:
        assert service.report()["open_to"] == "the network"
    assert "token" not in caplog.text
    assert "unencrypted" in caplog.text


def test_a_busy_port_is_one_clear_line(desk: Desk) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        service = WebService(WebConfig(port=port), desk.control, desk.feeds, desk.hub)
        with pytest.raises(OutputError, match=rf"web on 127.0.0.1:{port}: the port is in use; choose another"):
            service.open()
    service.open()  # and later it is free
    service.close()
    service.run()


@pytest.mark.parametrize(
    ("host", "said"),
    [("192.0.2.1", "no address of this machine"), ("no.such.name.invalid", "no address"), ("a" * 300, "no address")],
)
def test_an_address_that_is_none_is_one_clear_line(host: str, said: str) -> None:
    with pytest.raises(OutputError, match=said):
        listen(host, 0)


def test_it_can_be_opened_again(desk: Desk) -> None:
    service = WebService(WebConfig(port=0), desk.control, desk.feeds, desk.hub)
    for _ in range(2):
        service.open()
        thread = threading.Thread(target=service.run)
        thread.start()
        wait_for(lambda: b"200 OK" in ask(service, GET), "it answers")
        service.close()
        service.close()
        thread.join(2)
        assert not thread.is_alive()


def test_closing_ends_connections_that_say_nothing(desk: Desk) -> None:
    with serving(desk, WebConfig(port=0)) as service:
        silent = [socket.create_connection(("127.0.0.1", port_of(service)), 5) for _ in range(20)]
        silent[0].sendall(b"GET / HTTP/1.1\r\n")
    for sock in silent:
        assert read_all(sock) == b""
        sock.close()


def test_proxies_are_believed_only_where_they_are_known(desk: Desk, tmp_path: Path) -> None:
    request = (
        b"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 198.51.100.9\r\nConnection: close\r\n"
        b'Content-Type: application/json\r\nContent-Length: 32\r\n\r\n{"name": "x", "password": "yyy"}'
    )
    seen = []
    for trusted in ([], ["127.0.0.1"], ["192.0.2.0/24"]):
        config = WebConfig(port=0, trusted_proxies=trusted)
        with serving(desk, config) as service:
            assert b"401" in ask(service, request)
        seen.append(json.loads((folder_of(desk, config) / "audit.jsonl").read_text().splitlines()[-1])["address"])
    assert seen == ["127.0.0.1", "198.51.100.9", "127.0.0.1"]


def test_it_is_not_built_unless_wanted(desk: Desk) -> None:
    assert build_web(WebConfig(), desk.control, desk.feeds, desk.hub) is None
    assert build_web(WebConfig(enabled=True), desk.control, desk.feeds, desk.hub) is not None


def test_nonsense_makes_no_noise(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with serving(desk, WebConfig(port=0)) as service:
        caplog.clear()
        caplog.set_level(logging.WARNING)
        for nonsense in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"\x00" * 5000 + b"\r\n\r\n", b"A" * 200_000):
            begun = time.monotonic()
            ask(service, nonsense + b"\r\n\r\n")
            assert time.monotonic() - begun < 3
        assert b"200 OK" in ask(service, GET)
    assert caplog.messages == []
