"""A registry of one's own is believed if its owner signed it, and never an older one after a newer."""

from __future__ import annotations

import base64
import functools
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import ValidationError

from edgedet.config.zoo import ZooConfig
from edgedet.errors import ConfigError, OutputError
from edgedet.zoo.own import open_registry
from tests.zoo.keypair import KeyPair

SHA = "ab" * 32


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EDGEDET_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def key(tmp_path: Path) -> KeyPair:
    return KeyPair(tmp_path / "owner")


@pytest.fixture
def file(tmp_path: Path, key: KeyPair) -> Path:
    """A registry, signed."""
    file = tmp_path / "mine.toml"
    write(file, key, 5)
    return file


def write(file: Path, key: KeyPair, serial: int, more: str = "") -> None:
    file.write_text(f'serial = {serial}\n{more}\n[models.mine]\nurl = "http://nas/m.tflite"\nsha256 = "{SHA}"\n')
    Path(f"{file}.minisig").unlink(missing_ok=True)
    key.signed(file)


def opened(file: Path | str, *keys: KeyPair) -> ZooConfig:
    return ZooConfig(registry=str(file), key=[key.public for key in keys])


def refused(file: Path | str, *keys: KeyPair) -> str:
    with pytest.raises(ConfigError) as caught:
        open_registry(opened(file, *keys))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_its_owner_signed_is_there(file: Path, key: KeyPair) -> None:
    assert open_registry(opened(file, key))["mine"].sha256 == SHA


@pytest.mark.parametrize("part", ["head", "body", "comment", "signature", "seal"])
def test_whatever_is_changed_is_noticed(file: Path, key: KeyPair, part: str) -> None:
    signature = Path(f"{file}.minisig")
    lines = signature.read_text().split("\n")
    if part == "head":
        file.write_text("# mine\n" + file.read_text())
    elif part == "body":
        file.write_text(file.read_text().replace("nas", "sos"))
    elif part == "comment":
        lines[2] = lines[2].replace("serial:5", "serial:6")
    else:
        at = {"signature": 1, "seal": 3}[part]
        lines[at] = lines[at][:40] + ("A" if lines[at][40] != "A" else "B") + lines[at][41:]
    signature.write_text("\n".join(lines))
    assert "its signature doesn't fit; it was changed, or signed by somebody else" in refused(file, key)


def test_nothing_is_read_before_its_signature_is_verified(file: Path, key: KeyPair) -> None:
    file.write_bytes(b"\xff[[[")
    assert "its signature doesn't fit" in refused(file, key)


def test_a_stranger_who_takes_the_keys_id_is_no_owner(file: Path, key: KeyPair, tmp_path: Path) -> None:
    stranger = KeyPair(tmp_path / "stranger")
    write(file, stranger, 6)
    said = refused(file, key)
    assert f"signed with the key {stranger.id}, and zoo.key has {key.id}; ask its owner" in said
    lines = Path(f"{file}.minisig").read_text().split("\n")
    forged = b"ED" + bytes.fromhex(key.id)[::-1] + base64.b64decode(lines[1])[10:]
    Path(f"{file}.minisig").write_text("\n".join([lines[0], base64.b64encode(forged).decode(), *lines[2:]]))
    assert "its signature doesn't fit" in refused(file, key)


def test_without_a_signature_it_says_how_to_get_one(file: Path, key: KeyPair) -> None:
    Path(f"{file}.minisig").unlink()
    assert f"not there, and zoo.key wants a signature; sign it: minisign -S -m {file}" in refused(file, key)


@pytest.mark.parametrize(
    "text", ["", "x", "a\nb\nc\nd\n", "untrusted comment: a\nRW==\ntrusted comment: b\n=\n", "\xff"]
)
def test_a_signature_that_is_none(file: Path, key: KeyPair, text: str) -> None:
    Path(f"{file}.minisig").write_text(text, encoding="latin-1")
    assert "its signature isn't one of minisign's" in refused(file, key)


def test_it_never_goes_back(file: Path, key: KeyPair, home: Path) -> None:
    old, old_signature = file.read_bytes(), Path(f"{file}.minisig").read_bytes()
    open_registry(opened(file, key))
    write(file, key, 7)
    open_registry(opened(file, key))
    file.write_bytes(old)
    Path(f"{file}.minisig").write_bytes(old_signature)
    assert "serial 5, and 7 was seen before: an old copy, or a trick; get the newest" in refused(file, key)
    assert [path.name for path in home.iterdir()] == ["seen.json"]
    (home / "seen.json").unlink()
    open_registry(opened(file, key))


def test_keys_change(file: Path, key: KeyPair, tmp_path: Path) -> None:
    """While they do, both are trusted; once the new one revokes the old, the old one is not, not even by a new file."""
    new = KeyPair(tmp_path / "new")
    write(file, new, 6)
    open_registry(opened(file, key, new))
    write(file, key, 7)
    open_registry(opened(file, key, new))
    write(file, new, 8, f'revoked = ["{key.id.lower()}"]')
    open_registry(opened(file, key, new))
    write(file, key, 9)
    assert f"signed with the key {key.id}, which its owner revoked" in refused(file, key, new)
    elsewhere = tmp_path / "other.toml"
    write(elsewhere, key, 9)
    assert "revoked" in refused(elsewhere, key, new)
    write(file, new, 9, f'revoked = ["{new.id}"]')
    assert f"it revokes the key that signed it, {new.id}" in refused(file, key, new)


def test_what_was_seen_is_not_forgotten_by_damage(file: Path, key: KeyPair, home: Path) -> None:
    home.mkdir()
    for content in ("", "[]", '{"serials": {"a": "b"}, "revoked": []}', '{"serials": []}'):
        (home / "seen.json").write_text(content)
        assert "seen.json: damaged; remove it" in refused(file, key)


def test_what_was_seen_must_be_kept(file: Path, key: KeyPair, home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises((ConfigError, OutputError), match=r"seen\.json"):
        open_registry(opened(file, key))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[models.a]\nurl = "http://x/y"\n', "has no serial; write serial = 1"),
        ('serial = 1\n[models.a]\nurl = "http://x/y"\n', "models.a: has no sha256"),
        (f'serial = 1\n[models.a]\nurl = "http://x/y"\ngit_blob = "{"1" * 40}"\n', "models.a: has no sha256"),
        ("serial = 0\n", ":1: serial: 0: a whole number from 1 is wanted"),
        ("serial = true\n", ":1: serial: True: a whole number from 1"),
        ('serial = 1\nrevoked = ["x"]\n', ":2: revoked: a list of minisign key ids"),
    ],
)
def test_what_cant_be_signed(tmp_path: Path, key: KeyPair, text: str, said: str) -> None:
    file = tmp_path / "r.toml"
    file.write_text(text)
    done = key.sign(file)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
    assert not Path(f"{file}.minisig").exists()


def test_the_same_serial_isnt_signed_twice(file: Path, key: KeyPair) -> None:
    done = key.sign(file)
    assert (done.returncode, "serial 5, and 5 was signed before; give it a higher one" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"registry": "https://nas/r.toml"}, "a registry from the network must be signed"),
        ({"key": ["RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"]}, "there is nothing to verify"),
        ({"registry": "r.toml", "key": ["RWx"]}, "'RWx' is no minisign public key; give the last line of minisign.pub"),
    ],
)
def test_settings_that_dont_fit(values: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ZooConfig.model_validate(values)


def test_a_signed_file_and_no_key_is_told_of(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert "mine" in open_registry(ZooConfig(registry=str(file)))
    assert "signed, but not verified: zoo.key has no key" in caplog.text


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The folder's files over HTTP."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_may_come_over_the_network(file: Path, key: KeyPair, address: str, home: Path, tmp_path: Path) -> None:
    url = f"{address}/mine.toml"
    assert "mine" in open_registry(opened(url, key))
    assert json.loads((home / "seen.json").read_text()) == {"serials": {url: 5}, "revoked": []}
    file.write_text(file.read_text() + "#")
    assert refused(url, key).startswith(f"{url}: its signature doesn't fit")
    (tmp_path / "mine.toml.minisig").unlink()
    assert "mine.toml.minisig: not there any more (404)" in refused(url, key)
    file.write_bytes(b"#" * (1 << 19))
    key.sign(file)
    assert refused(url, key)
