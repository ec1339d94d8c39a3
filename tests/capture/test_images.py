from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.capture.images import natural_sorted, read_image
from edgedet.errors import SourceError
from tests.capture.clips import jpeg, numbered


def png(path: Path, array: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), array)
    return path


def palette_png(path: Path) -> Path:
    """A 2x1 picture of palette colours: red, blue. OpenCV writes no palettes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 3, 0, 0, 0))
    body = chunk(b"PLTE", b"\xff\0\0\0\0\xff") + chunk(b"IDAT", zlib.compress(b"\0\0\1")) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + body)
    return path


def test_whatever_it_was_it_becomes_bgr(tmp_path: Path) -> None:
    colour = np.array([[[10, 20, 200]]], np.uint8).repeat(4, 0).repeat(6, 1)
    cases = {
        "grey": (colour[:, :, 0], [10, 10, 10]),
        "alpha": (np.dstack([colour, np.full((4, 6), 128, np.uint8)]), [10, 20, 200]),
        "deep": (colour.astype(np.uint16) * 257, [10, 20, 200]),
        "deep grey": (colour[:, :, 2].astype(np.uint16) * 257, [200, 200, 200]),
    }
    for name, (array, wanted) in cases.items():
        image = read_image(str(png(tmp_path / f"{name}.png", array)))
        assert (image.shape, image.dtype) == ((4, 6, 3), np.uint8), name
        assert image[0, 0].tolist() == wanted, name
        assert image.flags.c_contiguous, name


def test_a_palette(tmp_path: Path) -> None:
    assert read_image(str(palette_png(tmp_path / "p.png"))).tolist() == [[[0, 0, 255], [255, 0, 0]]]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 500), (5472, 3648)])
def test_from_one_pixel_to_twenty_million(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(np.full((height, width, 3), 90, np.uint8)))
    assert read_image(str(path)).shape == (height, width, 3)


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (-1, -1)), (6, (0, -1)), (8, (-1, 0))])
def test_exif_says_which_way_up(tmp_path: Path, orientation: int, corner: tuple[int, int]) -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + struct.pack(">HH", orientation, 0) + b"\0\0\0\0"
    data = jpeg(numbered(0))
    path = tmp_path / "a.jpg"
    path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:])
    image = read_image(str(path))
    assert image.shape[:2] == ((160, 120) if orientation > 4 else (120, 160))
    assert image[corner].mean() > 200


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"no picture", "can't be decoded"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "can't be decoded"),
        (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(100), "can't be decoded"),
    ],
)
def test_what_is_no_picture_is_one_line(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_image(str(path))
    text = str(caught.value)
    assert text.startswith(f"{path}: {says}")
    assert "\n" not in text


def test_one_of_no_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pgm"
    path.write_bytes(b"P5\n0 0\n255\n")
    with pytest.raises(SourceError, match="can't be decoded"):
        read_image(str(path))


def test_a_name_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        read_image(str(tmp_path / "gone.png"))


def test_numbers_sort_by_value() -> None:
    names = ["b10.jpg", "B9.jpg", "a.jpg", "b1.jpg", "2/x.jpg", "10/x.jpg", "b01.jpg"]
    ordered = [str(path) for path in natural_sorted([Path(name) for name in names])]
    assert ordered == ["2/x.jpg", "10/x.jpg", "a.jpg", "b01.jpg", "b1.jpg", "B9.jpg", "b10.jpg"]


@given(st.lists(st.text("ab019_.ä²٣", min_size=1).map(Path)))
def test_any_names_sort_the_same_way_from_any_order(paths: list[Path]) -> None:
    ordered = natural_sorted(paths)
    assert sorted(map(str, ordered)) == sorted(map(str, paths))
    assert natural_sorted(list(reversed(paths))) == ordered
