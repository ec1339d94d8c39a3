"""The layer and configuration for rpi-image-gen, which isn't here: their form, and the layer's hook for real."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.places import ROOT

yaml = pytest.importorskip("yaml")
LAYER = ROOT / "deploy/image/layer/edgedet-camera.yaml"
CONFIG = ROOT / "deploy/image/config/edgedet-camera.yaml"
FIELDS = {"Layer-Name", "Layer-Version", "Layer-Category", "Layer-Desc", "Layer-Requires", "VarPrefix"}
"""Of those that its metadata parser knows (site/metadata_parser.py), the ones used here."""


def metadata() -> dict[str, str]:
    """The fields between METABEGIN and METAEND, as Debian control fields."""
    text = LAYER.read_text()
    block = text[text.index("# METABEGIN\n") + 12 : text.index("# METAEND\n")]
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        assert line.startswith("#")
        if line.startswith("#  "):
            fields[name] += " " + line[3:].strip()
        elif line != "#":
            name, colon, value = line.removeprefix("# ").partition(":")
            assert colon
            fields[name] = value.strip()
    return fields


def test_the_layer_says_only_what_its_reader_knows() -> None:
    fields = metadata()
    variables = {match[1] for name in fields if (match := re.fullmatch(r"X-Env-Var-([a-z0-9_]+)", name))}
    assert variables == {"checkout", "source", "extras"}
    for name in fields:
        short = name.removeprefix("X-Env-")
        if short.startswith("Var-"):
            variable, _, attribute = short.removeprefix("Var-").partition("-")
            assert variable in variables
            assert attribute in ("", "Desc", "Required", "Valid", "Set")
        else:
            assert short in FIELDS
    assert re.fullmatch(fields["X-Env-Var-extras-Valid"].removeprefix("regex:"), fields["X-Env-Var-extras"])


def test_the_hook_uses_declared_variables_and_is_sound_shell() -> None:
    body = yaml.safe_load(LAYER.read_text())["mmdebstrap"]
    assert "python3-picamera2" in body["packages"]
    (hook,) = body["customize-hooks"]
    used = set(re.findall(r"IGconf_(\w+)", hook))
    assert used == {"edgedet_checkout", "edgedet_source", "edgedet_extras"}
    assert subprocess.run(["sh", "-n"], input=hook, text=True).returncode == 0


def test_the_configuration_includes_the_layer() -> None:
    config = yaml.safe_load(CONFIG.read_text())
    assert metadata()["X-Env-Layer-Name"] in config["layer"]
    assert config["image"]["layer"] == "image-rpios"


@pytest.mark.slow
def test_the_hook_installs_into_a_root() -> None:
    from tests.deploy_recipes.roots import inside, root

    (hook,) = yaml.safe_load(LAYER.read_text())["mmdebstrap"]["customize-hooks"]
    with root("trixie") as folder:
        (folder / "hook").write_text(hook)
        # the tool runs it outside, with the root's name; a shell with the root's mounts is the nearest thing
        command = f"mount -t proc proc {folder}/proc && mount --rbind /dev {folder}/dev && sh {folder}/hook {folder}"
        given = {"checkout": ROOT, "source": "picam:", "extras": "web"}
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "env", "-u", "PIP_FIND_LINKS",
             *(f"IGconf_edgedet_{name}={value}" for name, value in given.items()), "PIP_NO_CACHE_DIR=1",
             "bash", "-c", command],
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        shown = inside(folder, "edgedet", "config", "show", "--config", "/etc/edgedet/edgedet.toml")
        assert re.search(r'source\.uri +"picam:"', shown.stdout), shown.stdout + shown.stderr
        assert (folder / "etc/systemd/system/multi-user.target.wants/edgedet.service").is_symlink()
        assert not (folder / "var/tmp/edgedet").exists()
