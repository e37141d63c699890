"""What of an exchange of messages answers the question that was heard, and what leaves it open."""

from typing import Any

import pytest

from ivr.parts import Parts
from models.tables import Asked, Conversation, Message, Tip
from tests.ivr.answering import ask, states
from tests.ivr.kept import ONE_SHOT, code_in, kept, only, rows, words
from tests.ivr.posting import Poster
from tests.ivr.writing import Writer, a_file


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
