"""A file with the addresses of those who are told, as apprise has them: taken, or refused without what is secret."""

from __future__ import annotations

from edgedet.config.notify import NotifyConfig
from edgedet.notify.targets import open_targets
from tests.fuzz.judge import SECRET, Wrong
from tests.fuzz.scratch import put

LONGEST = 512
WORDS = (
    b"ntfy://", b"tgram://123456789:", b"mailtos://user:\1@example.com", b"slack://", b"discord://", b"json://\1@host",
    b"?token=\1", b"\n", b"#", b"%01", b"?cto=1e999", b"?rto=-1", b"[::1]", b":99999", b"&format=html", b"\xff",
    b"pover://", b"?schema=ntfy", b"mqtt://", b"windows://", b"macosx://", b"://", b"@", b"?to=",
)  # fmt: skip


def case(data: bytes) -> None:
    """A byte 1 stands for a secret between slashes."""
    path = put("addresses.txt", data.replace(b"\1", f"/{SECRET}/".encode()))
    path.chmod(0o600)
    for target in open_targets(NotifyConfig(urls_file=path)):
        if SECRET in target.name or not target.name.isprintable():
            raise Wrong(f"shown as {target.name!r}")


def seeds() -> list[bytes]:
    texts = (
        "ntfy://topic\n# a comment\n\njson://localhost:8080/x\n",
        "tgram://123456789:abcdefg_hijklmnop/12315544/\n",
        "mailtos://user:\1@example.com?to=a@example.com",
        "nonsense://\1\n",
        "",
        "https://discord.com/api/webhooks/12345678901234567/\1",
    )
    return [text.encode() for text in texts]
