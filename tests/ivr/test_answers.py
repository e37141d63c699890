"""What informants hear of officers' questions, and how their answers come to the tip: doubled, late, or too late."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import select

from ivr.parts import Parts
from models.hot import Prepared
from models.lifecycle import Status
from models.tables import Asked, Attachment, Conversation, Message, ProviderCopy, Routing, Tip
from settings import Settings
from tests.ivr.kept import ONE_SHOT, code_in, kept, only, rows, spoken, words
from tests.ivr.posting import Poster, a_call, a_recording
from tests.ivr.writing import Writer, a_file
from workers import ledger
from workers.queues import Job

UNIT = "KNP-NBS"


@pytest.fixture
def told(app: Flask, settings: Settings, parts: Parts) -> str:
    """A tip told by telephone that officers have in hand, and its code."""
    caller = Poster(app, settings, a_call(7))
    caller.told(recording=a_recording(7))
    caller.answer("follow_up", "2", "&turn=8")
    caller.over()
    with parts.db.session() as session:
        tip = session.exec(select(Tip)).one()
        tip.status = Status.WORKING
        session.add(Routing(tip_id=tip.id, unit=UNIT, role="to"))
    return parts.keys.code_for(caller.call, 0)


def ask(parts: Parts, *questions: str, unit: str = UNIT) -> None:
    tip = rows(parts, Tip)[0]
    with parts.db.session() as session:
        for question in questions:
            session.add(Asked(tip_id=tip.id, question=question, unit=unit, asked_on=tip.received_hour.date()))


def change(parts: Parts, tip_id: str, **facts: Any) -> None:
    with parts.db.session() as session:
        tip = session.get_one(Tip, tip_id)
        for name, value in facts.items():
            setattr(tip, name, value)


def states(parts: Parts) -> list[str]:
    return [f"{one.question} {one.state}" for one in rows(parts, Asked)]


def address_in(twiml: str, step: str) -> str:
    """The path of an address in TwiML, as the provider would post to it."""
    found = re.search(rf'"https://hotline.example(/voice/{step}[^"]*)"', twiml)
    assert found, twiml
    return found[1].replace("&amp;", "&")


class Answering:
    """A second call, of somebody who has the code, as far as the beep."""

    def __init__(self, app: Flask, settings: Settings, code: str, n: int = 8) -> None:
        self.caller = Poster(app, settings, a_call(n), number="+919811111111")
        self.heard = self.caller.answer("my_tip", code, f"&turn={n}").text
        twiml = self.caller.post(address_in(self.heard, "asked"), Digits="1").text
        self.told, self.ready = address_in(twiml, "told"), address_in(twiml, "recording")

    def action(self, sound: str = "", keys: str = "#", seconds: int = 9) -> str:
        sid = sound or a_recording(8)
        return self.caller.post(self.told, RecordingSid=sid, Digits=keys, RecordingDuration=str(seconds)).text

    def callback(self, sound: str = "") -> None:
        self.caller.post(
            self.ready, RecordingSid=sound or a_recording(8), RecordingDuration="9", RecordingStatus="completed"
        )


@pytest.fixture
def answering(app: Flask, settings: Settings, parts: Parts, told: str) -> Answering:
    ask(parts, "when")
    return Answering(app, settings, told)


# --- hearing
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


# --- answering by telephone
def test_an_answer_comes_to_its_tip_once_however_often_and_in_whatever_order_it_is_announced(
    app: Flask, settings: Settings, parts: Parts, told: str, enqueued: list[tuple[Job, str]]
) -> None:
    ask(parts, "when")
    tip = only(parts, Tip)
    for n, order in enumerate((["action", "callback"], ["callback", "action"]), start=8):
        answering, sound = Answering(app, settings, told, n), a_recording(n)
        for name in [one for one in order for _ in range(2)]:
            getattr(answering, name)(sound)
        with parts.db.session() as session:
            session.exec(select(Asked)).one().state = "asked"
    after = only(parts, Tip)
    assert (after.status, after.id, after.sent_take) == ("working", tip.id, tip.sent_take)
    assert [one.declared_type for one in rows(parts, Attachment)] == ["audio/x-wav"] * 2
    assert len(rows(parts, Message)) == 2 and all(one.answers for one in rows(parts, Message))
    answers = [one for one in rows(parts, ProviderCopy) if one.kind == "answer"]
    assert sorted(one.sid for one in answers) == [a_recording(8), a_recording(9)]
    assert all(one.due_at is None for one in answers)
    assert (Job.PREPARE_TIP, tip.id) in enqueued


def test_a_hang_up_in_the_middle_of_an_answer_keeps_it(answering: Answering, parts: Parts) -> None:
    answering.action(keys="hangup")
    answering.caller.over()
    assert states(parts) == ["when answered"] and len(rows(parts, Attachment)) == 1 and len(rows(parts, Tip)) == 1


def test_a_hang_up_at_the_beep_is_kept_and_the_question_is_put_again(
    app: Flask, settings: Settings, answering: Answering, parts: Parts, told: str
) -> None:
    answering.action(keys="hangup", seconds=1)
    answering.caller.over()
    assert states(parts) == ["when heard"] and len(rows(parts, Attachment)) == 1
    again = Answering(app, settings, told, 9)
    assert spoken(parts, "question-when") in again.heard
    again.action(a_recording(9), keys="hangup", seconds=2)
    assert states(parts) == ["when answered"]


def test_silence_is_kept_but_answers_nothing_and_is_asked_for_again(answering: Answering, parts: Parts) -> None:
    heard = answering.action(keys="", seconds=9)
    assert spoken(parts, "not_heard") in heard and states(parts) == ["when heard"]
    assert len(rows(parts, Attachment)) == 1
    second = address_in(heard, "told")
    again = answering.caller.post(second, RecordingSid=a_recording(9), Digits="#", RecordingDuration="9").text
    assert spoken(parts, "answered") in again and states(parts) == ["when answered"]


def test_what_is_added_to_an_answer_belongs_to_it(answering: Answering, parts: Parts) -> None:
    more = answering.caller.post(address_in(answering.action(), "answered"), Digits="1").text
    answering.caller.post(address_in(more, "told"), RecordingSid=a_recording(9), Digits="#", RecordingDuration="9")
    first, second = sorted(rows(parts, Message), key=lambda one: one.position)
    assert only(parts, Asked).answer == first.id == first.answers == second.answers


def test_an_answer_to_a_tip_that_is_no_more_is_a_tip_of_its_own(answering: Answering, parts: Parts) -> None:
    with parts.db.session() as session:
        session.delete(session.exec(select(Tip)).one())
    answering.action()
    answering.caller.over()
    tip = only(parts, Tip)
    assert tip.status == "received" and rows(parts, Attachment) == []
    its = [one.kind for one in rows(parts, ProviderCopy) if one.conversation_key == tip.conversation_key]
    assert sorted(its) == ["call", "recording"]


def test_an_answer_to_a_question_that_was_taken_back_is_added_all_the_same(answering: Answering, parts: Parts) -> None:
    with parts.db.session() as session:
        session.exec(select(Asked)).one().state = "withdrawn"
    answering.action()
    assert states(parts) == ["when withdrawn"] and len(rows(parts, Attachment)) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [("closed", "received"), ("received", "received"), ("prepared", "received"), ("reported", "reported")],
)
def test_an_answer_to_a_tip_that_stands_elsewhere_by_now_is_added_as_by_its_code(
    answering: Answering, parts: Parts, before: str, after: str
) -> None:
    change(parts, only(parts, Tip).id, status=before)
    answering.action()
    assert only(parts, Tip).status == after and only(parts, Attachment).tip_id == only(parts, Tip).id


def test_an_answer_that_a_worker_found_before_we_were_told_comes_to_its_tip(answering: Answering, parts: Parts) -> None:
    answering.caller.over()
    found = {"sid": a_recording(8), "created": only(parts, Tip).received_hour, "seconds": 9, "status": "completed"}
    adopted = ledger.adopt(parts.db, parts.keys, answering.caller.call, [found])
    assert adopted and len(rows(parts, Tip)) == 2
    answering.action()
    assert states(parts) == ["when answered"] and only(parts, Attachment).tip_id != adopted
    assert [one.kind for one in rows(parts, ProviderCopy) if one.sid == a_recording(8)] == ["answer"]


def test_the_call_of_an_answer_may_go_and_its_number_is_nowhere(answering: Answering, parts: Parts) -> None:
    answering.action()
    (call,) = [one for one in rows(parts, ProviderCopy) if one.kind == "call" and one.sid == answering.caller.call]
    assert call.due_at
    for table in (Message, Attachment, Asked, Tip, Conversation):
        assert "9811111111" not in repr(rows(parts, table))


# --- answering in writing
@pytest.mark.parametrize("answer", ["haan", "nahi", "5", "9 baje raat ko", "हाँ", "UP 78 AB 1234", "roz raat"])
def test_whatever_is_no_command_answers_the_question(
    writer: Writer, parts: Parts, keys: Any, told: str, answer: str
) -> None:
    ask(parts, "when")
    assert writer.write(told) == [words(parts, "status_working"), words(parts, "ask_when")]
    assert writer.write(answer) == [words(parts, "added")]
    assert kept(parts, keys) == [answer] and states(parts) == ["when answered"]
    assert only(parts, Tip).status == "working"


@pytest.mark.parametrize("answer", ["band hai ab", "band"])
def test_a_word_that_may_wish_for_silence_and_say_that_it_is_over_is_taken_for_both(
    writer: Writer, parts: Parts, keys: Any, told: str, answer: str
) -> None:
    ask(parts, "still")
    writer.write(told)
    assert writer.write(answer) == [words(parts, "stopped")]
    assert kept(parts, keys) == [answer] and states(parts) == ["still answered"]
    assert writer.write("kuch bhi") == []


def test_the_providers_own_word_for_stop_answers_nothing(writer: Writer, parts: Parts, told: str) -> None:
    ask(parts, "still")
    writer.write(told)
    assert writer.write("STOP") == [] and rows(parts, Message) == [] and states(parts) == ["still heard"]


@pytest.mark.parametrize("polite", ["ok", "namaste", "thank you", "ठीक है", "..."])
def test_a_mere_politeness_leaves_the_question_open(writer: Writer, parts: Parts, told: str, polite: str) -> None:
    ask(parts, "when")
    writer.write(told)
    writer.write(polite)
    assert rows(parts, Message) == [] and states(parts) == ["when heard"]
    writer.write("raat nau baje")
    assert states(parts) == ["when answered"]


@pytest.mark.parametrize("command", ["start", "menu", "jodo"])
def test_whoever_begins_something_else_no_longer_answers(writer: Writer, parts: Parts, told: str, command: str) -> None:
    ask(parts, "when")
    writer.write(told)
    writer.write(command)
    writer.write(ONE_SHOT)
    assert len(rows(parts, Tip)) == 2 and states(parts) == ["when heard"]


def test_the_same_message_twice_hears_the_question_twice_and_answers_once(
    writer: Writer, parts: Parts, told: str
) -> None:
    ask(parts, "when")
    asks, answers = writer.form(told), writer.form("raat nau baje")
    for form in (asks, asks, answers, answers):
        answer = writer.post("/messages", form).text
        assert (words(parts, "ask_when") in answer) is (form is asks)
    assert len(rows(parts, Message)) == 1


def test_nothing_is_asked_of_whoever_is_telling_something_else(writer: Writer, parts: Parts, told: str) -> None:
    ask(parts, "when")
    writer.write("panki me juaa")
    assert writer.write(told) == [words(parts, "status_working")]
    assert states(parts) == ["when asked"]


def test_whoever_said_stop_is_asked_nothing_and_what_is_written_is_kept(
    writer: Writer, parts: Parts, told: str
) -> None:
    ask(parts, "when")
    writer.write("STOP")
    assert writer.write(told) == [] and states(parts) == ["when asked"]
    writer.write(ONE_SHOT)
    assert len(rows(parts, Tip)) == 2 and rows(parts, Tip)[0].status == "working"


def test_a_photo_that_is_attached_by_the_code_answers_what_was_heard_on_a_call(
    caller: Poster, writer: Writer, parts: Parts, told: str
) -> None:
    ask(parts, "picture")
    caller.answer("my_tip", told, "&turn=1")
    writer.write(f"jodo {told}", NumMedia="1", **a_file())
    assert states(parts) == ["picture answered"] and only(parts, Message).answers == only(parts, Asked).answer


def test_what_is_told_before_the_question_stays_a_tip_of_its_own(writer: Writer, parts: Parts, told: str) -> None:
    ask(parts, "when")
    code_in(writer.write(ONE_SHOT))
    writer.write(told)
    writer.write("raat nau baje")
    first, second = (tip.id for tip in rows(parts, Tip))
    assert sorted(one.tip_id for one in rows(parts, Message)) == sorted([first, second])


def test_until_an_answer_comes_no_row_says_whose_question_an_exchange_heard(
    writer: Writer, parts: Parts, told: str
) -> None:
    ask(parts, "when")
    writer.write(told)
    talk = only(parts, Conversation)
    assert talk.tip_id is None and only(parts, Tip).id not in repr(talk.state) and told not in repr(talk.state)


# --- telling of something else
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
