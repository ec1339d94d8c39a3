"""200 clips through 20 failures, ``kill -9`` of the uploader among them: all there, all right, none twice.

Also as a program, which says what happened: ``python -m tests.archive.test_two_hundred``.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.archive.bed import bucket_at, fill, make_bucket, needs, needs_duckdb, s3_server
from tests.archive.gate import FAULTS, Fault, Gate, gate
from tests.archive.test_upload import contents, local
from tests.places import ROOT

EVENTS, KILLS = 200, 4
FAILURES: tuple[Fault, ...] = FAULTS * 2
"""With the kills, twenty."""


class Trouble:
    """Chooses which requests fail: one in every so many; and when the uploader is killed, at last between two parts."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self._left = list(FAILURES)
        chance.shuffle(self._left)
        self._every = 3 * 2 * EVENTS // (len(FAILURES) + KILLS + 4)
        self._count, self._next = 0, self._every
        self.kill_at = [self._every * 5 * (n + 1) + chance.randrange(20) for n in range(KILLS - 1)]
        self.kills = 0
        self.process: subprocess.Popen[str] | None = None

    def choose(self, method: str, path: str) -> Fault:
        self._count += 1
        due = self._count >= self.kill_at[0] if self.kill_at else "partNumber=2" in path and self.kills < KILLS
        if due and self.process is not None:
            self.kill_at = self.kill_at[1:]
            self.process.send_signal(signal.SIGKILL)
            self.kills += 1
            return ""
        fit = [fault for fault in self._left if method == "PUT" or fault not in ("reset", "truncate")]
        if not fit or self._count < self._next:
            return ""
        self._next += self._every
        self._left.remove(fit[0])
        return fit[0]


def push(root: Path, name: str, way: Gate, trouble: Trouble) -> Counter[str]:
    """Run ``edgedet archive push`` until it has done all, as a person would that sees it end; how it ended."""
    settings = root / "edgedet.toml"
    settings.write_text(
        f'[storage]\npath = "{root}"\n[archive]\nbucket = "s3://{name}/porch"\nendpoint = "http://127.0.0.1:{way.port}"\n'
    )
    environ = {**os.environ, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    command = [sys.executable, "-m", "tests.archive.pushing", "archive", "push", "--json", "--config", str(settings)]
    ends: Counter[str] = Counter()
    for _ in range(40):
        with subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            trouble.process = process
            out, errors = process.communicate(timeout=900)
            trouble.process = None
        assert "Traceback" not in errors, errors
        ends[str(process.returncode)] += 1
        ends["tried again"] += errors.count("trying again")
        if process.returncode == 0:
            assert json.loads(out)["waiting"] == 0
            return ends
        assert process.returncode == -signal.SIGKILL or re.search(r"edgedet: error: s3://\S+ .*", errors), errors
    raise AssertionError(f"never done: {ends}")


def show(root: Path) -> dict[str, object]:
    with s3_server() as port, gate(port, slow_s=5.0) as way:
        make_bucket(port, "archive")
        ids = fill(root, EVENTS - 2) + fill(root, 2, 18 << 20, first=5000)  # two that go in parts
        trouble = Trouble(8)
        way.choose = trouble.choose
        began = time.monotonic()
        ends = push(root, "archive", way, trouble)
        seconds = time.monotonic() - began
        assert trouble.kills == KILLS
        assert way.done == Counter(FAILURES), way.done
        assert contents(port, "archive") == local(root, ids)  # each once, by key; each right, by hash
        lines = [bucket_at(port, "archive").read(each.key) for each in bucket_at(port, "archive").list("lines/")]
        told = Counter(json.loads(line)["event"] for line in b"".join(lines).splitlines())
        assert told == Counter(ids)
        answer = readme_query(root, port)
        failures = way.done.total() + trouble.kills
        return {"events": len(ids), "failures": failures, "ends": dict(ends), "requests": len(way.asked),
                "seconds": round(seconds), "readme_query": answer}  # fmt: skip


def readme_query(root: Path, port: int) -> str:
    """What README's example says of the catalogue, exactly as it stands there."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    archive = text[text.index("\n## Archive\n") :]
    (query,) = re.findall(r"^python3 -c .*read_parquet.*$", archive, re.MULTILINE)
    folder = root / "workstation"
    folder.mkdir()
    (folder / "edgedet.toml").write_text(
        f'[archive]\nbucket = "s3://archive/porch"\nendpoint = "http://127.0.0.1:{port}"\n'
    )
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {**os.environ, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "PATH": path}
    make = [sys.executable, "-m", "edgedet", "archive", "catalogue"]
    subprocess.run(make, cwd=folder, env=environ, check=True, timeout=300, stdout=subprocess.PIPE)
    done = subprocess.run(query, shell=True, cwd=folder, env=environ, check=True, timeout=300, capture_output=True)
    return done.stdout.decode()


@pytest.mark.slow
@needs
@needs_duckdb
def test_two_hundred_clips_through_twenty_failures(tmp_path: Path) -> None:
    said = show(tmp_path)
    assert said["failures"] == 20
    answer = str(said["readme_query"])
    assert "front" in answer
    assert "person" in answer
    assert "200" in answer


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        result = show(Path(folder))
    print(result.pop("readme_query"))
    print(json.dumps(result))
