"""Other programs beside it: a second of its kind, a crowd of readers, one that has its port."""

from __future__ import annotations

import socket

from tests.chaos.bed import PATIENCE, Bed
from tests.chaos.case import case
from tests.chaos.local.kept import all_kept
from tests.chaos.local.process import AREA
from tests.chaos.local.running import clean, ends, exits, more_over, more_told, over, told
from tests.chaos.local.station import station
from tests.e2e.program import PROGRAM


@case(
    "two-at-once",
    area=AREA,
    fault="a second program records into the same folder",
    promise="the second ends with 2 and one line that names the first; the first doesn't notice",
    within=180,
)
def twice(bed: Bed) -> str:
    camera = station(bed)
    first = camera.run()
    more_told(first, 1)
    second = camera.run()
    assert exits(second, 30) == 2, second.text()
    errors = [line for line in clean(second).splitlines() if "error: " in line]
    assert len(errors) == 1, errors
    assert f"process {first.process.pid} records into this folder" in errors[0], errors
    more_over(first, 1)
    ends(first)
    all_kept(camera, told(first))
    return errors[0].removeprefix("edgedet: error: ").replace(str(bed.folder), "...")


@case(
    "fork-bomb-of-readers",
    area=AREA,
    fault="30 programs list the events at once while it records",
    promise="all of them get their list, the camera goes on, nothing told is missing",
    alone=True,
    within=180,
)
def readers(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run()
    more_over(program, 1)
    command = [*PROGRAM, "events", "list", "--json", "--storage", str(camera.kept)]
    lists = [bed.start(command, bed.folder / f"list{number}.log") for number in range(30)]
    codes = [each.wait(80 * PATIENCE) for each in lists]
    more_over(program, 1)
    ends(program)
    assert codes == [0] * 30, codes
    all_kept(camera, over(program))
    return f"30 lists, {len(told(program))} events told, all kept"


@case(
    "port-taken",
    area=AREA,
    fault="another program has the page's port",
    promise="ends with 2 and one line that names the port",
    within=180,
)
def port_taken(bed: Bed) -> str:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        program = bed.run("--port", port, "--seconds", "5", env={"XDG_STATE_HOME": str(bed.folder)})
        assert exits(program, 30) == 2, program.text()
    errors = [line for line in clean(program).splitlines() if "error: " in line]
    assert len(errors) == 1, errors
    assert str(port) in errors[0], errors
    return errors[0].removeprefix("edgedet: error: ").replace(str(port), "PORT")
