"""Who is told of events."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from edgedet.config.section import Section, key
from edgedet.schedule import parse
from edgedet.template import Template


class NotifyConfig(Section):
    """Messages about events, to phones, mailboxes, chats and programs, with the picture."""

    urls: list[str] = key([], "who is told: addresses as apprise has them, such as ntfy://... (shown as ntfy://***)")
    urls_file: Path | None = key(None, "file with more of them, one a line, readable by this user alone")
    urls_credential: str = key("", "instead: name of the systemd credential with them")
    webhook: str = key("", "address that gets each message as JSON; empty: none (shown as https://host/***)")
    webhook_secret_file: Path | None = key(None, "file with the secret that signs it, readable by this user alone")
    webhook_secret_credential: str = key("", "instead: name of the systemd credential with the secret")
    webhook_picture: Literal["multipart", "base64", "none"] = key(
        "multipart", "how the picture goes to the webhook: as a part of its own, inside the JSON, or not at all"
    )
    on: list[Literal["start", "end"]] = key(["start"], "when to tell: as an event starts, as it ends", min_length=1)
    rules: list[str] = key([], "events of which rules; none: all")
    labels: list[str] = key([], "events of which labels; none: all")
    cameras: list[str] = key([], "events of which cameras; none: all")
    zones: list[str] = key([], "events that have been in one of these zones; none: anywhere")
    quiet: str = key("", 'when nothing is told, such as "22:00-06:00; sat,sun"; empty: never')
    time_zone: str = key("", "whose clock quiet and {time} mean, such as Europe/Berlin; empty: the system's")
    every: float = key(30.0, "seconds between the starts told of a rule at a camera, at least", ge=0, le=86400)
    title: str = key("{label} at {camera}", "first line, with {label}, {camera} and the like", min_length=1)
    body: str = key("{time} {phase}, {score} {zone}\n{link}", "the rest of the message, with the same")
    link: str = key("", "what {link} stands for, such as http://camera.local:8080/#/events/{id}")
    wait: float = key(2.0, "seconds after which a start is told, with the best picture by then", ge=0, le=60)
    give_up: float = key(86400.0, "seconds after which a message that can't be sent is given up", ge=60, le=2592000)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name in ("title", "body", "link"):
            Template(name, getattr(self, name))
        try:
            parse(self.quiet, self.time_zone)
        except ValueError as error:
            raise ValueError(str(error).replace("schedule: ", "quiet: ", 1)) from None
        for name in ("urls", "webhook_secret"):
            if getattr(self, f"{name}_file") is not None and getattr(self, f"{name}_credential"):
                raise ValueError(f"{name}_credential: {name}_file is set too, and is the same thing; keep one")
        for name in ("webhook_secret_file", "webhook_secret_credential"):
            if getattr(self, name) and not self.webhook:
                raise ValueError(f"{name}: there is nothing to sign; set webhook too")
        return self

    @property
    def wanted(self) -> bool:
        """Whether anybody is told at all."""
        return bool(self.urls or self.urls_file or self.urls_credential or self.webhook)
