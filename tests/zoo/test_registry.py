"""What the registry holds, and what a user's own may say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edgedet.errors import ConfigError, ModelError
from edgedet.inference.labels import fit_labels
from edgedet.zoo.folder import bundled_models, find_model, user_folder
from edgedet.zoo.registry import load_registry
from tests.places import MODEL, shared


def test_every_entry_says_where_it_is_from() -> None:
    entries = load_registry()
    assert len(entries) >= 20
    for entry in entries.values():
        assert entry.url.startswith("https://")
        assert entry.source.startswith("https://")
        assert entry.description
        assert entry.hash_from
        assert entry.input is not None
        assert entry.labels is not None
        assert fit_labels(entry.labels, 90, entry.name) == entry.labels
        assert entry.digest is not None or "first download" in entry.hash_from
    assert not set(bundled_models()) & set(entries)


def test_coral_files_have_the_blob_ids_of_the_commit_they_are_pinned_to() -> None:
    listed = dict(reversed(line.split()) for line in shared("data/coral-blobs.txt").read_text().splitlines())
    coral = [entry for name, entry in load_registry().items() if name.startswith("coral-")]
    assert len(coral) == 12
    for entry in coral:
        assert re.search("/test_data/[0-9a-f]{40}/", entry.url)
        assert entry.git_blob == listed[entry.url.rpartition("/")[2]]


def test_a_registry_of_ones_own_adds_models(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[labels]\nyard = ["person", "forklift"]\n'
        f'[models.mine]\nurl = "http://nas/m.tflite"\nlabels = "yard"\nsha256 = "{"AB" * 32}"\n'
        '[models.bare]\nurl = "http://nas/b.tflite"\n'
    )
    entries = load_registry(file)
    assert entries["mine"].labels == ("person", "forklift")
    assert entries["mine"].sha256 == "ab" * 32
    assert entries["bare"].digest is None
    assert len(entries) == len(load_registry()) + 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[models.a]\nurl = "ftp://x/y"', ":2: models.a.url: 'ftp://x/y': an http:// or https:// address is wanted"),
        ("[models.a]\nsize = 3", ":1: models.a.url: missing; say where the .tflite file is"),
        ('[models.a]\nurl = "http://x/y"\nsha256 = "12"', ":3: models.a.sha256: '12': 64 hexadecimal digits"),
        ('[models.a]\nurl = "http://x/y"\ngit_blob = "z"', ":3: models.a.git_blob: 'z': 40 hexadecimal digits"),
        ('[models.a]\nurl = "http://x/y"\nsize = -1', ":3: models.a.size: -1: a number of bytes is wanted"),
        ('[models.a]\nurl = "http://x/y"\ninput = 300', ":3: models.a.input: 300: [width, height] in pixels"),
        ('[models.a]\nurl = "http://x/y"\nlabels = "b"', ":3: models.a.labels: 'b': no such list; put it under [lab"),
        ('[models.a]\nurl = "http://x/y"\nlabel = "b"', ":3: models.a.label: no such key; there are url, sha256,"),
        ('[models."../a"]\nurl = "http://x/y"', ":1: models.../a: not a model's name; use letters"),
        ('[models."a.tflite"]\nurl = "http://x/y"', ":1: models.a.tflite: not a model's name"),
        ('[models.tf-ssd-mobilenet-v1]\nurl = "http://x/y"', ":1: models.tf-ssd-mobilenet-v1: this name is taken"),
        ('[labels]\nb = [1]\n[models.a]\nurl = "http://x/y"\nlabels = "b"', ":5: models.a.labels: 1: a list of names"),
        ('[models.a]\nurl = "http://x/y"\nlabels = []', ":3: models.a.labels: []: a list of names"),
        ("[models]\na = 3", ":2: models.a: a table is wanted; write [models.a]"),
        ("models = 3", ":1: models: a table is wanted; a registry has"),
        ("[model.a]", ":1: model: no such table; a registry has [models.NAME] and [labels]"),
        ("[models.a", ":1: '[models.a': expected ']'"),
    ],
)
def test_a_mistake_in_it_has_a_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_registry(file)
    assert said in str(caught.value)


def test_a_registry_that_isnt_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no such registry; give a TOML file with \[models.NAME\] tables"):
        load_registry(tmp_path / "none.toml")


def test_where_models_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EDGEDET_MODELS", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_folder() == tmp_path / ".local" / "share" / "edgedet" / "models"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")  # to be ignored, says the specification
    assert user_folder() == tmp_path / ".local" / "share" / "edgedet" / "models"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert user_folder() == tmp_path / "data" / "edgedet" / "models"
    monkeypatch.setenv("EDGEDET_MODELS", "~/models")
    assert user_folder() == tmp_path / "models"


def test_a_model_is_found_by_path_or_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDGEDET_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)
    assert find_model("bootstrap-320").samefile(MODEL)
    assert find_model("bootstrap-320-int8").samefile(MODEL)
    assert find_model("here/nothing.tflite") == Path("here/nothing.tflite")
    (tmp_path / "bootstrap-320").write_bytes(b"a file of the same name comes first")
    assert find_model("bootstrap-320") == Path("bootstrap-320")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mine.tflite").write_bytes(b"")
    assert find_model("mine") == tmp_path / "models" / "mine.tflite"
    with pytest.raises(ModelError, match="not here yet; get it with: edgedet models pull tf-ssd-mobilenet-v1"):
        find_model("tf-ssd-mobilenet-v1")
    with pytest.raises(ModelError, match=r"no such model file or name; did you mean bootstrap-320\?"):
        find_model("bootstrap-302")
    assert find_model("models") == Path("models")
