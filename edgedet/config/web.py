"""Who may look, from where, and how it is kept safe."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from edgedet.config.section import Section, key


class WebConfig(Section):
    """The page, its interface for programs, and who may use them."""

    enabled: bool = key(False, "serve the page, for people with a password")
    host: str = key("127.0.0.1", "address to listen on, once there is a user; 0.0.0.0: the whole network", min_length=1)
    port: int = key(8080, "port to listen on; 0: any free one", ge=0, le=65535)
    names: list[Annotated[str, Field(min_length=1)]] = key(
        [], "names this machine is called by, besides its own name and addresses"
    )
    tls: bool = key(False, "encrypt; needs a certificate, which edgedet web cert makes")
    cert_file: Path | None = key(None, "certificate, with its chain (PEM); none: the one of edgedet web cert")
    key_file: Path | None = key(None, "private key of the certificate (PEM)")
    redirect_port: int = key(0, "port where plain http is sent on to https; 0: none", ge=0, le=65535)
    trusted_proxies: list[Annotated[str, Field(min_length=1)]] = key(
        [], "addresses of reverse proxies whose X-Forwarded-For and -Proto are believed"
    )
    session_hours: int = key(168, "hours after which one must log in again", ge=1, le=8760)
    idle_hours: int = key(24, "hours without a request after which one must log in again", ge=1, le=8760)
    max_connections: int = key(200, "connections at once; the longest idle ones make room", ge=8, le=5000)
    metrics: Literal["token", "open"] = key("token", "who may read /metrics: those with a token or session, or anybody")
    state: Path | None = key(None, "folder for users and tokens; none: storage.path, else the user's state folder")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together; set both or neither")
        if not self.tls and (self.cert_file is not None or self.redirect_port):
            raise ValueError("cert_file, key_file and redirect_port are for encryption; set tls = true")
        if self.redirect_port and self.redirect_port == self.port:
            raise ValueError(f"redirect_port {self.port} is the port itself; choose another")
        if self.idle_hours > self.session_hours:
            raise ValueError(f"idle_hours {self.idle_hours} is more than session_hours {self.session_hours}; lower it")
        for each in self.trusted_proxies:
            _check_network(each)
        return self


def _check_network(text: str) -> None:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(
            f"trusted_proxies: {text!r} is no address; give one such as 192.168.1.5 or 10.0.0.0/24"
        ) from None
