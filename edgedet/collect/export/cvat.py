"""CVAT for images 1.1: https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as XML

from edgedet.collect.export.labels import labels_of
from edgedet.collect.item import Item


def cvat(items: Sequence[Item], names: Sequence[str], url: str) -> dict[str, str]:  # noqa: ARG001 - it has no addresses
    """``annotations.xml``, to be uploaded to a task made of the pictures in ``images``."""
    root = XML.Element("annotations")
    XML.SubElement(root, "version").text = "1.1"
    labels = XML.SubElement(XML.SubElement(XML.SubElement(root, "meta"), "task"), "labels")
    for name in labels_of(items):
        label = XML.SubElement(labels, "label")
        XML.SubElement(label, "name").text = name
        XML.SubElement(label, "type").text = "rectangle"
        XML.SubElement(label, "attributes")
    for index, (item, name) in enumerate(zip(items, names, strict=True)):
        image = XML.SubElement(root, "image", id=str(index), name=name, width=str(item.width), height=str(item.height))
        for each in item.objects:
            corners = zip(("xtl", "ytl", "xbr", "ybr"), each["box"], strict=True)
            sides = {side: f"{value:.2f}" for side, value in corners}
            about = {"label": each["label"], "source": "auto", "occluded": "0", "z_order": "0"}
            XML.SubElement(image, "box", about | sides)
    XML.indent(root)
    return {"annotations.xml": XML.tostring(root, encoding="unicode", xml_declaration=True) + "\n"}
