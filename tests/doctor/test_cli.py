"""``edgedet doctor``, as a person runs it, on this machine, with faults that are real."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from edgedet.doctor import examine
from edgedet.doctor.settings import SUDO
from tests.doctor.rig import Rig
from tests.e2e.program import edgedet, running
from tests.mqtt.mosquitto import USER, mosquitto, needs_mosquitto
from tests.places import ROOT

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another user or mount a file system")


def _doctor(*arguments: object, **environ: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the worst finding of each check."""
    result = edgedet("doctor", "--json", *arguments, timeout=120, env={**os.environ, **environ})
    assert "Traceback" not in result.stderr, result.stderr
    worst: dict[str, dict[str, Any]] = {}
    order = ["ok", "note", "warning", "error"]
    for found in json.loads(result.stdout)["findings"]:
        before = worst.setdefault(found["check"], found)
        if order.index(found["severity"]) > order.index(before["severity"]):
            worst[found["check"]] = found
    return result.returncode, worst


def _settings(folder: Path, text: str) -> Path:
    file = folder / "edgedet.toml"
    file.write_text(text)
    file.chmod(0o640)
    return file


def test_the_list_has_a_line_for_each_check() -> None:
    lines = edgedet("doctor", "--list").stdout.splitlines()
    assert len(lines) > 30
    assert all(len(line.split()) > 2 for line in lines)


def test_an_unknown_check_is_refused_with_the_known_ones() -> None:
    result = edgedet("doctor", "--only", "camra")
    assert result.returncode == 2
    assert "camra: no such check; there are settings" in result.stderr


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        file = _settings(tmp_path, f"[mjpeg]\nport = {taken.getsockname()[1]}\n")
        code, found = _doctor("--config", file, "--only", "ports")
    assert code == 2
    assert str(os.getpid()) in found["ports"]["text"], "it names who has it"


def test_a_broken_settings_file_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    file = _settings(tmp_path, "[detect]\nconfidance = 0.4\n[storage\n")
    code, found = _doctor("--config", file, "--only", "settings", "--only", "ports", "--only", "machine")
    assert code == 2
    assert f"{file}:3" in found["settings"]["text"]
    assert found["machine"]["severity"] == "ok"
    assert found["ports"]["severity"] in ("ok", "error"), "looked at with the defaults"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("raise ImportError('libopenblas.so.0: cannot open shared object file')", "libopenblas.so.0"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
    ],
)
def test_a_numpy_that_fails_or_crashes_doesnt_take_the_doctor_along(tmp_path: Path, fault: str, said: str) -> None:
    (tmp_path / "numpy").mkdir()
    (tmp_path / "numpy/__init__.py").write_text(fault)
    names = [word for name in ("numpy", "settings", "machine", "camera", "exposure") for word in ("--only", name)]
    code, found = _doctor(*names, PYTHONPATH=str(tmp_path))
    assert code == 2
    assert said in found["numpy"]["text"]
    assert "--force-reinstall numpy" in found["numpy"]["fix"]
    assert found["machine"]["severity"] == "ok"
    assert "NumPy can't be loaded" in found["camera"]["text"]


@pytest.mark.slow
def test_tflite_runtime_under_numpy_2(tmp_path: Path) -> None:
    package = ROOT / ".venv-tflite/lib/python3.11/site-packages/tflite_runtime"
    if not package.is_dir() or sys.version_info[:2] != (3, 11):
        pytest.skip("needs an environment .venv-tflite with tflite-runtime, for Python 3.11")
    (tmp_path / "tflite_runtime").symlink_to(package)
    (tmp_path / "ai_edge_litert").mkdir()
    (tmp_path / "ai_edge_litert/__init__.py").write_text("raise ImportError('not for this processor')")
    result = edgedet("doctor", "--only", "runtime", env={**os.environ, "PYTHONPATH": str(tmp_path)})
    said = " ".join(result.stdout.split())
    assert result.returncode == 2
    assert "tflite-runtime can't be loaded: it was built for NumPy 1, and NumPy 2 is here" in said
    assert "'numpy<2' 'opencv-python-headless<4.12'" in said


def test_a_camera_password_is_never_printed(tmp_path: Path) -> None:
    file = _settings(tmp_path, '[source]\nuri = "rtsp://admin:hunter2@127.0.0.1:9/live?token=hunter2"\n')
    result = edgedet("doctor", "--config", file, "--only", "camera", "--only", "settings")
    assert result.returncode == 2
    assert "127.0.0.1:9" in result.stdout
    assert "hunter2" not in result.stdout + result.stderr


@pytest.mark.slow
def test_an_away_broker_is_an_error(tmp_path: Path) -> None:
    file = _settings(tmp_path, '[mqtt]\nhost = "127.0.0.1"\nport = 9\n')
    code, found = _doctor("--config", file, "--only", "mqtt")
    assert code == 2
    assert "refused" in found["mqtt"]["text"]


@pytest.mark.slow
@needs_mosquitto
def test_a_wrong_mqtt_password(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "broker") as broker:
        (tmp_path / "password").write_text("hunter2")
        (tmp_path / "password").chmod(0o600)
        text = f'[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\nuser = "{USER}"\npassword_file = "password"\n'
        code, found = _doctor("--config", _settings(tmp_path, text), "--only", "mqtt")
    assert code == 2
    assert "password" in found["mqtt"]["text"] + found["mqtt"]["fix"]
    assert "hunter2" not in json.dumps(found)


@pytest.mark.slow
def test_colours_on_a_terminal_and_none_where_they_arent_wanted() -> None:
    for environ, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        command = f"{sys.executable} -m edgedet doctor --only machine"
        result = subprocess.run(
            ["script", "-qec", command, "/dev/null"],
            capture_output=True,
            text=True,
            timeout=60,
            env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, **environ},
        )
        assert ("\x1b[32mok" in result.stdout) is coloured, result.stdout


@as_root
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """By a user whom rights bind: root without the privilege to pass over them."""
    storage = tmp_path / "events"
    storage.mkdir(mode=0o700)
    os.chown(storage, 65534, 65534)
    bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    result = subprocess.run(
        [*bound, sys.executable, "-m", "edgedet", "doctor", "--json", "--only", "storage"],
        capture_output=True,
        text=True,
        env={**os.environ, "EDGEDET_STORAGE": str(storage)},
        timeout=60,
    )
    found = json.loads(result.stdout)["findings"][0]
    assert (result.returncode, found["severity"]) == (2, "error")
    assert f"{storage}: root may not write there" in found["text"]
    assert found["fix"] == f"sudo install -d -o root -g root {storage}"


@as_root
def test_root_asks_on_behalf_of_the_services_user(tmp_path: Path) -> None:
    storage = tmp_path / "events"
    storage.mkdir(mode=0o700)
    context = Rig(tmp_path).set(storage__path=storage).real(user="nobody", root_user=True)
    assert examine(context, ["storage"])[0].text == f"{storage}: nobody may not write there"
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents[:2]:
        folder.chmod(0o755)
    storage.chmod(0o777)
    assert "may not write" not in examine(context, ["storage"])[0].text


_STRANGER = """
import sys
from dataclasses import replace
from pathlib import Path
from edgedet.doctor import examine, gather
context = replace(gather(Path(sys.argv[1])), user="daemon")
for found in examine(context, ["settings"]):
    print(found.severity, found.text, found.fix)
storage = context.config.storage.model_copy(update={"path": Path(sys.argv[2])})
context = replace(context, settings=context.config.model_copy(update={"storage": storage}))
for found in examine(context, ["storage", "space", "wear", "database"]):
    print(found.severity, found.text, found.fix)
"""


@pytest.mark.slow
@as_root
def test_somebody_else_is_told_to_ask_as_root() -> None:
    """Neither root nor the camera's user: what is out of reach for them may be in order."""
    python = "/usr/bin/python3"
    version = subprocess.run([python, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True)
    if version.stdout.strip() != str(sys.version_info[:2]):
        pytest.skip("needs Debian's Python of the same version, which another user may run")
    secret = Path("/var/lib") / f"edgedet-test-{os.getpid()}"
    (secret / "events").mkdir(parents=True)
    (secret / "edgedet.toml").write_text("")
    secret.chmod(0o700)
    environ = {
        "PYTHONPATH": f"{ROOT}:{Path(pytest.__file__).parents[1]}",
        "HOME": "/nonexistent",
        "PATH": "/usr/bin:/bin",
    }
    try:
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        command = [*nobody, python, "-c", _STRANGER, secret / "edgedet.toml", secret / "events"]
        result = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60)
    finally:
        shutil.rmtree(secret)
    assert result.returncode == 0, result.stderr
    assert "error" not in result.stdout, result.stdout
    assert "failed" not in result.stdout, result.stdout
    assert f"nobody may not read it, so the defaults are looked at {SUDO}" in result.stdout
    assert f"{secret}/events: out of reach for nobody {SUDO}" in result.stdout


@pytest.mark.slow
@as_root
def test_a_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"can't mount here: {mounted.stderr.strip()}")
    try:
        (disk / "film").write_bytes(bytes(59 * 2**20))
        code, found = _doctor("--only", "space", "--only", "storage", EDGEDET_STORAGE=str(disk))
        assert code == 2
        assert "nothing can be written" in found["space"]["text"]
        assert "tmpfs is in memory" in found["storage"]["text"]
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.slow
def test_beside_a_running_edgedet_nothing_is_taken_for_a_fault(tmp_path: Path) -> None:
    """Its port, its database and its store are in use, and that is fine."""
    storage = tmp_path / "events"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    file = _settings(tmp_path, f'[storage]\npath = "{storage}"\n[mjpeg]\nport = {port}\n')
    with running(tmp_path, "--config", file) as camera:
        camera.wait_for("live picture")
        code, found = _doctor("--config", file)
    assert code < 2, [each for each in found.values() if each["severity"] == "error"]
    assert "running edgedet's" in found["ports"]["text"]
    assert found["database"]["severity"] == "ok"
    assert "beside the running edgedet" in found["model"]["text"]


@pytest.mark.slow
def test_this_very_machine_has_nothing_that_keeps_edgedet_from_working(tmp_path: Path) -> None:
    file = _settings(tmp_path, f'[storage]\npath = "{tmp_path}/events"\n[mjpeg]\nport = 0\n')
    code, found = _doctor("--config", file)
    assert code < 2, [each for each in found.values() if each["severity"] == "error"]
    assert not [each["text"] for each in found.values() if "the check itself failed" in each["text"]]
    assert shutil.which("edgedet") or found["version"]["severity"] == "ok"
