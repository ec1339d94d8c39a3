"""A model in a process of its own: the same detections, and a death that is survived."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from edgedet.errors import ConfigError, InferenceLost, ModelError
from edgedet.inference.apart import keeper, runtime
from edgedet.inference.apart.process import Launch
from edgedet.inference.apart.runtime import ApartRuntime, open_apart
from edgedet.inference.detector import Detector
from tests.inference.apart import misbehaving
from tests.inference.apart.misbehaving import ABORT, BURY, ESCAPE, ESCAPES, EXIT, GARBAGE, HANG, REFUSE, SEGV
from tests.places import MODEL


def open_misbehaving(model: str | Path = "any", sandbox: bool = False) -> ApartRuntime:
    opened = ApartRuntime(Launch(Path(model), sandbox=sandbox, module=misbehaving.__name__))
    opened.keep()
    return opened


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "RETRY_FIRST", 0.05)
    monkeypatch.setattr(runtime, "HANGS_AFTER", 0.4)
    monkeypatch.setattr(runtime, "FIRST_WITHIN", 0.4)


@pytest.fixture
def behaved(soon: None) -> Iterator[ApartRuntime]:
    opened = open_misbehaving()
    ask(opened, 1)
    yield opened
    opened.close()


def ask(opened: ApartRuntime, first: int) -> float:
    """Its answer to an input of this element and ones."""
    values = opened.input()
    values[...] = 1
    values.flat[0] = first
    opened.invoke()
    return float(opened.output(opened.outputs[0])[0, 0])


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def pictures(count: int = 4) -> list[np.ndarray]:
    random = np.random.default_rng(3)
    return [random.integers(0, 255, (240, 320, 3), np.uint8, endpoint=True) for _ in range(count)]


@pytest.mark.parametrize(("isolate", "threads"), [("process", 1), ("sandbox", 2)])
def test_the_same_detections_bit_for_bit(isolate: str, threads: int) -> None:
    here = Detector(MODEL, confidence=0.01, threads=threads)
    there = Detector(MODEL, confidence=0.01, threads=threads, isolate=isolate)
    assert there.runtime.inputs == here.runtime.inputs
    assert there.runtime.outputs == here.runtime.outputs
    assert (there.runtime.name, there.runtime.threads) == (here.runtime.name, here.runtime.threads)
    seen = 0
    for picture in pictures():
        ours, theirs = here.detect(picture), there.detect(picture)
        for tensor in here.runtime.outputs:
            np.testing.assert_array_equal(there.runtime.output(tensor), here.runtime.output(tensor))
        np.testing.assert_array_equal(theirs.boxes, ours.boxes)
        np.testing.assert_array_equal(theirs.scores, ours.scores)
        np.testing.assert_array_equal(theirs.class_ids, ours.class_ids)
        seen += len(ours)
    assert seen


@pytest.mark.parametrize(
    ("order", "words"),
    [(ABORT, "SIGABRT"), (SEGV, "SIGSEGV"), (EXIT, "exit status 7"), (HANG, "no answer in"), (BURY, "no answer in")],
)
def test_its_death_costs_one_frame(
    behaved: ApartRuntime, order: int, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(InferenceLost, match=words):
        ask(behaved, order)
    assert behaved.back(60)
    assert ask(behaved, 5) == 16
    assert behaved.report()["restarts"] == 1
    assert [
        record.message for record in caplog.records if words in record.message and "started again" in record.message
    ]


def test_a_kill_from_outside_is_survived(behaved: ApartRuntime) -> None:
    for _ in range(2):
        pid = behaved.report()["pid"]
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda pid=pid: behaved.report()["pid"] not in (pid, None))  # type: ignore[misc]
        assert ask(behaved, 2) == 13
    assert behaved.report()["restarts"] == 2


def test_meanwhile_each_frame_is_lost_at_once(behaved: ApartRuntime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "RETRY_FIRST", 30.0)
    with pytest.raises(InferenceLost):
        ask(behaved, ABORT)
    wait_until(lambda: behaved.report()["state"] == "restarting")
    start = time.monotonic()
    with pytest.raises(InferenceLost, match="SIGABRT"):
        ask(behaved, 1)
    assert time.monotonic() - start < 0.5
    behaved.close()  # doesn't wait for the pause to end
    assert time.monotonic() - start < 2


def test_what_makes_no_sense_is_no_answer(behaved: ApartRuntime) -> None:
    with pytest.raises(InferenceLost, match="no sense"):
        ask(behaved, GARBAGE)
    assert behaved.back(60)


def test_an_interpreter_that_refuses_is_no_death(behaved: ApartRuntime) -> None:
    with pytest.raises(ModelError, match="it will not") as caught:
        ask(behaved, REFUSE)
    assert not isinstance(caught.value, InferenceLost)
    assert ask(behaved, 1) == 12
    assert behaved.report()["restarts"] == 0


@pytest.mark.parametrize(("model", "words"), [("refused", "can't be loaded"), ("crashes", "SIGABRT")])
def test_the_first_has_to_start(model: str, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        open_misbehaving(model)


def test_a_death_before_it_is_kept_is_final() -> None:
    opened = ApartRuntime(Launch(Path("any"), module=misbehaving.__name__))
    with pytest.raises(ModelError, match="SIGABRT"):
        ask(opened, ABORT)
    assert not opened.back(1)
    opened.close()


def ask_until_it_is_gone() -> None:
    opened = ApartRuntime(Launch(Path("brief"), module=misbehaving.__name__))
    while True:
        ask(opened, 1)


def test_it_may_die_right_after_its_hello() -> None:
    with pytest.raises(ModelError, match="exit status 3"):
        ask_until_it_is_gone()


def test_nothing_is_left_of_it() -> None:
    open_misbehaving().close()
    gc.collect()
    files, me = open_files(), psutil.Process()
    opened = open_misbehaving()
    pid = opened.report()["pid"]
    del opened
    gc.collect()
    wait_until(lambda: not psutil.pid_exists(pid))
    assert not [child for child in me.children() if child.status() == psutil.STATUS_ZOMBIE]
    assert open_files() == files


SCRIPT = """
import sys, time
from tests.inference.apart.test_runtime import ask, open_misbehaving
opened = open_misbehaving()
print(opened.report()["pid"], flush=True)
ask(opened, int(sys.argv[1]))
time.sleep(60)
"""


@pytest.mark.parametrize("order", [1, HANG])
def test_it_ends_with_its_parent(order: int) -> None:
    parent = subprocess.Popen([sys.executable, "-c", SCRIPT, str(order)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    time.sleep(0.2)
    parent.kill()
    parent.communicate()
    wait_until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE, 10)


def test_nothing_can_be_done_in_a_sandbox(tmp_path: Path, soon: None) -> None:
    model = tmp_path / "any"
    model.touch()
    opened = open_misbehaving(model, sandbox=True)
    values = opened.input()
    values[...] = ESCAPE
    opened.invoke()
    denied, escaped = opened.output(opened.outputs[0])[0, :2].astype(int)
    assert escaped == -1, f"escape {escaped} of {len(ESCAPES)} was let through"
    assert denied == len(ESCAPES)
    assert not Path("/tmp/edgedet-escaped").exists()
    with pytest.raises(InferenceLost, match="SIGABRT"):  # which it may: it is its own process
        ask(opened, ABORT)
    assert opened.back(60)
    opened.close()


def test_the_attempts_are_real() -> None:
    for attempt in (misbehaving._open_passwd, misbehaving._make_code):
        attempt()


def test_passwords_are_not_handed_on_and_memory_runs_out_for_the_model_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_PASSWORD", "hunter2")
    opened = open_misbehaving()
    process = Path(f"/proc/{opened.report()['pid']}")
    assert b"hunter2" not in (process / "environ").read_bytes()
    assert int((process / "oom_score_adj").read_text()) == 500
    opened.close()


def test_a_delegate_and_a_sandbox_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match="sandbox"):
        open_apart(MODEL, delegate="libedgetpu.so.1", sandbox=True)
