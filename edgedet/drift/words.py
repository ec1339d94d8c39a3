"""What has changed, in plain words."""

from __future__ import annotations

from collections.abc import Iterable

from edgedet.drift.finding import Finding

_MOST = 4
"""Things that are named, the most different first."""
_WORDS = {
    "brightness": ("darker", "brighter", "mean {:.0f} -> {:.0f}"),
    "contrast": ("less contrast", "more contrast", "{:.0f} -> {:.0f}"),
    "sharpness": ("less sharp", "sharper", "{:.1f} -> {:.1f}"),
    "colour": ("less colour", "more colour", "{:.0f} -> {:.0f}"),
    "warmth": ("bluer", "redder", "{:+.0f} -> {:+.0f}"),
    "scene": ("another view", "another view", "likeness {:.2f} -> {:.2f}"),
    "scores": ("scores{} lower", "scores{} higher", "median {:.2f} -> {:.2f}"),
    "sizes": ("objects smaller", "objects larger", "{:.2f} -> {:.2f}"),
    "counts": ("fewer objects", "more objects", "mean {:.1f} -> {:.1f}"),
    "places": ("objects in other places", "objects in other places", ""),
    "labels": ("other objects", "other objects", ""),
}


def describe(findings: Iterable[Finding]) -> str:
    """What is beyond its limit: ``darker (mean 112 -> 31), scores of person lower (median 0.71 -> 0.55)``.

    >>> describe([Finding("brightness", 112, 31, 81, 20), Finding("warmth", 0, 1, 1, 12)])
    'darker (mean 112 -> 31)'
    """
    over = sorted((each for each in findings if each.ratio > 1), key=lambda each: (not each.alarms, -each.ratio))
    return ", ".join(map(_one, over[:_MOST]))


def advice(findings: Iterable[Finding], camera: str) -> str:
    """What to do about it."""
    over = {each.measure for each in findings if each.ratio > 1 and each.alarms}
    accept = f'accept it with "edgedet drift accept {camera}"'
    if over == {"scores"}:
        return f"look at what passes there and at the model, or {accept}"
    return f"look at the lens or the mounting, or {accept}"


def _one(finding: Finding) -> str:
    less, more, numbers = _WORDS[finding.measure]
    word = (less if finding.now < finding.before else more).format(f" of {finding.label}" if finding.label else "")
    return f"{word} ({numbers.format(finding.before, finding.now)})" if numbers else word
