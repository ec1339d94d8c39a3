"""A settings file: its cameras, zones and rules, with flags and variables over it."""

from __future__ import annotations

from edgedet.cli.template import template
from edgedet.errors import ConfigError
from edgedet.settings import load
from tests.fuzz.judge import SECRET, Wrong
from tests.fuzz.scratch import put

LONGEST = 4096
WORDS = (
    b"[source]", b"[[camera]]", b"[zones.porch]", b"[rules.person]", b"[lines.gate]", b"[privacy]", b"[web]",
    b"polygon = [[0, 0], [1, 0], [1, 1]]", b"points = [[0, 0.5], [1, 0.5]]", b'name = "front"', b"labels = [",
    b"schedule = ", b'"mon-fri"', b"nan", b"inf", b"1e400", b"-1", b"{ person = 0.4 }", b"uri = ", b"masks = ",
    b"[notify]", b"[mqtt]", b"[record]", b"[detect]", b"class_confidence = ", b"confidence = ", b"[zoo]", b"= \1",
    b'uri = "\1"', b'urls = ["\2"]', b'webhook = "', b"\1", b"\2",
)  # fmt: skip
_CAMERA, _RECEIVER = f"rtsp://user:{SECRET}@host/x".encode(), f"tgram://{SECRET}/42".encode()


def case(data: bytes) -> None:
    """Up to the first zero byte the file, then variables, ``NAME=value`` in lines.

    In the file a byte 1, which TOML doesn't allow, stands for an address with a password, and 2 for one that is secret
    altogether: so that they are what they are, whatever is broken around them.
    """
    text, _, rest = data.partition(b"\0")
    text = text.replace(b"\1", _CAMERA).replace(b"\2", _RECEIVER)
    pairs = [line.partition("=") for line in rest.decode("utf-8", "surrogateescape").split("\n") if "=" in line]
    environ = {f"EDGEDET_{name}": value for name, _, value in pairs if "\0" not in name + value}
    environ["EDGEDET_SOURCE"] = f"rtsp://user:{SECRET}@host/x"
    try:
        settings = load({}, environ, put("settings.toml", text))
    except ConfigError as error:
        if any(not line.strip() for line in error.args[0].split("\n")):
            raise Wrong(f"an empty line in {error.args[0]!r}") from None
        if any(": " not in line for line in error.args[0].split("\n")):
            raise Wrong(f"a line that names nothing in {error.args[0]!r}") from None
        raise
    settings.check_labels(("person", "cat", "dog"))


def seeds() -> list[bytes]:
    one = '[source]\nuri = "rtsp://user:pass@host/x"\n[zones.porch]\npolygon = [[0, 0], [1, 0], [1, 1]]\n'
    two = '[[camera]]\nname = "front"\nsource.uri = "0"\n[camera.rules.person]\nzones = ["porch"]\nlabel = "person"\n'
    lines = [line.removeprefix("# ") for line in template().splitlines() if " = " in line or line.startswith("[")]
    whole = "\n".join(lines)[:4000]
    broken = (
        b'[source]\nuri = "\1\n',
        b"\2 = 1\n",
        b'[notify]\nurls = ["\2", "\2]\n',
        b'name = "\1"\n[source]\nuri = \1',
    )
    return [
        *broken,
        one.encode(),
        two.encode(),
        whole.encode(),
        b"\0THREADS=2\nPORT=x\nNONSENSE=1",
        one.encode() + b"\0IOU=nan",
    ]
