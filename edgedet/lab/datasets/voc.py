"""Pascal VOC's XML files, one a picture: of the challenge itself, of LabelImg, of Roboflow.

VOC's own corners count pixels from 1 and include the last one; LabelImg, Roboflow and nearly all others write
corners as edges counted from 0. The former name a VOC year as their source (``<database>The VOC2012 Database``):
only there is 1 taken off the left and upper edge. (A tool that counts from 1 and names no year can't be told apart;
its boxes are read one pixel off.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from edgedet.capture.images import EXTENSIONS, natural_sorted
from edgedet.errors import DataError
from edgedet.lab import require
from edgedet.lab.datasets import Dataset, Picture
from edgedet.lab.datasets.building import Draft, build_pictures
from edgedet.lab.datasets.decimals import shortest
from edgedet.lab.datasets.filenames import inside
from edgedet.lab.datasets.labelfile import names_for, write_names
from edgedet.lab.datasets.pixels import upright_size
from edgedet.lab.datasets.problems import Problems

ANNOTATIONS, IMAGES, SETS = "Annotations", "JPEGImages", "ImageSets/Main"
CORNERS = ("xmin", "ymin", "xmax", "ymax")
_NO_SPLIT = re.compile(r"(.+_)?trainval|.+_(train|val|test)")
SAID_OF_BOXES = ("pose", "truncated", "difficult", "occluded")


def read_voc(path: Path, images: Path | None = None, problems: Problems | None = None) -> Dataset:
    """Read a folder of XML files with all folders in it (``VOCdevkit``, ``VOC2012``, LabelImg's), or one file.

    Args:
        path: the folder or file.
        images: the folder of the pictures; None: ``JPEGImages`` or ``images`` beside the XML's folder, the folder
            the XML names, or its own.
        problems: takes what is wrong in it; None: that is refused.

    Raises:
        DataError: there is no XML file, or one isn't VOC's.
    """
    problems = problems or Problems(refuse=str(path))
    files = natural_sorted(list(path.rglob("*.xml"))) if path.is_dir() else [path]
    splits = {folder: _splits(folder / SETS) for folder in {file.parent.parent for file in files}}
    drafts = [_draft(file, images, splits[file.parent.parent].get(file.stem, "")) for file in files]
    if not drafts:
        raise DataError(f"{path}: no XML file in it; give the folder with the annotations")
    folders = dict.fromkeys(folder for file in files for folder in (file.parent, file.parent.parent))
    labels = names_for([path, *folders], (name for draft in drafts for name, _, _ in draft.boxes))
    return Dataset(labels, build_pictures(drafts, labels, problems), path.stem)


def _draft(file: Path, images: Path | None, split: str) -> Draft:
    parser: Any = require("defusedxml.ElementTree")  # entities, and with them XML bombs, are refused
    try:
        root = parser.fromstring(file.read_bytes())
        if root.tag != "annotation":
            raise ValueError(f"its root is <{root.tag[:40]}>")
        picture = _picture_path(file, root, images)
        official = "VOC2" in (root.findtext("source/database") or "")
        size = (_whole(root, "size/width"), _whole(root, "size/height"))
        return Draft(
            path=picture,
            size=size if all(size) else upright_size(picture),
            where=str(file),
            split=split,
            boxes=[_box(element, official) for element in root.iterfind("object")],
            extra={"segmented": root.findtext("segmented")} if root.findtext("segmented") else {},
        )
    except DataError:
        raise
    except OSError as error:
        raise DataError(f"{file}: can't be read ({error.strerror}); check the name and who may read it") from None
    except RecursionError:
        raise DataError(f"{file}: not a Pascal VOC annotation (nested too deep); write it anew") from None
    except (ValueError, SyntaxError, OverflowError) as error:  # ElementTree's ParseError is a SyntaxError
        raise DataError(f"{file}: not a Pascal VOC annotation ({error}); write it anew, or leave it out") from None


def _whole(root: Any, name: str) -> int:
    return int(float(root.findtext(name) or 0))


def _box(element: Any, official: bool) -> tuple[str, Sequence[float], dict[str, Any]]:
    name = (element.findtext("name") or "").strip()
    texts = [element.findtext(f"bndbox/{corner}") for corner in CORNERS]
    if not name or None in texts:
        raise ValueError("an object without " + ("a name" if not name else "bndbox/" + CORNERS[texts.index(None)]))
    first = 1 if official else 0
    corners = [float(text) - shift for text, shift in zip(texts, (first, first, 0, 0), strict=True)]
    said = {tag: element.findtext(tag) for tag in SAID_OF_BOXES}
    return name, corners, {tag: text for tag, text in said.items() if text}


def _picture_path(file: Path, root: Any, images: Path | None) -> Path:
    """Where the picture is: by its name, or failing that by the XML's, as files are renamed without telling it."""
    above = file.parent.parent
    folders = [images] if images else [above / IMAGES, above / "images", file.parent]
    named = (root.findtext("folder") or "").strip()
    if not images and named and "\0" not in named:
        folders.append(
            inside(above, named, file) if named.strip("./\\") and not Path(named).is_absolute() else file.parent
        )
    name = (root.findtext("filename") or "").strip()
    names = ([name, *(name + ending for ending in EXTENSIONS)] if name else []) + [file.stem + e for e in EXTENSIONS]
    candidates = [inside(folder, name, file) for name in names for folder in folders]
    found = [path for path in candidates if path.is_file()]
    return found[0] if found else inside(next((f for f in folders if f.is_dir()), folders[0]), names[0], file)


def _splits(folder: Path) -> dict[str, str]:
    """The split of each stem. ``trainval`` is no split of its own, ``cat_train`` is about one class."""
    files = [file for file in sorted(folder.glob("*.txt")) if not _NO_SPLIT.fullmatch(file.stem)]
    try:
        lines = {line.strip(): file.stem for file in files for line in file.read_text(encoding="utf-8").splitlines()}
    except (OSError, UnicodeDecodeError):
        raise DataError(f"{folder}: its lists can't be read as text; write one name a line") from None
    return lines


def write_voc(dataset: Dataset, names: Sequence[str], folder: Path) -> None:
    """Write ``Annotations/``, ``ImageSets/Main/`` and ``labels.txt``; ``names`` are the pictures' in ``JPEGImages``."""
    write_names(dataset.labels, folder)
    (folder / ANNOTATIONS).mkdir()
    (folder / SETS).mkdir(parents=True)
    for picture, name in zip(dataset, names, strict=True):
        root = _annotation(picture, name, dataset.labels)
        ElementTree.indent(root)
        (folder / ANNOTATIONS / f"{Path(name).stem}.xml").write_bytes(ElementTree.tostring(root, encoding="utf-8"))
    for split in sorted({picture.split for picture in dataset} - {""}):
        stems = [Path(name).stem for picture, name in zip(dataset, names, strict=True) if picture.split == split]
        (folder / SETS / f"{split}.txt").write_text("".join(f"{stem}\n" for stem in stems), encoding="utf-8")


def _annotation(picture: Picture, name: str, labels: Sequence[str]) -> ElementTree.Element:
    root = ElementTree.Element("annotation")
    _add(root, "folder", IMAGES)
    _add(root, "filename", name)
    _add(_add(root, "source"), "database", "Unknown")
    size = _add(root, "size")
    for tag, value in (("width", picture.width), ("height", picture.height), ("depth", 3)):
        _add(size, tag, str(value))
    _add(root, "segmented", str(picture.extra.get("segmented", 0)))
    for i, (box, label) in enumerate(zip(picture.boxes, picture.labels, strict=True)):
        said = {"pose": "Unspecified", "truncated": "0", "difficult": "0"}
        said |= {
            k: str(v) for k, v in (picture.box_extra[i] if picture.box_extra else {}).items() if k in SAID_OF_BOXES
        }
        element = _add(root, "object")
        for tag, text in {"name": labels[label], **said}.items():
            _add(element, tag, text)
        bndbox = _add(element, "bndbox")
        for corner, value in zip(CORNERS, box, strict=True):
            _add(bndbox, corner, shortest(value))
    return root


def _add(parent: ElementTree.Element, tag: str, text: str | None = None) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, tag)
    element.text = text
    return element
