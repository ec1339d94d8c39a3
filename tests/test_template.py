from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edgedet.config.notify import NotifyConfig
from edgedet.notify.message import Composer
from edgedet.template import NAMES, Template
from tests.events.store.made import event


def test_every_name_stands_for_something() -> None:
    told = event(1, "end", zones=("porch", "yard"))
    text = "|".join(f"{{{name}}}" for name in NAMES)
    config = NotifyConfig(title=text, link="http://pi/{id}", time_zone="Asia/Tokyo")
    got = Composer(config).compose("key", told.to_dict(), None)
    assert got.title == (f"person|front|person|porch, yard|07:00:01|2024-11-21|90%|5|end|{told.id}|http://pi/{told.id}")
    assert got.body == f"07:00:01 end, 90% porch, yard\nhttp://pi/{told.id}"


def test_without_zone_and_link_nothing_hangs_over() -> None:
    got = Composer(NotifyConfig(time_zone="UTC")).compose("key", event(1, zones=()).to_dict(), None)
    assert got.body == "22:00:01 start, 90%"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{labl}", "title: {labl} stands for nothing; did you mean {label}?"),
        ("{xyz}", "title: {xyz} stands for nothing; there are label, camera,"),
        ("{}", "title: {} stands for nothing"),
        ("{0}", "title: {0} stands for nothing"),
        ("{label.__class__}", "title: {label.__class__} stands for nothing"),
        ("{label[0]}", "title: {label[0]} stands for nothing"),
        ("{score:.1f}", "title: {score} takes no format"),
        ("{label!r}", "title: {label} takes no format"),
        ("{label:{camera}}", "title: {label} takes no format"),
        ("{label", "title: expected '}' before end of string; write {{ and }} for braces themselves"),
        ("}", "title: single '}' encountered in format string; write {{"),
    ],
)
def test_mistakes_have_one_line(text: str, said: str) -> None:
    with pytest.raises(ValidationError) as raised:
        NotifyConfig(title=text)
    assert said in str(raised.value)


def test_a_link_has_no_link() -> None:
    with pytest.raises(ValidationError, match=r"link: \{link\} stands for nothing"):
        NotifyConfig(link="{link}")


@given(st.text())
def test_any_text_is_refused_in_one_line_or_filled(text: str) -> None:
    try:
        template = Template("title", text)
    except ValueError as error:
        said = str(error)
    else:
        said = "title: " + template.fill(dict.fromkeys(NAMES, "x"))
    assert said.startswith("title: ")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"quiet": "2200"}, 'quiet: "2200" are no hours'),
        ({"time_zone": "Berlin"}, "did you mean Europe/Berlin"),
        ({"on": []}, "on"),
        ({"webhook_secret_credential": "x"}, "webhook_secret_credential: there is nothing to sign; set webhook too"),
        ({"urls_credential": "x", "urls_file": Path("x")}, "urls_credential: urls_file is set too"),
        ({"give_up": 1}, "give_up"),
    ],
)
def test_other_settings_that_cant_be(values: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        NotifyConfig(**values)  # type: ignore[arg-type]
