"""Officers ask on the page of a tip: who may, what, how often; and what they see of it, and when."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from ivr.console.coarse import indian
from ivr.exhibits import count_files
from ivr.parts import Parts
from models.database import now
from models.tables import Asked, Attachment, Message, Recording, Tip, Transcript
from tests.ivr.console.desk import ELSEWHERE, OFFICE, STATION, Desk, lay_tip, put, trail_of

CODE = {"code_hash": "c" * 64, "status": "working"}


def asked(parts: Parts, tip: str) -> list[tuple[str, str]]:
    with parts.db.reading() as session:
        return [(one.question, one.state) for one in session.exec(select(Asked).where(Asked.tip_id == tip))]


def a_question(tip: str, **facts: Any) -> Asked:
    today = indian(now()).date()
    return Asked(**{"tip_id": tip, "question": "when", "unit": OFFICE, "asked_on": today, **facts})


def test_who_may_report_on_a_tip_may_ask_and_it_stands_in_the_trail(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, **CODE)
    page = officer.get(f"/console/tips/{tip}")
    assert 'name="question"' in page.text
    answer = officer.post(f"/console/tips/{tip}/questions", question="vehicle")
    assert answer.status_code == 303 and asked(parts, tip) == [("vehicle", "asked")]
    assert trail_of(parts, tip)[-1] == "ask_informant"
    page = officer.get(f"/console/tips/{tip}").text
    assert page.count("कोई गाड़ी? रंग और नंबर?") == 2  # with the questions, and in the trail
    assert "अभी सुना नहीं" in page and 'value="vehicle"' not in page


def test_a_station_may_ask_too(sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to", STATION: "assigned"}, **CODE)
    sho.get(f"/console/tips/{tip}")
    assert sho.post(f"/console/tips/{tip}/questions", question="when").status_code == 303


@pytest.mark.parametrize("status", ["closed", "reported"])
def test_where_nothing_can_be_reported_nothing_can_be_asked(officer: Desk, parts: Parts, status: str) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, **CODE | {"status": status})
    assert 'name="question"' not in officer.get(f"/console/tips/{tip}").text
    assert officer.post(f"/console/tips/{tip}/questions", question="when").status_code == 409
    assert asked(parts, tip) == []


def test_nothing_is_asked_where_nobody_has_a_code(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, status="working")
    page = officer.get(f"/console/tips/{tip}").text
    assert 'name="question"' not in page and "कोड किसी के पास नहीं" in page
    assert officer.post(f"/console/tips/{tip}/questions", question="when").status_code == 409


def test_who_has_a_copy_or_nothing_at_all_asks_nothing(sho: Desk, parts: Parts) -> None:
    copy = lay_tip(parts, {OFFICE: "to", STATION: "copy"}, **CODE)
    other = lay_tip(parts, {ELSEWHERE: "to"}, **CODE | {"code_hash": "d" * 64})
    assert 'name="question"' not in sho.get(f"/console/tips/{copy}").text
    assert sho.post(f"/console/tips/{copy}/questions", question="when").status_code == 409
    assert sho.post(f"/console/tips/{other}/questions", question="when").status_code == 404


def test_only_what_stands_in_the_list_is_asked_once_and_no_more_than_two_at_a_time(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, **CODE)
    officer.get(f"/console/tips/{tip}")
    tries = [("who are you", 404), ("when", 303), ("when", 409), ("people", 303), ("still", 409)]
    for question, status in tries:
        assert officer.post(f"/console/tips/{tip}/questions", question=question).status_code == status
    assert asked(parts, tip) == [("when", "asked"), ("people", "asked")]


def test_a_form_without_its_token_asks_nothing(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, **CODE)
    assert officer.post(f"/console/tips/{tip}/questions", question="when", csrf_token="x").status_code == 400
    assert asked(parts, tip) == []


def test_a_question_is_taken_back_by_the_unit_that_asked_while_it_is_open(
    officer: Desk, sho: Desk, parts: Parts
) -> None:
    tip = lay_tip(parts, {OFFICE: "to", STATION: "assigned"}, **CODE)
    put(parts, a_question(tip), a_question(tip, question="people", state="answered"))
    with parts.db.reading() as session:
        first, second = session.exec(select(Asked.id).order_by(Asked.id)).all()  # type: ignore[arg-type]
    sho.get(f"/console/tips/{tip}")
    officer.get(f"/console/tips/{tip}")
    assert sho.post(f"/console/tips/{tip}/questions/{first}/withdrawal").status_code == 404
    assert officer.post(f"/console/tips/{tip}/questions/{second}/withdrawal").status_code == 409
    assert officer.post(f"/console/tips/{tip}/questions/{first}/withdrawal").status_code == 303
    assert asked(parts, tip) == [("when", "withdrawn"), ("people", "answered")]
    assert trail_of(parts, tip)[-1] == "take_back" and "वापस लिया" in officer.get(f"/console/tips/{tip}").text


@pytest.mark.parametrize(("days", "shown"), [(0, "अभी सुना नहीं"), (1, "सुन लिया, जवाब बाकी")])
def test_that_a_question_was_heard_is_not_shown_before_the_day_is_over(
    officer: Desk, parts: Parts, days: int, shown: str
) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, **CODE)
    put(parts, a_question(tip, state="heard", heard_on=indian(now()).date() - timedelta(days=days)))
    assert shown in officer.get(f"/console/tips/{tip}").text


def test_an_answer_stands_under_its_questions_and_nowhere_else(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, **CODE)
    first = Message(tip_id=tip, position=1, language="hi", text="raat nau baje")
    first.answers = first.id
    spoken = Message(tip_id=tip, position=2, language="hi", text="", answers=first.id)
    other = Message(tip_id=tip, position=3, language="hi", text="ek aur baat")
    recording = Recording(tip_id=tip, take=1001, seconds=10, sha256="")
    put(parts, first, spoken, other, recording)
    heard = Transcript(
        recording_id=recording.id, tip_id=tip, language="hi", model="m", confidence=0.9, text="itwar ko",
        words=[{"w": "itwar", "start": 0.1, "end": 0.4, "conf": 0.99}],
    )  # fmt: skip
    voice = Attachment(
        tip_id=tip, message_id=spoken.id, position=0, kind="voice", status="ready", recording_id=recording.id
    )
    mark = {"state": "answered", "answer": first.id}
    put(parts, heard, voice, a_question(tip, **mark), a_question(tip, question="people", **mark))
    page = officer.get(f"/console/tips/{tip}").text
    for words in ("raat nau baje", "itwar", "ek aur baat"):
        assert page.count(words) == 1
    inside = page[page.index('id="questions"') : page.index('id="act"')]
    assert "raat nau baje" in inside and "itwar" in inside and "ek aur baat" not in inside
    assert inside.count('class="round"') == 1 and inside.count("जवाब मिला") == 2


def test_a_question_of_a_unit_that_has_lost_the_tip_is_put_no_more_and_holds_up_no_other(
    officer: Desk, parts: Parts
) -> None:
    tip = lay_tip(parts, {OFFICE: "to", STATION: "copy"}, **CODE)
    put(parts, a_question(tip, unit=STATION), a_question(tip, question="people", unit=ELSEWHERE))
    page = officer.get(f"/console/tips/{tip}").text
    assert "अभी सुना नहीं" not in page and page.count("वापस लिया") == 2 and 'value="when"' in page
    assert officer.post(f"/console/tips/{tip}/questions", question="when").status_code == 303


@pytest.mark.parametrize(
    ("message", "file"),
    [({"sealed": b"x"}, None), ({"sealed": b""}, "waiting"), ({}, "waiting"), ({"text": "raat nau baje"}, "later")],
    ids=str,
)
def test_until_an_answer_is_prepared_its_question_looks_open_and_nothing_of_it_is_seen(
    officer: Desk, parts: Parts, message: dict[str, Any], file: str | None
) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, **CODE)
    answer = Message(tip_id=tip, position=1, language="hi", **message)
    answer.answers = answer.id
    put(parts, answer, a_question(tip, state="answered", answer=answer.id, heard_on=indian(now()).date()))
    if file:
        put(parts, Attachment(tip_id=tip, message_id=answer.id, position=0, status=file))
    page = officer.get(f"/console/tips/{tip}").text
    inside = page[page.index('id="questions"') : page.index('id="act"')]
    assert "अभी सुना नहीं" in page and "जवाब मिला" not in page and "raat nau baje" not in inside
    assert 'value="when"' not in page and "/withdrawal" in page
    assert ("फाइल अभी तैयार" in page) is (file == "later")
    with parts.db.reading() as session:
        number = session.exec(select(Asked.id)).one()
        (message_row,) = session.exec(select(Message)).all()
    with parts.db.read() as connection:
        assert count_files(connection, [tip]) == ({tip: 1} if file == "later" else {})
    assert officer.post(f"/console/tips/{tip}/questions/{number}/withdrawal").status_code == 303
    page = officer.get(f"/console/tips/{tip}").text
    assert "वापस लिया" in page and "जवाब मिला" not in page and message_row.answers == answer.id


def test_an_answer_is_shown_with_its_question_once_it_is_prepared(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, **CODE)
    answer = Message(tip_id=tip, position=1, language="hi")  # a photo without a word
    answer.answers = answer.id
    photo = Attachment(tip_id=tip, message_id=answer.id, position=0, kind="picture", status="refused")
    put(parts, answer, photo, a_question(tip, state="answered", answer=answer.id))
    page = officer.get(f"/console/tips/{tip}").text
    assert "जवाब मिला" in page and "/withdrawal" not in page and 'value="when"' in page


@pytest.mark.parametrize("number", ["x", "0", "99", "-1", "9" * 40, "१"])
def test_a_question_that_is_not_there_is_not_taken_back(officer: Desk, parts: Parts, number: str) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, **CODE)
    officer.get(f"/console/tips/{tip}")
    assert officer.post(f"/console/tips/{tip}/questions/{number}/withdrawal").status_code == 404


def test_questions_of_a_tip_go_with_it(app: Flask, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, **CODE)
    put(parts, a_question(tip))
    with parts.db.session() as session:
        session.delete(session.get_one(Tip, tip))
    assert asked(parts, tip) == []
