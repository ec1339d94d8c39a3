"""Made-up scenes with known identities: what a detector would see of people who walk, cross, hide and stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZE = (1280, 720)


@dataclass(frozen=True)
class Look:
    """One frame: seconds; who is there (ids, boxes); what the detector says (boxes, scores), best first."""

    elapsed: float
    ids: NDArray[np.int64]
    truth: NDArray[np.float32]
    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]


@dataclass(frozen=True)
class Scene:
    """How a scene is made: people, their speed in heights a second, what the detector and the clock do wrong."""

    people: int = 6
    speed: float = 0.6
    jitter: float = 0.03
    miss: float = 0.05
    false: float = 0.1
    pillars: int = 0
    stops: float = 0.0
    rate: float = 10.0
    uneven: float = 0.0
    seconds: float = 30.0


SCENES = {
    "calm": Scene(people=4, miss=0.02, false=0.02),
    "crossings": Scene(people=12, speed=0.7),
    "pillars": Scene(people=6, pillars=3),
    "flicker": Scene(people=6, miss=0.25, jitter=0.05),
    "false alarms": Scene(people=5, false=1.0),
    "jitter": Scene(people=6, jitter=0.08),
    "slow rate": Scene(people=5, rate=4.0),
    "uneven rate": Scene(people=6, rate=10.0, uneven=0.8),
    "stops": Scene(people=6, stops=0.3, miss=0.1),
    "crowd": Scene(people=30, speed=0.5, seconds=15),
}


def make(scene: Scene, seed: int) -> list[Look]:
    """The frames of a scene; the same for the same seed."""
    rng = np.random.default_rng(seed)
    times = _clock(scene, rng)
    paths = [_path(scene, times, rng) for _ in range(scene.people)]
    pillars = rng.uniform(200, SIZE[0] - 200, scene.pillars)
    return [_look(scene, i, t, paths, pillars, rng) for i, t in enumerate(times)]


def _clock(scene: Scene, rng: np.random.Generator) -> NDArray[np.float64]:
    steps = np.full(int(scene.seconds * scene.rate), 1 / scene.rate)
    steps *= 1 + scene.uneven * rng.uniform(-1, 1, len(steps))
    if scene.uneven:
        steps[rng.random(len(steps)) < 0.05] *= 4  # frames that were skipped
    return np.cumsum(steps)


def _path(scene: Scene, times: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """(F, 4) boxes of one person; NaN while not there."""
    height = rng.uniform(90, 220)
    width = height * rng.uniform(0.32, 0.45)
    begin = rng.uniform(0, times[-1] * 0.5)
    side = rng.choice([-1, 1])
    foot = np.array([SIZE[0] * (0.5 - 0.5 * side) + side * width, rng.uniform(height + 20, SIZE[1] - 20)])
    goal = np.array([side * scene.speed * height * rng.uniform(0.7, 1.4), rng.normal(0, 0.05 * height)])
    speed, pause = goal.copy(), 0.0
    boxes = np.full((len(times), 4), np.nan)
    for i in range(1, len(times)):
        step = times[i] - times[i - 1]
        if times[i] < begin:
            continue
        if pause <= 0 and rng.random() < scene.stops * step:
            pause = rng.uniform(1, 4)
        pause -= step
        wish = goal * 0 if pause > 0 else goal
        speed += (wish - speed) * min(1.0, 2 * step) + rng.normal(0, 0.15 * height, 2) * np.sqrt(step)
        foot = foot + speed * step
        foot[1] = np.clip(foot[1], height, SIZE[1])
        if not 0 < foot[0] < SIZE[0]:
            break
        boxes[i] = foot[0] - width / 2, foot[1] - height, foot[0] + width / 2, foot[1]
    return np.clip(boxes, 0, [*SIZE, *SIZE])


def _look(
    scene: Scene,
    index: int,
    elapsed: float,
    paths: list[NDArray[np.float64]],
    pillars: NDArray[np.float64],
    rng: np.random.Generator,
) -> Look:
    there = [k for k, path in enumerate(paths) if np.isfinite(path[index]).all()]
    truth = np.array([paths[k][index] for k in there]).reshape(-1, 4)
    boxes, scores = [], []
    for box in truth:
        hidden = _hidden(box, truth, pillars)
        width, height = box[2] - box[0], box[3] - box[1]
        noise = rng.normal(0, scene.jitter, 4) * [width, height, width, height]
        score = np.clip(rng.normal(0.8, 0.12) - 0.6 * hidden, 0.01, 0.99)
        if rng.random() >= scene.miss + (1 - scene.miss) * max(0.0, hidden - 0.4) * 1.6:
            boxes.append(box + noise)
            scores.append(score)
    for _ in range(rng.poisson(scene.false)):
        height = rng.uniform(40, 200)
        corner = rng.uniform(0, 1, 2) * [SIZE[0] - height, SIZE[1] - height]
        boxes.append(np.concatenate([corner, np.add(corner, (height * rng.uniform(0.3, 0.9), height))]))
        scores.append(rng.uniform(0.2, 0.65))
    clipped = np.clip(np.array(boxes).reshape(-1, 4), 0, [*SIZE, *SIZE]).astype(np.float32)
    sure = np.array(scores, np.float32)
    kept = np.flatnonzero((sure >= 0.2) & ((clipped[:, 2:] - clipped[:, :2]) > 2).all(axis=1))
    kept = kept[np.argsort(-sure[kept], kind="stable")]
    return Look(float(elapsed), np.array(there, np.int64), truth.astype(np.float32), clipped[kept], sure[kept])


def _hidden(box: NDArray[np.float64], others: NDArray[np.float64], pillars: NDArray[np.float64]) -> float:
    """Share of a box behind someone whose feet are nearer, or behind a pillar 70 pixels wide."""
    near = others[others[:, 3] > box[3]]
    wide = np.minimum(near[:, 2], box[2]) - np.maximum(near[:, 0], box[0])
    high = np.minimum(near[:, 3], box[3]) - np.maximum(near[:, 1], box[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    covered = np.clip(wide, 0, None) * np.clip(high, 0, None) / max(area, 1e-6)
    behind = np.clip(np.minimum(pillars + 35, box[2]) - np.maximum(pillars - 35, box[0]), 0, None)
    return float(min(1.0, max([0.0, *covered, *(behind / max(box[2] - box[0], 1e-6))])))
