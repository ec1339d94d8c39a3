"""A registry of one's own, as the settings name it: a file or an address, believed only if its owner signed it.

Nothing in it is looked at before its signature is verified, but the registry of somebody who gave no key, whose own
file it is. The signature is beside it, in ``NAME.minisig``. A signed registry has a ``serial`` that never goes back,
and states the SHA-256 of every model: so that one signature vouches for all that is pulled.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from edgedet.config.zoo import ZooConfig
from edgedet.errors import ConfigError
from edgedet.minisign import BadSignature, PublicKey, Signature
from edgedet.toml import hide, to_text
from edgedet.zoo.folder import user_folder
from edgedet.zoo.memory import Memory
from edgedet.zoo.registry import Entry, Registry, load_registry, parse_registry

log = logging.getLogger(__name__)

_MOST_BYTES = 1 << 18
_TIMEOUT = 20.0


def open_registry(config: ZooConfig) -> dict[str, Entry]:
    """Every model that can be pulled, by name: edgedet's own, and those of the registry that the settings name.

    Raises:
        ConfigError: it can't be read, isn't signed as ``zoo.key`` wants it, is older than one that was seen, or an
            entry in it is wrong.
        OutputError: which one was seen can't be written down.
        ExtraMissing: what verifies signatures isn't installed.
    """
    if not config.key:
        more = Path(config.registry) if config.registry else None
        if more is not None and _beside(more).exists():
            log.warning("%s: signed, but not verified: zoo.key has no key", more)
        return load_registry(more)
    name = hide(config.registry)
    read = _read_address if "://" in config.registry else _read_file
    content, memory = read(config.registry), Memory.load(user_folder() / "seen.json")
    signer = _verify(name, content, read, config, memory)
    own = load_registry()
    registry = parse_registry(to_text(content, name), name, own)
    serial = _fit(name, registry, signer, memory)
    memory.learn(_origin(name), serial, registry.revoked)
    log.info("%s: signed by %s, serial %d", name, signer, serial)
    return own | registry.models


def _verify(name: str, content: bytes, read: Callable[[str], bytes], config: ZooConfig, memory: Memory) -> str:
    """The id of the key that signed it."""
    keys = {key.id: key for key in map(PublicKey.parse, config.key)}
    try:
        signature = Signature.parse(read(f"{config.registry}.minisig"))
        key = keys.get(signature.key_id)
        if key is None:
            raise BadSignature(
                f"signed with the key {signature.key_id}, and zoo.key has {', '.join(keys)}; ask its owner"
            )
        if key.id in memory.revoked:
            raise BadSignature(f"signed with the key {key.id}, which its owner revoked; put the new one into zoo.key")
        signature.check(content, key)
    except BadSignature as error:
        raise ConfigError(f"{name}: {error}") from None
    return key.id


def _fit(name: str, registry: Registry, signer: str, memory: Memory) -> int:
    """Its serial number, if it is one to go by."""
    if registry.serial is None:
        raise ConfigError(f"{name}: signed, but has no serial; write serial = 1 at its top, and sign it again")
    if signer in registry.revoked:
        raise ConfigError(f"{name}: it revokes the key that signed it, {signer}; sign it with another")
    for entry in registry.models.values():
        if entry.sha256 is None:
            raise ConfigError(f"{name}: models.{entry.name}: has no sha256, which a signed registry states; add it")
    seen = memory.serials.get(_origin(name), 0)
    if registry.serial < seen:
        raise ConfigError(
            f"{name}: serial {registry.serial}, and {seen} was seen before: an old copy, or a trick; get the newest "
            f"(if its owner went back, remove {memory.path})"
        )
    return registry.serial


def _origin(registry: str) -> str:
    return registry if "://" in registry else str(Path(registry).resolve())


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".minisig")


def _read_file(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        if name.endswith(".minisig"):
            remedy = f"sign it: minisign -S -m {name.removesuffix('.minisig')}, or take zoo.key out"
            raise ConfigError(f"{name}: not there, and zoo.key wants a signature; {remedy}") from None
        raise ConfigError(f"{name}: no such registry; give a TOML file with [models.NAME] tables") from None
    except OSError as error:
        raise ConfigError(f"{name}: can't be read ({error.strerror}); check it and its permissions") from None


def _read_address(url: str) -> bytes:
    from edgedet.zoo.connection import Broken, Gone, open_url

    try:
        with open_url(url, {"Accept-Encoding": "identity"}, _TIMEOUT) as answer:
            content = bytearray()
            while len(content) <= _MOST_BYTES and (piece := answer.read(1 << 16)):
                content += piece
    except (Broken, Gone) as error:
        raise ConfigError(f"{hide(url)}: {error}; check zoo.registry and the network") from None
    return bytes(content)
