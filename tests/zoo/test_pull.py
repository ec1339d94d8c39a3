"""From the registry to a folder: a model under its final name is the right one, or there is none."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edgedet.errors import ModelError, OutputError
from edgedet.inference.anchors import ssd_anchors
from edgedet.inference.detector import Detector
from edgedet.zoo.digest import Digest
from edgedet.zoo.pull import pull
from edgedet.zoo.registry import Entry
from edgedet.zoo.transfer import Patience
from edgedet.zoo.verify import verify
from tests import modelkit as kit
from tests.zoo.server import ModelServer, drop, status

QUICK = Patience(timeout=1, tries=3, pause=0.01)
ANCHORS = len(ssd_anchors(300, 300))
MODEL = kit.ssd_raw(np.zeros((ANCHORS, 4), np.float32), np.full((ANCHORS, 3), 0.1, np.float32))
NAMES = ("person", "forklift", "dog")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(MODEL) as running:
        yield running


def entry(server: ModelServer, **more: object) -> Entry:
    return Entry.model_validate({"name": "mine", "url": server.url, "labels": NAMES, "licence": "MIT", **more})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("kind", ["sha256", "git_blob"])
def test_a_pulled_model_runs_with_the_labels_of_its_card(server: ModelServer, tmp_path: Path, kind: str) -> None:
    sha = hashlib.sha256(MODEL).hexdigest()
    value = sha if kind == "sha256" else hashlib.sha1(b"blob %d\0" % len(MODEL) + MODEL).hexdigest()
    mine = entry(server, **{kind: value})
    pulled = pull(mine, tmp_path / "new" / "folder", patience=QUICK)
    assert (pulled.fresh, pulled.first_use, pulled.digest.value) == (True, False, value)
    assert names(pulled.path.parent) == ["mine.json", "mine.tflite"]
    card = json.loads(pulled.path.with_suffix(".json").read_text())
    assert (card["sha256"], card["licence"], card["url"], card["size_bytes"]) == (sha, "MIT", server.url, len(MODEL))
    assert Detector(pulled.path).labels == NAMES
    assert verify(pulled.path, mine) == f"{kind.replace('_', ' ')} right, opens and runs"
    again = pull(mine, pulled.path.parent, patience=QUICK)
    assert (again.fresh, len(server.asked)) == (False, 1)


def test_labels_inside_the_model_are_left_alone(server: ModelServer, tmp_path: Path) -> None:
    server.content = kit.with_metadata(MODEL, labels=["a", "b", "c"])
    pulled = pull(entry(server), tmp_path, patience=QUICK)
    assert "labels" not in json.loads(pulled.path.with_suffix(".json").read_text())
    assert Detector(pulled.path).labels == ("a", "b", "c")


@pytest.mark.parametrize("kind", ["sha256", "git_blob"])
def test_a_wrong_hash_leaves_nothing(server: ModelServer, tmp_path: Path, kind: str) -> None:
    wrong = "0" * (64 if kind == "sha256" else 40)
    with pytest.raises(ModelError, match=rf"its {kind.replace('_', ' ')} [0-9a-f]+, wanted 0+; damaged or replaced"):
        pull(entry(server, **{kind: wrong}), tmp_path, patience=QUICK)
    assert names(tmp_path) == []


def test_a_web_page_is_not_kept_for_a_model(server: ModelServer, tmp_path: Path) -> None:
    server.content = b"<html>please log in to this network</html>"
    with pytest.raises(ModelError, match="not a TFLite model but a web page"):
        pull(entry(server), tmp_path, patience=QUICK)
    assert names(tmp_path) == []


def test_halves_that_dont_fit_are_fetched_again_as_a_whole(server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "mine.tflite.part").write_bytes(b"\0" * 500)  # a disk that lost what was written before a power cut
    notes = {"url": server.url, "validator": server.etag(MODEL)}
    (tmp_path / "mine.tflite.part.from").write_text(json.dumps(notes))
    pulled = pull(entry(server, sha256=hashlib.sha256(MODEL).hexdigest()), tmp_path, patience=QUICK)
    assert pulled.path.read_bytes() == MODEL
    assert [asked.range for asked in server.asked] == ["bytes=500-", None]


def test_without_a_stated_hash_the_first_download_counts(server: ModelServer, tmp_path: Path) -> None:
    mine = entry(server)
    pulled = pull(mine, tmp_path, patience=QUICK)
    assert (pulled.first_use, pulled.digest) == (True, Digest("sha256", hashlib.sha256(MODEL).hexdigest()))
    assert pull(mine, tmp_path, patience=QUICK).fresh is False
    pulled.path.unlink()
    server.content = kit.with_metadata(MODEL, labels=["x", "y", "z"])
    with pytest.raises(ModelError, match="as at the first download; damaged or replaced: not kept; to trust the new"):
        pull(mine, tmp_path, patience=QUICK)
    assert names(tmp_path) == ["mine.json"]
    (tmp_path / "mine.json").unlink()
    assert pull(mine, tmp_path, patience=QUICK).path.read_bytes() == server.content


def test_a_damaged_model_is_replaced(server: ModelServer, tmp_path: Path) -> None:
    mine = entry(server, sha256=hashlib.sha256(MODEL).hexdigest())
    path = pull(mine, tmp_path, patience=QUICK).path
    path.write_bytes(MODEL[:-7] + b"damaged")
    with pytest.raises(ModelError, match="its sha256 is"):
        verify(path, mine)
    assert pull(mine, tmp_path, patience=QUICK).fresh is True
    assert path.read_bytes() == MODEL


def test_somebody_elses_file_is_never_overwritten(server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "mine.tflite").write_bytes(b"a model of my own")
    with pytest.raises(ModelError, match="another file has this name; move it away"):
        pull(entry(server, sha256="0" * 64), tmp_path, patience=QUICK)
    assert (tmp_path / "mine.tflite").read_bytes() == b"a model of my own"
    assert server.asked == []


def test_a_missing_model_leaves_nothing(server: ModelServer, tmp_path: Path) -> None:
    server.acts = [status(404)]
    with pytest.raises(ModelError, match=r"not there any more \(404\)"):
        pull(entry(server), tmp_path, patience=QUICK)
    assert names(tmp_path) == []


def test_an_interrupted_pull_shows_no_model(server: ModelServer, tmp_path: Path) -> None:
    server.acts = [drop(1000)] + [status(500)] * 2
    with pytest.raises(ModelError, match="1,000 bytes are kept"):
        pull(entry(server), tmp_path, patience=QUICK)
    assert names(tmp_path) == ["mine.tflite.part", "mine.tflite.part.from"]
    pull(entry(server), tmp_path, patience=QUICK)
    assert names(tmp_path) == ["mine.json", "mine.tflite"]
    assert server.asked[-1].range == "bytes=1000-"


def test_a_folder_that_cant_be_made(server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"can't be made \(Not a directory\); choose another folder"):
        pull(entry(server), tmp_path / "file" / "models", patience=QUICK)


def test_a_git_blob_id_is_what_git_says(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(MODEL)
    done = subprocess.run(["git", "hash-object", file], capture_output=True, text=True)
    if done.returncode:
        pytest.skip("git isn't installed")
    assert Digest("git blob", "").of(file).value == done.stdout.strip()
