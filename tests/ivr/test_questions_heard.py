"""What informants hear of officers' questions: of a tip in hand, marked once, and nothing that says whose they are."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import select

from ivr.parts import Parts
from models.hot import Prepared
from models.lifecycle import Status
from models.tables import Asked, Message, Routing, Tip
from settings import Settings
from tests.ivr.answering import UNIT, Answering, address_in, ask, change, states
from tests.ivr.kept import only, rows, spoken, words
from tests.ivr.posting import Poster, a_call, a_recording
from tests.ivr.writing import Writer


def test_a_question_is_heard_behind_the_status_and_marked_once(caller: Poster, parts: Parts, told: str) -> None:
    ask(parts, "when", "people")
    for turn in (1, 2):
        heard = caller.answer("my_tip", told, f"&turn={turn}").text
        said = [heard.index(spoken(parts, name)) for name in ("status-working", "question-when", "question-people")]
        assert said == sorted(said)
    assert states(parts) == ["when heard", "people heard"]
    assert len(rows(parts, Tip)) == 1 and rows(parts, Message) == []


def test_no_more_questions_are_put_at_once_than_are_listened_to(caller: Poster, parts: Parts, told: str) -> None:
    ask(parts, "when", "people")
    ask(parts, "still", "again", unit="KNP-CP")
    with parts.db.session() as session:
        session.add(Routing(tip_id=session.exec(select(Tip.id)).one(), unit="KNP-CP", role="to"))
    for turn, n in ((1, 2), (2, 2)):
        assert caller.answer("my_tip", told, f"&turn={turn}").text.count("/question-") == n
    assert [one.endswith("heard") for one in states(parts)].count(True) == 2


@pytest.mark.parametrize(
    "without",
    [
        {"status": Status.CLOSED}, {"status": Status.RECEIVED}, {"status": Status.DISCARDED}, {"unit": "KNP-KKD"},
        {"state": "withdrawn"}, {"state": "answered"}, {"role": "copy"},
    ],
    ids=str,
)  # fmt: skip
def test_nothing_is_asked_of_a_tip_that_nobody_who_asks_has_in_hand(
    caller: Poster, parts: Parts, told: str, without: dict[str, Any]
) -> None:
    tip = only(parts, Tip)
    ask(parts, "when", unit=without.get("unit", UNIT))
    with parts.db.session() as session:
        session.get_one(Tip, tip.id).status = without.get("status", Status.WORKING)
        session.exec(select(Asked)).one().state = without.get("state", "asked")
        session.exec(select(Routing)).one().role = without.get("role", "to")
    heard = caller.answer("my_tip", told, "&turn=1").text
    assert "question-" not in heard and spoken(parts, "main_menu") in heard


def test_a_wrong_code_and_one_with_a_question_cost_the_same_statements(caller: Poster, parts: Parts, told: str) -> None:
    ask(parts, "when")
    parts.lookup.look("00000001", _call(caller), "the first of the day makes its key")
    run: list[str] = []
    event.listen(parts.db.engine, "before_cursor_execute", lambda *args: run.append(args[2]))
    found = parts.lookup.look(told, _call(caller), "one")
    right, run[:] = list(run), []
    wrong = parts.lookup.look("00000000", _call(caller), "two")
    assert right == run and found.asks == ("when",) and (wrong.asks, wrong.answers) == ((), "")


def _call(caller: Poster) -> Any:
    from ivr.intake import Call

    return Call(caller.call, caller.number)


def test_who_has_guessed_too_often_hears_no_question_even_with_the_right_code(
    caller: Poster, parts: Parts, settings: Settings, told: str
) -> None:
    ask(parts, "when")
    for n in range(settings.code_tries_per_caller):
        caller.answer("my_tip", f"{n:08d}", f"&turn={n + 1}")
    heard = caller.answer("my_tip", told, "&turn=90").text
    assert spoken(parts, "status_locked") in heard and states(parts) == ["when asked"]


def test_no_address_says_which_tip_or_code_a_question_belongs_to(
    app: Flask, settings: Settings, parts: Parts, told: str
) -> None:
    ask(parts, "when")
    tip = only(parts, Tip)
    calls = [Answering(app, settings, told, n) for n in (8, 9)]
    for one in calls:
        for address in (one.told, one.ready, address_in(one.heard, "asked")):
            assert told not in address and tip.id not in address and "answers=" in address
    assert calls[0].told.split("answers=")[1] != calls[1].told.split("answers=")[1]


def test_nothing_that_carries_a_tip_stays_in_a_cache(app: Flask, settings: Settings, parts: Parts, told: str) -> None:
    from ivr.channels import voice

    ask(parts, "when")

    def kept_in_mind() -> list[int]:
        caches = (voice._known_state, parts.voice._write, parts.intake._reply)
        return [one.cache_info().currsize for one in caches]

    Answering(app, settings, told, 8).action()
    with parts.db.session() as session:
        session.exec(select(Asked)).one().state = "asked"
    before = kept_in_mind()
    assert all(before)
    again = Answering(app, settings, told, 8)  # by the same steps, but another name for the same tip
    again.callback(a_recording(9))
    again.action(a_recording(9))
    assert kept_in_mind() == before


def test_a_tip_is_locked_before_its_questions_by_all_who_touch_both(
    parts: Parts, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(parts, "when")
    order: list[str] = []
    answers, run = parts.intake._answers, Prepared.run

    def noted(statement: Prepared, cursor: Any, values: dict[str, Any]) -> Any:
        names = {answers._writes._tip: "tip", answers._heard: "question", answers._answered: "question"}
        order.append(names.get(statement, "else"))
        return run(statement, cursor, values)

    monkeypatch.setattr(Prepared, "run", noted)
    wrapped = parts.keys.wrap(only(parts, Tip).id)
    answers.heard_on_a_call(wrapped, ["when"])
    assert order == ["tip", "question"]
    order.clear()
    answers.spoken(a_call(8), a_recording(8), wrapped, "hi", answered=True)
    assert order.index("tip") < order.index("question")


def test_a_question_is_heard_and_answered_on_either_database(anywhere: Flask, settings: Settings) -> None:
    parts: Parts = anywhere.extensions["hotline"]
    caller = Poster(anywhere, settings, a_call(7))
    caller.told(recording=a_recording(7))
    caller.answer("follow_up", "2", "&turn=8")
    caller.over()
    change(parts, only(parts, Tip).id, status=Status.WORKING)
    with parts.db.session() as session:
        session.add(Routing(tip_id=session.exec(select(Tip.id)).one(), unit=UNIT, role="to"))
    ask(parts, "when", "people")
    code = parts.keys.code_for(caller.call, 0)
    answering = Answering(anywhere, settings, code)
    answering.callback()
    answering.action()
    assert states(parts) == ["when answered", "people answered"] and only(parts, Message).answers
    ask(parts, "still")
    writer = Writer(anywhere, settings)
    assert writer.write(code) == [words(parts, "status_working"), words(parts, "ask_still")]
    assert writer.write("haan") == [words(parts, "added")]
    assert states(parts)[2] == "still answered" and len(rows(parts, Message)) == 2
