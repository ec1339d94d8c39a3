"""``edgedet models`` as a user runs it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edgedet.zoo.folder import bundled_models
from edgedet.zoo.verify import EDGE_TPU
from tests import modelkit as kit
from tests.cli.script import SCRIPT, edgedet
from tests.modelkit.heads import start
from tests.places import MODEL
from tests.zoo.server import ModelServer, drop, serve, status
from tests.zoo.test_pull import MODEL as SMALL

SMALL_SHA = hashlib.sha256(SMALL).hexdigest()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(SMALL) as running:
        yield running


@pytest.fixture
def models(tmp_path: Path) -> Any:
    """``edgedet models ...`` with a models folder of its own."""

    def run(*args: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return edgedet("models", *args, cwd=tmp_path, env={"EDGEDET_MODELS": str(tmp_path / "models")}, **options)

    return run


def registry(tmp_path: Path, server: ModelServer, sha256: str = "") -> str:
    file = tmp_path / "registry.toml"
    stated = f'sha256 = "{sha256}"\n' if sha256 else ""
    file.write_text(f'[models.mine]\nurl = "{server.url}"\nlabels = ["person", "forklift", "dog"]\n{stated}')
    return str(file)


def test_the_list_has_what_is_here_and_what_is_not(models: Any) -> None:
    done = models("list")
    assert (done.returncode, done.stderr) == (0, "")
    head, *rows = done.stdout.splitlines()
    assert head.split() == ["NAME", "INPUT", "CLASSES", "SIZE", "LICENCE", "HERE"]
    assert rows[0].split() == ["bootstrap-320", "320x320", "3", "3.3", "MB", "Apache-2.0", "bundled"]
    assert ["coral-ssd-mobilenet-v2", "300x300", "80", "-", "Apache-2.0", "no"] in [row.split() for row in rows]
    listed = json.loads(models("list", "--json").stdout)
    assert [row["name"] for row in listed] == [row.split()[0] for row in rows]
    assert {row["here"] for row in listed} == {"bundled", "no"}


def test_pull_then_verify_show_and_inspect(models: Any, tmp_path: Path, server: ModelServer) -> None:
    own = registry(tmp_path, server, SMALL_SHA)
    done = models("pull", "mine", "--registry", own)
    path = tmp_path / "models" / "mine.tflite"
    assert (done.returncode, done.stdout) == (0, f"{path}: here, sha256 right\nedgedet run -m mine\n")
    assert models("pull", "mine", "--registry", own).stdout.startswith(f"{path}: here already")
    assert models("verify", "mine").stdout == "ok   mine: sha256 right, opens and runs\n"
    shown = models("show", "mine").stdout
    assert shown.startswith(f"mine: {path}\n")
    assert "person, forklift, dog" in shown
    assert server.url in shown
    assert json.loads(models("show", "mine", "--json").stdout)["card"]["sha256"] == SMALL_SHA
    assert json.loads(edgedet("inspect", str(path), "--json").stdout)["labels"] == ["person", "forklift", "dog"]
    assert any(row.split()[0] == "mine" and row.split()[-1] == "yes" for row in models("list").stdout.splitlines())


def test_a_hash_nobody_states_is_said_clearly(models: Any, tmp_path: Path, server: ModelServer) -> None:
    done = models("pull", "mine", "--registry", registry(tmp_path, server))
    assert done.returncode == 0
    assert f"nobody states its hash: sha256 {SMALL_SHA} was recorded" in done.stdout


def test_pull_to_a_folder_names_the_file_to_run(models: Any, tmp_path: Path, server: ModelServer) -> None:
    done = models("pull", "mine", "--to", "elsewhere", "--registry", registry(tmp_path, server, SMALL_SHA))
    assert done.stdout.splitlines()[-1] == "edgedet run -m elsewhere/mine.tflite"
    assert (tmp_path / "elsewhere" / "mine.tflite").read_bytes() == SMALL


def test_a_flaky_server_is_told_of_and_overcome(models: Any, tmp_path: Path, server: ModelServer) -> None:
    server.acts = [status(500), drop(900)]
    done = models("pull", "mine", "--registry", registry(tmp_path, server, SMALL_SHA))
    assert done.returncode == 0
    assert "busy (500); trying again in 0.5 s" in done.stderr
    assert "; trying again in" in done.stderr.splitlines()[1]
    assert [asked.range for asked in server.asked] == [None, None, "bytes=900-"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["pull", "coral-ssd-mobilnet-v2"], "no such model in the registry; did you mean coral-ssd-mobilenet-v2?"),
        (["pull"], "Missing argument 'NAME...'"),
        (["pull", "mine", "--registry", "none.toml"], "none.toml: no such registry"),
        (["show", "nothing-like-it"], "nothing-like-it: no such model; see: edgedet models list"),
        (["show", "none.tflite"], "none.tflite: no such model file"),
        (["show", "n" * 300], "nn: no such model file"),
        (["verify"], "nothing to verify; name models or files, or give --all"),
    ],
)
def test_a_mistake_is_one_line(models: Any, args: list[str], said: str) -> None:
    done = models(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_a_wrong_hash_is_one_line_and_leaves_nothing(models: Any, tmp_path: Path, server: ModelServer) -> None:
    done = models("pull", "mine", "--registry", registry(tmp_path, server, "0" * 64))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "damaged or replaced: not kept" in done.stderr
    assert list((tmp_path / "models").iterdir()) == []


def test_verify_names_the_bad_ones(models: Any, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(MODEL, folder / "copy.tflite")
    shutil.copy(MODEL.with_suffix(".json"), folder / "bad.json")
    (folder / "bad.tflite").write_bytes(MODEL.read_bytes()[:-4096] + bytes(4096))
    (folder / "cut.tflite").write_bytes(MODEL.read_bytes()[:100_000])
    done = models("verify", "--all")
    verdicts = {line.split()[1].rstrip(":"): line.split()[0] for line in done.stdout.splitlines()}
    assert verdicts == dict.fromkeys(bundled_models(), "ok") | {"copy": "ok", "bad": "bad", "cut": "bad"}
    assert (done.returncode, done.stderr) == (1, "edgedet: 2 bad: bad, cut\n")
    assert models("verify", "models/copy.tflite").returncode == 0
    gone = models("verify", "copy", "tf-ssd-mobilenet-v1")
    assert (gone.returncode, "not here; get it with" in gone.stdout) == (1, True)


def test_ctrl_c_leaves_no_model_and_the_next_pull_goes_on(models: Any, tmp_path: Path, server: ModelServer) -> None:
    slow = len(SMALL) // 20
    server.acts = [lambda handler: serve(handler, pause=0.1, chunk=slow)]
    own = registry(tmp_path, server, SMALL_SHA)
    environ = {**os.environ, "EDGEDET_MODELS": str(tmp_path / "models")}
    child = subprocess.Popen([SCRIPT, "models", "pull", "mine", "--registry", own], env=environ, cwd=tmp_path)
    part = tmp_path / "models" / "mine.tflite.part"
    deadline = time.monotonic() + 30
    while (not part.exists() or part.stat().st_size < 2 * slow) and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    assert child.wait(10) == 130
    left = sorted(path.name for path in part.parent.iterdir())
    assert left == ["mine.tflite.part", "mine.tflite.part.from"]
    kept = part.stat().st_size
    assert models("pull", "mine", "--registry", own).returncode == 0
    assert server.asked[-1].range == f"bytes={kept}-"
    assert sorted(path.name for path in part.parent.iterdir()) == ["mine.json", "mine.tflite"]


def test_offline_is_one_line(models: Any, tmp_path: Path, server: ModelServer) -> None:
    own = registry(tmp_path, server)
    server.__exit__()
    done = models("pull", "mine", "--registry", own)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "can't connect (Connection refused); check the network and pull again" in done.stderr


def test_a_registry_cant_take_the_name_of_a_bundled_model(models: Any, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text('[models.bootstrap-320]\nurl = "http://nas/m.tflite"\n')
    done = models("list", "--registry", "r.toml")
    assert (done.returncode, "the name of a model that comes with edgedet" in done.stderr) == (2, True)


def test_a_card_is_shown_whole_but_for_what_only_programs_need(models: Any) -> None:
    shown = " ".join(models("show", "bootstrap-320").stdout.split())
    card = json.loads(MODEL.with_suffix(".json").read_text())
    for key in ("architecture", "limits", "licence", "sha256", "data_note"):
        assert " ".join(card[key].split()) in shown
    for text in (*card["training"].values(), card["figures"]["note"], "AP 0.104, AP50 0.268"):
        assert text in shown


def test_edge_tpu_models_are_verified_without_running(models: Any, tmp_path: Path) -> None:
    graph, scene = start((300, 300), kit.UINT8)
    graph.outputs = [graph.tensor((1, 10, 4), kit.FLOAT32, "boxes")]
    graph.custom_op(EDGE_TPU, [scene], graph.outputs, b"")
    (tmp_path / "tpu.tflite").write_bytes(graph.pack())
    done = models("verify", "./tpu.tflite")
    assert done.stdout == "ok   ./tpu.tflite: no hash known; not run: it is compiled for the Edge TPU\n"
