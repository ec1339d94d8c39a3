"""Which models can be pulled beside edgedet's own list, and whose word is taken for them."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from edgedet.config.section import Section
from edgedet.config.section import key as setting
from edgedet.minisign import PublicKey


class ZooConfig(Section):
    """A registry of your own: more models for ``edgedet models``."""

    registry: str = setting(
        "", "more models: a TOML file or its http(s) address; empty: edgedet's own only", "--registry"
    )
    key: list[str] = setting([], "minisign public keys, one of which must have signed it; none: it needn't be signed")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for text in self.key:
            try:
                PublicKey.parse(text)
            except ValueError as error:
                raise ValueError(f"key: {error}") from None
        if self.key and not self.registry:
            raise ValueError("key: there is nothing to verify; set registry too")
        if self.registry.startswith(("http://", "https://")) and not self.key:
            raise ValueError("key: a registry from the network must be signed; give its owner's minisign public key")
        return self
