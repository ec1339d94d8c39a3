"""A whole camera with its page, for tests that measure it from outside.

    python -m tests.web.live.camera_program FOLDER

Prints its address and a token, then every second a line of JSON: frames detected so far, CPU seconds used so far by
all of it, and by the thread that hands results to viewers.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

import psutil

from edgedet.app import App
from edgedet.config.live import LiveConfig
from edgedet.config.web import WebConfig
from edgedet.stages import build_cameras, build_detector
from edgedet.web.accounts import Accounts
from edgedet.web.folder import web_folder
from edgedet.web.hub import Hub
from edgedet.web.service import WebService
from tests.places import MODEL
from tests.web.driving import SmallControl, make_settings


def main(folder: Path) -> None:
    text = f'[source]\nuri = "demo:"\n\n[model]\npath = "{MODEL}"\nthreads = 1\n'
    settings = make_settings(folder, text)
    config, web = settings.config, WebConfig(enabled=True, port=0)
    accounts = Accounts(web_folder(web, config.storage.path), web)
    accounts.users.add("viewer", "only here to look", "viewer")
    token = accounts.machines.add("test", "viewer")
    accounts.close()
    detector = build_detector(config)
    cameras = build_cameras(config, detector, {})
    hub = Hub(config.cameras, LiveConfig())
    control = SmallControl(settings)
    service = WebService(web, control, hub.feeds, hub)  # type: ignore[arg-type]
    service.open()
    threading.Thread(target=service.run, name="web", daemon=True).start()
    app = App(cameras, detector, [hub], interval=0)
    threading.Thread(target=app.run, daemon=True).start()
    print(json.dumps({"url": service.url, "token": token}), flush=True)
    process = psutil.Process()
    while True:
        time.sleep(1)
        used = process.cpu_times()
        print(
            json.dumps(
                {
                    "frames": cameras[0].detect.frames,
                    "cpu": used.user + used.system,
                    "publishing": cpu_of(process, "edgedet-live"),
                    "time": time.monotonic(),
                    "viewers": hub.stats(),
                }
            ),
            flush=True,
        )


def cpu_of(process: psutil.Process, thread: str) -> float:
    """CPU seconds a thread has used; 0 if there is none of that name."""
    numbers = [each.native_id for each in threading.enumerate() if each.name == thread]
    return sum(each.user_time + each.system_time for each in process.threads() if each.id in numbers)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
