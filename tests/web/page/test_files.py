"""The page's files, without a browser: small, whole, and nothing in them that the page's own rules forbid."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from edgedet.drawing.palette import contrast

STATIC = Path(__file__).parents[3] / "edgedet" / "web" / "static"
MODULES = sorted(STATIC.glob("js/*.js"))
STYLES = sorted(STATIC.glob("css/*.css"))
MOST_BYTES = 150_000


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in STATIC.rglob("*") if path.is_file()) < MOST_BYTES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_small_and_safe(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 300
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert forbidden not in text
    assert not re.search(r"setAttribute\(\s*[\"']style", text)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_what_it_imports_is_there(path: Path) -> None:
    text = path.read_text()
    for names, module in re.findall(r"import \{([^}]*)\} from \"\./([^\"]+)\"", text):
        exported = (STATIC / "js" / module).read_text()
        for name in (each.strip() for each in names.split(",") if each.strip()):
            assert re.search(rf"export (async )?(function|const|class|let) {name}\b", exported), f"{module}: {name}"
            assert len(re.findall(rf"(?<!\w){name}\b", text)) > 1, f"{name} isn't used"
    for module in re.findall(r"import\(\"\./([^\"]+)\"\)", text):
        assert (STATIC / "js" / module).exists()


def test_nothing_stands_inline_or_comes_from_elsewhere() -> None:
    text = (STATIC / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)|https?:|//", text.replace("<!doctype", ""))
    for address in re.findall(r"(?:src|href)=\"([^\"#]+)", text):
        assert (STATIC / address).exists(), address


def test_every_icon_is_there() -> None:
    there = set(re.findall(r"symbol id=\"(\w+)\"", (STATIC / "icons.svg").read_text()))
    text = "\n".join(path.read_text() for path in [*MODULES, STATIC / "index.html"])
    used = set(re.findall(r"icon\(\"(\w+)\"\)|name: \"(\w+)\"|icons\.svg#(\w+)", text))
    assert {name for names in used for name in names if name} <= there


def test_the_manifest_names_files_that_are_there() -> None:
    manifest = json.loads((STATIC / "manifest.webmanifest").read_text())
    assert all((STATIC / icon["src"]).exists() for icon in manifest["icons"])


def test_every_class_has_a_meaning() -> None:
    """A style that nothing has is left over."""
    styles = "\n".join(path.read_text() for path in STYLES)
    text = "\n".join(path.read_text() for path in [*MODULES, STATIC / "index.html"])
    for name in set(re.findall(r"\.([a-z][a-z-]+)(?=[\s,:.{>\[)])", styles)):
        assert re.search(rf"\b{name}\b", text), name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(theme: str) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11: 4.5 to 1 for text, 3 to 1 for edges of controls."""
    colours = _colours(theme)
    for ink in ("ink", "soft", "accent", "bad", "wait"):
        for ground in ("back", "card", "sunk"):
            assert _ratio(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    assert _ratio(colours["accent-ink"], colours["accent"]) >= 4.5
    assert _ratio(colours["accent"], colours["accent-soft"]) >= 4.5
    assert _ratio(colours["card"], colours["bad"]) >= 4.5
    assert _ratio(colours["edge"], colours["card"]) >= 3


def _colours(theme: str) -> dict[str, str]:
    text = (STATIC / "css" / "base.css").read_text()
    block = re.search(r":root \{(.*?)\}" if theme == "light" else r"theme=\"dark\"\] \{(.*?)\}", text, re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#\w+);", block[1]))


def _ratio(one: str, other: str) -> float:
    return contrast(_luminance(one), _luminance(other))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
