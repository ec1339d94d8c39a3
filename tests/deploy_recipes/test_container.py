"""The container file."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.places import ROOT

FILE = ROOT / "deploy/container/Containerfile"


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", "".join(line for line in FILE.open() if not line.startswith("#")))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def test_it_runs_as_nobody_special_and_copies_what_there_is() -> None:
    last = max(i for i, (word, _) in enumerate(instructions()) if word == "FROM")
    final = instructions()[last:]
    assert ("USER", "edgedet") in final
    assert not [rest for word, rest in final if word == "RUN" and "pip" in rest]
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            assert all((ROOT / source).exists() for source in sources)


def test_what_it_builds_is_what_a_wheel_is_made_of() -> None:
    copied = {source for word, rest in instructions() if word == "COPY" for source in rest.split()[:-1]}
    assert {"pyproject.toml", "README.md", "LICENSE", "edgedet", "models", "systemd"} <= copied


@pytest.mark.slow
def test_it_is_built_and_detects(tmp_path: Path) -> None:
    """On a Debian made here: no registry is asked."""
    from tests.deploy_recipes.roots import root

    if shutil.which("buildah") is None:
        pytest.skip("needs buildah: apt install buildah")
    buildah = [
        "buildah",
        "--root",
        str(tmp_path / "root"),
        "--runroot",
        str(tmp_path / "run"),
        "--storage-driver",
        "vfs",
    ]

    def run(*command: object) -> str:
        done = subprocess.run([*buildah, *map(str, command)], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout.strip()

    with root("trixie") as folder:
        certificates = "/etc/ssl/certs/ca-certificates.crt"
        (folder / "etc/pip.conf").write_text(f"[global]\ncert = {certificates}\n")
        base = run("from", "scratch")
        mounted = run("mount", base)
        subprocess.run(["cp", "-a", f"{folder}/.", mounted], check=True)
        run("umount", base)
        run("commit", "-q", "--rm", base, "localhost/base")
    arguments = ["--build-arg", "BASE=localhost/base", "--build-arg", "EXTRAS=web"]
    run("bud", "--isolation", "chroot", "--network", "host", *arguments, "-f", FILE, "-t", "localhost/edgedet", ".")
    camera = run("from", "localhost/edgedet")
    assert run("run", "--isolation", "chroot", camera, "--", "id", "-un") == "edgedet"
    said = run("run", "--isolation", "chroot", camera, "--", "edgedet", "run", "--frames", "30", "--no-web")
    assert "found: " in said
    assert "nothing" not in said
