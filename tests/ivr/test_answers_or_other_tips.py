"""Who heard a question, or adds by a code, and then tells of something else or asks for another tip."""

import pytest
from flask import Flask

from ivr.parts import Parts
from models.tables import Asked, Message, Tip
from settings import Settings
from tests.ivr.answering import ask, states
from tests.ivr.kept import only, rows
from tests.ivr.posting import Poster, a_call, a_recording
from tests.ivr.writing import Writer


def tips(parts: Parts) -> list[tuple[str | None, str]]:
    return [(one.category, one.status) for one in rows(parts, Tip)[1:]]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("12", "police_misconduct"),
        ("02", "drugs_liquor"),
        ("Chauki incharge paise leta hai", "police_misconduct"),
        ("thana panki ka daroga ghoos leta hai 5000 rupaye", "police_misconduct"),
    ],
)
@pytest.mark.parametrize("answered", [False, True])
def test_whoever_chooses_a_kind_or_accuses_police_tells_of_something_else_and_answers_nothing(
    writer: Writer, parts: Parts, told: str, text: str, category: str, answered: bool
) -> None:
    ask(parts, "people")
    writer.write(told)
    if answered:
        writer.write("itwar ko")
    writer.write(text)
    writer.write("Suresh bina raseed ke dukan se har hafte leta hai")
    first = rows(parts, Tip)[0].id
    assert [kind for kind, _ in tips(parts)] == [category]
    assert sum(one.tip_id == first for one in rows(parts, Message)) == answered
    assert states(parts) == ["people answered" if answered else "people heard"]


@pytest.mark.parametrize(("question", "more"), [("people", 0), ("when", 0), ("still", 1)])
def test_two_digits_answer_how_many_or_when_and_choose_a_kind_otherwise(
    writer: Writer, parts: Parts, told: str, question: str, more: int
) -> None:
    ask(parts, question)
    writer.write(told)
    writer.write("10")
    assert len(tips(parts)) == more and states(parts) == [f"{question} {'heard' if more else 'answered'}"]


def test_whoever_adds_by_the_code_and_then_chooses_a_kind_tells_a_tip_of_its_own(
    writer: Writer, parts: Parts, told: str
) -> None:
    writer.write(f"jodo {told}")
    writer.write("ek gaadi bhi aati hai")
    writer.write("menu")
    writer.write("2")
    writer.write("naubasta me sharab bikti hai")
    first, second = rows(parts, Tip)
    assert [one.tip_id == first.id for one in rows(parts, Message)].count(True) == 1
    assert second.category == "drugs_liquor"


@pytest.mark.parametrize("wish", [[], ["STATUS"]])
@pytest.mark.parametrize("same", [True, False])
def test_whoever_has_answered_and_asks_for_another_tip_no_longer_writes_to_the_first(
    app: Flask, settings: Settings, writer: Writer, parts: Parts, told: str, wish: list[str], same: bool
) -> None:
    ask(parts, "when")
    caller = Poster(app, settings, a_call(17))
    caller.told(recording=a_recording(17))
    caller.answer("follow_up", "2", "&turn=8")
    caller.over()
    for text in (told, "raat nau baje", *wish, told if same else parts.keys.code_for(caller.call, 0)):
        writer.write(text)
    writer.write("unke paas do gaadi hain, aur ek bandook")
    assert len(rows(parts, Tip)) == (2 if same else 3) and states(parts) == ["when answered"]
    answered = only(parts, Asked)
    assert [one.answers == answered.answer for one in rows(parts, Message)].count(True) == (2 if same else 1)
    assert [one.tip_id == answered.tip_id for one in rows(parts, Message)].count(True) == (2 if same else 1)


def test_whoever_adds_by_the_code_and_asks_for_another_tip_goes_on_adding(
    app: Flask, settings: Settings, writer: Writer, parts: Parts, told: str
) -> None:
    caller = Poster(app, settings, a_call(17))
    caller.told(recording=a_recording(17))
    caller.answer("follow_up", "2", "&turn=8")
    caller.over()
    for text in (f"jodo {told}", parts.keys.code_for(caller.call, 0), "unke paas do gaadi hain, aur ek bandook"):
        writer.write(text)
    assert len(rows(parts, Tip)) == 2 and only(parts, Message).tip_id == rows(parts, Tip)[0].id
