"""``edgedet explain``: why there is an event, or why there is none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgedet.cli.event_options import root_of
from edgedet.cli.options import settings_options
from edgedet.errors import ConfigError, DataError, SourceError
from edgedet.settings import Settings

if TYPE_CHECKING:
    from edgedet.config import CameraConfig
    from edgedet.events.explain import Candidate
    from edgedet.events.store.sidecar import Sidecar
    from edgedet.types import Frame

LOWEST = 0.05
"""Score from which candidates are shown."""
MARKS = {True: "yes", False: "NO", None: "?"}


@click.command()
@click.argument("what", metavar="FRAME|FILM|EVENT")
@click.option("--at", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS", help="Which frame of a film.")
@click.option("--camera", metavar="NAME", help="Whose rules; needed where there are several cameras.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@settings_options("model", "detect", "storage")
def explain(settings: Settings, what: str, at: float, camera: str | None, as_json: bool) -> None:
    """Show what each condition of each rule says.

    Of a picture, or a frame of a film: everything the detector thinks it sees, from a score of 0.05 on. Of an event,
    by its id or its event.json: why it started.

    \b
    edgedet explain photo.jpg
    edgedet explain clip.mp4 --at 12.5
    edgedet explain 20261121-104455.123-front-7f3a --storage /srv/edgedet
    """
    path = Path(what)
    if path.suffix.lower() == ".json" or not path.exists():
        sidecar = _sidecar(settings, what)
        click.echo(json.dumps(_event_dict(sidecar)) if as_json else _event_text(sidecar))
        return
    config = _one_camera(settings, camera)
    frame, candidates = _look(settings, config, path, at)
    if as_json:
        values = {"source": frame.source, "time": round(frame.time, 4), "objects": [c.to_dict() for c in candidates]}
        click.echo(json.dumps(values))
    else:
        click.echo(_frame_text(frame, candidates))


def _sidecar(settings: Settings, what: str) -> Sidecar:
    from edgedet.events.places import Places
    from edgedet.events.store.reading import find_id
    from edgedet.events.store.sidecar import read_sidecar

    path = Path(what)
    if path.suffix.lower() != ".json":
        if settings.config.storage.path is None and path.suffix:
            raise SourceError(f"{what}: no such file; give a picture, a film, or an event's id")
        root = root_of(settings)
        path = Places(root).sidecar(what)
        if not path.is_file():
            path = Places(root).sidecar(find_id(root, what))
    try:
        return read_sidecar(path)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; see: edgedet events list") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: can't be read ({error}); name another event") from None


def _one_camera(settings: Settings, name: str | None) -> CameraConfig:
    cameras = {camera.name: camera for camera in settings.config.cameras}
    names = ", ".join(cameras)
    if name is None and len(cameras) > 1:
        raise ConfigError(f"--camera: there are {len(cameras)} of them, each with its own rules; name one of {names}")
    if name is not None and name not in cameras:
        raise ConfigError(f"--camera: {name!r} is none of them; name one of {names}")
    return cameras[name] if name is not None else next(iter(cameras.values()))


def _look(settings: Settings, config: CameraConfig, path: Path, at: float) -> tuple[Frame, list[Candidate]]:
    from edgedet.config.rules import check
    from edgedet.events.explain import explain as opinions
    from edgedet.inference.kept import Limits
    from edgedet.privacy.masks import Masks
    from edgedet.stages import build_detector

    frame = Masks(config.privacy.masks).cover(_frame(path, at))
    detector = build_detector(settings.config)
    if problems := check(config.zones, config.lines, config.rules, detector.labels):
        raise ConfigError("\n".join(problems))
    limits = config.detect
    detector.limits = Limits.of(detector.labels, LOWEST, None, limits.iou, limits.max_detections)
    return frame, opinions(frame, detector.detect(frame.image), config)


def _frame(path: Path, at: float) -> Frame:
    from edgedet.capture.paths import open_paths

    source = open_paths([str(path)])
    frame = None
    source.open()
    try:
        while (read := source.read()) is not None:
            frame = read
            if frame.time >= at - 1e-3:
                return frame
    finally:
        source.close()
    if frame is None:
        raise SourceError(f"{path}: no picture in it; give a picture or a film")
    raise SourceError(f"{path}: --at {at:g}: it ends at {frame.time:.2f} s; give an earlier time")


def _frame_text(frame: Frame, candidates: Sequence[Candidate]) -> str:
    parts = []
    for candidate in candidates:
        seen = candidate.seen
        box = ", ".join(f"{value:.3f}" for value in seen.box)
        parts.append(f"{seen.label} {seen.score:.2f} at [{box}]")
        for opinion in candidate.opinions:
            failed = f"no event: {', '.join(opinion.failed)}" if opinion.failed else "nothing against it"
            parts += [f"  rule {opinion.rule}: {failed}", *_table(each.to_dict() for each in opinion.verdicts)]
        if not candidate.opinions:
            parts.append(f"  no rule is for {seen.label}")
    return "\n".join(parts) or f"{frame.source}: nothing found, not even with a score of {LOWEST:g}"


def _event_dict(sidecar: Sidecar) -> dict[str, Any]:
    return {"event": sidecar.event.to_dict(), "verdicts": sidecar.record.get("verdicts", [])}


def _event_text(sidecar: Sidecar) -> str:
    event = sidecar.event
    verdicts = sidecar.record.get("verdicts", [])
    head = f"{event.id}: {event.label} {event.best_score:.2f}, rule {event.rule}"
    if not verdicts:
        return f"{head}\n  not known: {'it goes on' if event.phase != 'end' else 'its file remembers nothing'}"
    return "\n".join([head, *_table(verdicts)])


def _table(verdicts: Iterable[Mapping[str, Any]]) -> list[str]:
    rows = [(MARKS[v["passed"]], v["condition"], v["seen"], f"wanted: {v['wanted']}") for v in verdicts]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "    " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
