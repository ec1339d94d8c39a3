"""What every command promises: exit codes, one line on stderr, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from edgedet.cli import COMMANDS, cli
from tests.cli.script import edgedet


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["rnu"], "rnu: no such command; did you mean run?"),
        (["zzz"], "zzz: no such command; there are run, detect, inspect, bench, events, "),
        (["--hlep"], "No such option '--hlep'"),
        (["config", "chekc"], "No such command 'chekc'"),
        (["config", "show", "--confidenc", "1"], "No such option '--confidenc'"),
        (["config", "show", "-c"], "Option '-c' requires an argument."),
        (
            ["config", "show", "-c", "-1"],
            "--confidence: detect.confidence: -1 is not a number from 0 to 1, such as 0.5",
        ),
        (["config", "show", "--config", "nope"], "nope: no such file"),
        (["config", "show", "rtsp://u:hunter2@h/"], "Got unexpected extra argument (rtsp://***@h/)"),
        (["run", "--frames", "0"], "Invalid value for '--frames'"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(args: list[str], said: str, tmp_path: Path) -> None:
    done = edgedet(*args, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"edgedet: error: {said}")
    assert done.stderr.count("\n") == 1
    assert "hunter2" not in done.stderr


def test_every_mistake_of_a_file_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "edgedet.toml").write_text("[detect]\niou = 2\nzork = 1\n")
    done = edgedet("run", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "edgedet: error: edgedet.toml:3: detect.zork: no such key; "
        "[detect] has confidence, class_confidence, iou, max_detections",
        "edgedet: error: edgedet.toml:2: detect.iou: 2 is not a number from 0 to 1, such as 0.5",
    ]


@pytest.mark.parametrize(("value", "shown"), [("1", True), ("0", False)])
def test_only_who_asks_gets_a_traceback(value: str, shown: bool, tmp_path: Path) -> None:
    done = edgedet("config", "check", "nope", cwd=tmp_path, env={"EDGEDET_DEBUG": value})
    assert done.returncode == 2
    assert ("Traceback" in done.stderr) is shown


def test_an_internal_error_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    code = (
        "import sys; from edgedet import cli; cli.COMMANDS['run'] = ('edgedet.nowhere:run', ''); "
        "sys.argv = ['edgedet', 'run']; cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "edgedet: internal error: ModuleNotFoundError: No module named 'edgedet.nowhere'; "
        "please report it (EDGEDET_DEBUG=1 shows where)\n"
    )


@pytest.mark.parametrize("raised", ["KeyboardInterrupt()", "MemoryError()", 'RuntimeError("can\'t start new thread")'])
def test_ctrl_c_is_silent_and_no_memory_is_a_line(raised: str, tmp_path: Path) -> None:
    code = (
        f"import sys; from edgedet import cli; cli.cli.callback = lambda *a: (_ for _ in ()).throw({raised}); "
        "sys.argv = ['edgedet']; cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    if raised == "KeyboardInterrupt()":
        assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
    else:
        assert done.returncode == 2
        assert done.stderr.startswith("edgedet: error: not enough memory; ")


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    reader.wait()
    done = edgedet("config", "show", cwd=tmp_path, stdout=reader.stdin)
    assert (done.returncode, done.stderr) == (0, "")
    assert reader.stdin is not None
    reader.stdin.close()


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = edgedet("config", "show", cwd=tmp_path, stdout=full)
    assert done.returncode == 2
    assert done.stderr == "edgedet: error: output: can't be written (No space left on device); make room\n"


@pytest.mark.parametrize("args", [[], ["--help"], ["--version"], ["rnu"]])
def test_help_loads_nothing_heavy(args: list[str], tmp_path: Path) -> None:
    code = (
        "import sys, atexit; heavy = {'numpy', 'cv2', 'pydantic', 'av', 'rich', 'imutils', 'ai_edge_litert'}; "
        "atexit.register(lambda: print('LOADED', sorted(heavy & sys.modules.keys()))); "
        f"sys.argv = ['edgedet', *{args}]; from edgedet.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_the_module_runs_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "edgedet", "--version"], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout == edgedet("--version").stdout
    assert done.stdout.startswith("edgedet 0.")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    done = CliRunner().invoke(cli, [name, "--help"])
    assert done.exit_code == 0
    assert done.stdout.startswith(f"Usage: cli {name}")


@pytest.mark.parametrize(
    ("words", "offered"),
    [("edgedet r", "run"), ("edgedet config show --conf", "--confidence"), ("edgedet run -m x", "x")],
)
def test_completion(words: str, offered: str, tmp_path: Path) -> None:
    env = {"_EDGEDET_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = edgedet(cwd=tmp_path, env=env)
    assert offered in [line.partition(",")[2] for line in done.stdout.splitlines()]
