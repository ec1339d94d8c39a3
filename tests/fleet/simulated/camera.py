"""A camera of the fleet, as a process: the program itself, on a board whose sensors are files.

    python -m tests.fleet.simulated.camera BOARD run --config FILE

BOARD is a folder with the files of a Raspberry Pi's kernel that tell temperature and throttling.
"""

from __future__ import annotations

import sys
from pathlib import Path

SETTINGS = """
[monitor]
interval = 60
[model]
path = "{model}"
threads = 1
[source]
uri = "demo:"
width = 320
height = 240
fps = {fps}
[motion]
enabled = false
[storage]
path = "{folder}/kept"
[record]
pre_roll = 2
post_roll = 2
longest = 10
ring_mb = 4
[retention]
max_gb = 0.1
min_free_mb = 100
write_gb_per_day = 100
[metrics]
enabled = true
port = {metrics}
[mqtt]
host = "127.0.0.1"
port = {broker}
tls = true
ca_file = "{tls}/ca.crt"
cert_file = "{tls}/{name}.pem"
key_file = "{tls}/{name}.pem"
client_id = "{name}"
topic = "edgedet/{name}"
repeat = 40
detections_every = 0
discovery = false
[rules.person]
threshold = 0.5
hits = 1
of = 1
leave = 2
[rules.cat]
threshold = 0.5
hits = 1
of = 1
leave = 2
[[camera]]
name = "{name}"
"""
MILLIDEGREES, BITS = 52_000, 0


def put_board(root: Path) -> None:
    """The files of a board that is well."""
    zone, firmware = root / "sys/class/thermal/thermal_zone0", root / "sys/devices/platform/soc/soc:firmware"
    zone.mkdir(parents=True, exist_ok=True)
    firmware.mkdir(parents=True, exist_ok=True)
    (zone / "temp").write_text(f"{MILLIDEGREES}\n")
    (firmware / "get_throttled").write_text(f"{BITS:x}\n")


def main() -> None:
    """Put the board in place, and be the program."""
    root = Path(sys.argv.pop(1))
    from edgedet import board
    from edgedet.cli import main as program

    for read in (board.temperature, board.throttled):
        read.__defaults__ = (root,)
    program()


if __name__ == "__main__":
    main()
