"""What a changed settings file means for a camera that runs: what can change while it does, and what can't."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from edgedet.config import CameraConfig, Config, Section
from edgedet.settings import Settings

LIVE = frozenset({"detect", "motion", "zones", "lines", "rules", "retention"})
"""The tables whose changes a running camera takes over; all others are for its next start."""
_OWN = [name for name in CameraConfig.model_fields if name != "name"]
_SHARED = [name for name in Config.model_fields if name not in _OWN and name != "camera"]


@dataclass(frozen=True, slots=True)
class Reload:
    """The step from one configuration to the next.

    Attributes:
        config: what is in force after it: the new values where they can change, the old ones where they can't.
        apply: what changes now, by camera: ``rules.person.threshold``; ``rules.dog`` for a table that came or went.
        shared: what changes now for all cameras together, such as ``retention.days``.
        restart: what has to wait for the next start, by key name; ``camera.back`` for a camera that came or went.
    """

    config: Config
    apply: Mapping[str, tuple[str, ...]]
    shared: tuple[str, ...]
    restart: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """All of it in words, one line for what is applied and one for what isn't."""
        changed = [*self.shared]
        for camera, names in self.apply.items():
            changed += [_full(self.config, camera, name) for name in names]
        said = [f"applied: {', '.join(changed)}"] if changed else []
        said += [f"needs a restart: {', '.join(self.restart)}"] if self.restart else []
        return said or ["nothing has changed"]


def reread(settings: Settings, labels: Collection[str] | None = None) -> tuple[Settings, Reload]:
    """Read the settings file again: the settings in force from now on, and what is to be done for it.

    Args:
        settings: those in force until now.
        labels: those of the model, which zones, rules and privacy may name; None: any.

    Raises:
        ConfigError: the file can't be used, a line for each thing that is wrong; the old settings go on.
    """
    new = settings.again()
    if labels is not None:
        new.check_labels(labels)
    change = plan(settings.config, new.config)
    return replace(new, config=change.config), change


def plan(old: Config, new: Config) -> Reload:
    """What of a new configuration a running program takes over from the old one. Changes nothing itself."""
    apply: dict[str, tuple[str, ...]] = {}
    restart: list[str] = []
    shared: list[str] = []
    for name in _SHARED:
        (shared if name in LIVE else restart).extend(_differences(name, getattr(old, name), getattr(new, name)))
    before, after = ({camera.name: camera for camera in config.cameras} for config in (old, new))
    restart += [f"camera.{name}" for name in before.keys() ^ after.keys()]
    cameras = []
    for name, camera in before.items():
        if name in after:
            changed = [each for section in _OWN for each in _changes(section, camera, after[name])]
            restart += [_full(new, name, each) for each in changed if each.partition(".")[0] not in LIVE]
            if live := tuple(each for each in changed if each.partition(".")[0] in LIVE):
                apply[name] = live
            camera = camera.model_copy(update={each: getattr(after[name], each) for each in _OWN if each in LIVE})
        cameras.append(camera)
    update = {name: getattr(new, name) for name in _SHARED if name in LIVE}
    if old.camera:
        update["camera"] = tuple(cameras)
    else:
        update |= {name: getattr(cameras[0], name) for name in _OWN}
    return Reload(old.model_copy(update=update), apply, tuple(shared), tuple(sorted(restart)))


def _changes(name: str, old: CameraConfig, new: CameraConfig) -> Iterator[str]:
    """The keys that differ in one of a camera's sections, or in its zones, lines or rules."""
    one, other = getattr(old, name), getattr(new, name)
    if isinstance(one, Section):
        yield from _differences(name, one, other)
        return
    for each in dict.fromkeys([*one, *other]):
        if each in one and each in other:
            yield from _differences(f"{name}.{each}", one[each], other[each])
        else:
            yield f"{name}.{each}"


def _differences(name: str, old: Section, new: Section) -> Iterator[str]:
    for short in type(old).model_fields:
        if getattr(old, short) != getattr(new, short):
            yield f"{name}.{short}"


def _full(config: Config, camera: str, name: str) -> str:
    """A camera's key as ``edgedet config show`` calls it."""
    return f"camera.{camera}.{name}" if config.camera else name
