from __future__ import annotations

from pathlib import Path

import pytest

from edgedet.config.notify import NotifyConfig
from edgedet.errors import ConfigError
from edgedet.notify import build_notifier
from edgedet.notify.targets import open_targets
from edgedet.outbox import Outbox


def names(**values: object) -> list[str]:
    return [target.name.partition("-")[0] for target in open_targets(NotifyConfig(**values))]  # type: ignore[arg-type]


def private(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_nobody_is_told_by_default(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    assert build_notifier(NotifyConfig(), outbox) is None
    assert build_notifier(NotifyConfig(webhook="http://localhost/x"), outbox) is not None
    outbox.close()


def test_everybody_once_in_order(tmp_path: Path) -> None:
    pytest.importorskip("apprise", reason="needs the extra [notify]")
    file = private(tmp_path / "urls", "# phones\n\n  json://localhost/b  \njson://localhost/a\nxml://localhost\n")
    found = names(urls=["json://localhost/a"], urls_file=file, webhook="http://localhost/x")
    assert found == ["json", "json", "xml", "webhook"]


def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    pytest.importorskip("apprise", reason="needs the extra [notify]")
    file = private(tmp_path / "urls", "json://localhost\n\nnope://geheim\n")
    with pytest.raises(ConfigError) as raised:
        names(urls_file=file)
    assert str(raised.value).startswith(f"notify.urls_file: {file}:3: nope://***: apprise can't use it (")
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "no such file"), (b"", "empty; write the secret into it"), (b"\xff\xfe\x00", "it isn't text")],
)
@pytest.mark.parametrize("setting", ["urls_file", "webhook_secret_file"])
def test_a_file_that_is_of_no_use(setting: str, content: bytes | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError) as raised:
        names(webhook="http://localhost/x", **{setting: file})
    assert str(raised.value).startswith(f"notify.{setting}: {file}: ")
    assert said in str(raised.value)


def test_a_file_of_comments_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no address in it; write one a line"):
        names(urls_file=private(tmp_path / "urls", "# nothing\n"))


def test_a_systemd_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("apprise", reason="needs the extra [notify]")
    (tmp_path / "edgedet-urls").write_text("json://localhost")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert names(urls_credential="edgedet-urls") == ["json"]
    assert caplog.text == ""
    with pytest.raises(ConfigError, match=r"notify\.urls_credential: .*other: no such file"):
        names(urls_credential="other")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(ConfigError, match="systemd gave no credentials; add LoadCredential=edgedet-urls:FILE"):
        names(urls_credential="edgedet-urls")


def test_a_secret_that_others_may_read_is_used_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = private(tmp_path / "secret", "geheim\n")
    file.chmod(0o644)
    assert names(webhook="http://localhost/x", webhook_secret_file=file) == ["webhook"]
    assert f"notify.webhook_secret_file: others may read {file}; run: chmod 600 {file}" in caplog.text
    assert "geheim" not in caplog.text
