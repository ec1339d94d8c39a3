"""``python -m tests.gpio.driven run ...``: the program, with pretended pins that are driven by lines on its input.

``low 27`` and ``high 27`` drive an input, ``state 17`` answers with what an output has been so far.
"""

from __future__ import annotations

import sys
import threading

from gpiozero import Device

from edgedet.__main__ import main


def drive() -> None:
    for line in sys.stdin:
        verb, _, number = line.strip().partition(" ")
        pin = Device.pin_factory.pin(int(number))
        if verb == "state":
            print(f"{number}: {' '.join(str(int(each.state)) for each in pin.states)}", flush=True)
        else:
            (pin.drive_low if verb == "low" else pin.drive_high)()


if __name__ == "__main__":
    threading.Thread(target=drive, daemon=True).start()
    main()
