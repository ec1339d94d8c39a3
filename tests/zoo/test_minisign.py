"""Signatures go between edgedet and the program minisign, both ways."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from edgedet.minisign import BadSignature, PublicKey, Signature
from tests.zoo.keypair import KeyPair

CONTENT = b"serial = 1\n"


def minisign(*words: str | Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("minisign") is None:
        pytest.skip("needs the program minisign: apt install minisign")
    return subprocess.run(["minisign", *words], capture_output=True, text=True, timeout=60)


def test_what_minisign_signs_is_taken(tmp_path: Path) -> None:
    file, public = tmp_path / "r.toml", tmp_path / "zoo.pub"
    file.write_bytes(CONTENT)
    assert minisign("-G", "-W", "-p", public, "-s", tmp_path / "zoo.key").returncode == 0
    assert minisign("-S", "-s", tmp_path / "zoo.key", "-m", file, "-t", "mine").returncode == 0
    key = PublicKey.parse(public.read_text())
    assert key.id in public.read_text()
    signature = Signature.parse(Path(f"{file}.minisig").read_bytes())
    assert (signature.key_id, signature.comment) == (key.id, "mine")
    signature.check(CONTENT, key)
    with pytest.raises(BadSignature, match="doesn't fit"):
        signature.check(CONTENT + b"#", key)


def test_a_signature_of_the_older_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_bytes(CONTENT)
    minisign("-G", "-W", "-p", tmp_path / "zoo.pub", "-s", tmp_path / "zoo.key")
    minisign("-S", "-l", "-s", tmp_path / "zoo.key", "-m", tmp_path / "r.toml")
    with pytest.raises(BadSignature, match="of the older kind"):
        Signature.parse((tmp_path / "r.toml.minisig").read_bytes())


def test_what_is_signed_here_minisign_takes(tmp_path: Path) -> None:
    key, file = KeyPair(tmp_path / "owner"), tmp_path / "r.toml"
    file.write_bytes(CONTENT)
    key.signed(file)
    done = minisign("-V", "-p", key.public_file, "-m", file)
    assert done.returncode == 0, done.stderr
    assert "serial:1" in done.stdout
    file.write_bytes(CONTENT + b"#")
    assert minisign("-V", "-p", key.public_file, "-m", file).returncode != 0


def test_keys_of_minisign_sign_here(tmp_path: Path) -> None:
    file = tmp_path / "r.toml"
    file.write_bytes(CONTENT)
    key = KeyPair(tmp_path / "owner")
    minisign("-G", "-f", "-W", "-p", key.public_file, "-s", key.secret)
    key.signed(file)
    Signature.parse(Path(f"{file}.minisig").read_bytes()).check(CONTENT, PublicKey.parse(key.public_file.read_text()))


def test_a_key_with_a_password_is_for_minisign(tmp_path: Path) -> None:
    key, file = KeyPair(tmp_path / "owner"), tmp_path / "r.toml"
    file.write_bytes(CONTENT)
    text = key.secret.read_text().split("\n")
    key.secret.write_text("\n".join([text[0], "RWRTY0" + text[1][6:]]))
    done = key.sign(file)
    assert (done.returncode, "has a password; sign with: minisign -S -s" in done.stderr) == (2, True)


@pytest.mark.parametrize("text", ["", "RW", "untrusted comment: x", "RWQ" * 19, "é" * 56, "a\nb"])
def test_a_key_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no minisign public key"):
        PublicKey.parse(text)
