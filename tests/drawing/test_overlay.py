from __future__ import annotations

import threading

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgedet.drawing.lettering import measure, to_ascii, write
from edgedet.drawing.overlay import caption, draw
from edgedet.drawing.palette import BLACK, colour_of, contrast, ink_on, luminance
from edgedet.types import Detections
from tests.publish.made import LABELS, found, picture, result


def test_a_box_is_drawn_in_its_class_colour_and_the_rest_is_left_alone() -> None:
    image = picture(640, 480)
    drawn = draw(image, found((100, 200, 300, 400)))
    for x, y in ((200, 200), (200, 399), (100, 300), (299, 300)):
        assert tuple(drawn[y, x]) == colour_of("person")
    assert (drawn[240:360, 140:260] == 90).all(), "inside"
    outside = np.ones((480, 640), bool)
    outside[160:410, 90:310] = False
    assert (drawn[outside] == 90).all(), "outside, but for the label above"


def test_the_picture_itself_is_not_touched() -> None:
    image = picture(640, 480)
    image.setflags(write=False)
    drawn = draw(image, found((10, 10, 50, 50)), "24.8 fps")
    assert (image == 90).all()
    assert drawn is not image
    assert (drawn != 90).any()
    assert draw(image, Detections.empty(LABELS)) is not image


def test_the_best_detection_lies_on_top() -> None:
    boxes = ((100, 200, 300, 400), (100, 200, 300, 400))
    assert tuple(draw(picture(640, 480), found(*boxes))[300, 100]) == colour_of("person")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_picture_any_boxes(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(1, 500)), data.draw(st.integers(1, 500))
    x, y = st.floats(0, width, width=32), st.floats(0, height, width=32)
    corners = data.draw(st.lists(st.tuples(x, y, x, y), max_size=6))
    boxes = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]
    image = picture(width, height)
    drawn = draw(image, found(*boxes), data.draw(st.text(max_size=40)))
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8
    assert (image == 90).all()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 4000), (4000, 1), (320, 180), (3840, 2160), (5472, 3648)])
def test_any_size(width: int, height: int) -> None:
    drawn = draw(picture(width, height), found((0, 0, width, height)), "24.8 fps")
    assert drawn.shape == (height, width, 3)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (600, 0), (0, 440), (600, 440), (300, 240)])
def test_a_label_stays_in_the_picture(x: int, y: int) -> None:
    width, ascent, descent = measure("person 0.90", 16)
    drawn = draw(picture(640, 480), found((x, y, x + 40, y + 40)))
    rows, columns = np.nonzero((drawn == colour_of("person")).all(axis=2))
    across = columns.max() - columns.min() + 1
    assert across >= width, "the whole plate shows, which is wider than the box"
    assert across <= width + 20
    assert rows.max() - rows.min() >= ascent + descent


def test_letters_grow_with_the_picture() -> None:
    heights = []
    for width, height in ((320, 180), (768, 432), (1920, 1080), (3840, 2160)):
        ground = picture(width, height, 0)
        shaded = draw(ground, Detections.empty(LABELS), "24.8 fps") > 128
        rows = np.nonzero(shaded.any(axis=(1, 2)))[0]
        heights.append(rows.max() - rows.min() + 1)
    assert heights == sorted(heights)
    assert heights[0] >= 9, "pixels: readable at 320x180"
    assert heights[-1] >= 4 * heights[0], "readable on a 4K picture shown small"


def test_a_label_too_wide_is_shortened() -> None:
    long = ("a label that goes on and on and on and on and on and on",)
    drawn = draw(picture(200, 200), found((10, 100, 190, 190), labels=long))
    plate = (drawn[70:98] == colour_of(long[0])).all(axis=2)
    assert plate.any()
    assert (draw(picture(8, 8), found((0, 0, 8, 8), labels=long)) != 90).any()


@given(st.text(min_size=1, max_size=40))
def test_text_on_any_plate_can_be_read(label: str) -> None:
    plate = colour_of(label)
    assert plate == colour_of(label)
    assert contrast(luminance(plate), luminance(ink_on(plate))) >= 4.5


def test_a_name_has_its_colour_whatever_the_model() -> None:
    box = (100, 200, 300, 400)
    few = draw(picture(640, 480), found(box, labels=("dog", "cat")))
    second = found((0, 0, 0, 0), box, labels=("cat", "dog"))[1:]
    assert tuple(few[300, 100]) == tuple(draw(picture(640, 480), second)[300, 100]) == colour_of("dog")
    assert len({colour_of(name) for name in ("person", "cat", "dog", "car", "bicycle", "bird", "truck")}) == 7
    assert colour_of("potted plant") == (235, 153, 71), "generated, and the same on every machine"


def test_letters_are_not_mixed_up_between_threads() -> None:
    texts = [f"{chr(97 + i % 26)}{i} Ж猫" for i in range(60)]

    def drawn(i: int) -> bytes:
        canvas = picture(300, 60)
        write(canvas, texts[i], 5, 45, 10 + i % 30, BLACK)
        return canvas.tobytes()

    alone = [drawn(i) for i in range(60)]
    wrong: list[int] = []
    threads = [
        threading.Thread(target=lambda: wrong.extend(i for _ in range(20) for i in range(60) if drawn(i) != alone[i]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_ascii_is_what_is_left_where_there_is_no_font() -> None:
    assert to_ascii("Büro-Stuhl ½ 猫") == "Buro-Stuhl 1?2 ?"


def test_caption() -> None:
    text = caption(result(fps=24.83))
    assert text.startswith("24.8 fps  age ")
    assert text.endswith((" ms", " s"))
    assert caption(result(fps=0)).startswith("age ")


def test_without_scores_the_plates_are_shorter() -> None:
    image = np.zeros((240, 320, 3), np.uint8)
    box = np.array([[100, 100, 200, 200]], np.float32)
    found = Detections(box, np.ones(1, np.float32), np.zeros(1, np.int32), ("cat",))
    plates = [(draw(image, found, scores=scores)[80:98] > 0).any(axis=(0, 2)).sum() for scores in (True, False)]
    assert 0 < plates[1] < plates[0]


def test_letters_cost_a_thread_no_memory_of_its_own() -> None:
    process, over = psutil.Process(), threading.Event()

    def letters(drawn: threading.Event) -> None:
        write(picture(300, 60), "Ж猫", 5, 45, 20, BLACK)
        drawn.set()
        over.wait()

    def ten_more() -> int:
        for _ in range(10):
            drawn = threading.Event()
            threading.Thread(target=letters, args=(drawn,), daemon=True).start()
            assert drawn.wait(20)
        return int(process.memory_info().rss)

    before = ten_more()
    after = ten_more()
    over.set()
    assert after - before < 20 << 20, "OpenCV's fonts take 6 MB for each thread that draws with them"
