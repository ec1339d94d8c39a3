"""The real program tells of what its camera sees, and ends in time whatever the receivers do."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.e2e.program import running
from tests.notify.receivers import mail, web

pytest.importorskip("apprise", reason="needs the extra [notify]")


def test_what_the_camera_sees_reaches_a_program_and_a_mailbox(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    secret.chmod(0o600)
    with web() as hook, web("hang") as dead, mail() as (box, port):
        file = tmp_path / "edgedet.toml"
        file.write_text(
            f"""
[notify]
urls = [
    "json://{dead.address}/geheim?rto=60",
    "mailto://127.0.0.1:{port}?from=pi@example.com&to=me@example.com&mode=insecure",
]
webhook = "http://{hook.address}/hook"
webhook_secret_file = "secret"
wait = 0.5
"""
        )
        with running(tmp_path, "--config", file, "--no-web", "--storage", tmp_path / "kept") as program:
            (got, *_) = hook.wait_for(1, 40)
            dead.wait_for(1)
            end = time.monotonic() + 10
            while not box.mails and time.monotonic() < end:
                time.sleep(0.05)
            program.process.send_signal(signal.SIGTERM)
            assert program.process.wait(timeout=10) == 0, program.text()
            log = program.text()
    parts = got.parts()
    told = json.loads(parts["message"].get_payload(decode=True))  # type: ignore[arg-type]
    picture = parts["picture"].get_payload(decode=True)
    assert told["event"]["phase"] == "start"
    assert told["event"]["label"] in told["title"]
    assert cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR).shape == (720, 1280, 3)  # type: ignore[arg-type]
    assert "X-Edgedet-Signature" in got.headers
    assert "image/jpeg" in {part.get_content_type() for part in box.mails[0].walk()}
    assert "Traceback" not in log
    assert "geheim" not in log
    assert (tmp_path / "kept" / "outbox.db").stat().st_mode & 0o777 == 0o600
