"""The dialogue with whoever comes back with a code: the status, what officers ask, and the answer."""

from dataclasses import replace

import pytest

from ivr.dialogue.engine import reply
from ivr.dialogue.turn import HangUp, Heard, Keep, Record, State, Take
from tests.ivr.pressing import FACTS, after, says


def test_a_status_is_told_in_words_and_a_wrong_code_can_be_tried_again() -> None:
    assert says(reply(State("my_tip"), Heard("12345678", known="routed"), FACTS))[0] == "status-routed"
    wrong = reply(State("my_tip"), Heard("12345678", known="unknown"), FACTS)
    assert says(wrong) == ["status_unknown", "status"]
    assert says(reply(State("my_tip"), Heard("123"), FACTS))[0] == "status_not_eight"
    assert says(reply(State("my_tip"), Heard("12345678", known="locked"), FACTS))[0] == "status_locked"


@pytest.mark.parametrize("heard", [Heard("12345678", known="unknown"), Heard("123"), Heard("")])
def test_the_third_wrong_code_is_answered_before_the_main_menu(heard: Heard) -> None:
    assert says(reply(State("my_tip", tries=2), heard, FACTS)) == ["status_not_found", "main_menu"]


ASKED = Heard("12345678", known="working", asks="when.people", answers="wrapped")


def test_what_officers_ask_comes_behind_the_status_and_is_repeated_without_it() -> None:
    turn = reply(State("my_tip"), ASKED, FACTS)
    questions = ["asked", "question-when", "question-people", "asked_end"]
    assert says(turn) == ["status-working", *questions] and turn.keep is None
    assert says(after(turn.state, "0")) == questions


def test_a_question_that_is_no_longer_in_the_list_is_not_said() -> None:
    turn = reply(State("my_tip"), replace(ASKED, asks="gone.when"), FACTS)
    assert says(turn) == ["status-working", "asked", "question-when", "asked_end"]


@pytest.mark.parametrize("key", ["2", "#", "*", "7", ""])
def test_whoever_does_not_answer_now_goes_on_and_tells_a_tip_of_its_own(key: str) -> None:
    onward = after(reply(State("my_tip"), ASKED, FACTS).state, key)
    assert says(onward) == ["main_menu"] and (onward.state.asks, onward.state.answers) == ("", "")
    telling = after(onward.state, "1")
    assert says(telling) == ["tell"] and reply(telling.state, Heard("#", Take(9)), FACTS).keep == Keep(recorded=1)


def test_an_answer_is_recorded_like_a_telling_and_kept_without_a_review() -> None:
    turn = after(reply(State("my_tip"), ASKED, FACTS).state, "1")
    assert isinstance(turn.ask, Record) and says(turn) == ["answer"]
    kept = reply(turn.state, Heard("#", Take(9)), FACTS)
    assert says(kept) == ["answered"] and kept.keep == Keep(recorded=1, answered=True)
    hung_up = reply(turn.state, Heard("", Take(9), hung_up=True), FACTS)
    assert hung_up.keep == Keep(recorded=1, answered=True, ended=True) and isinstance(hung_up.ask, HangUp)


@pytest.mark.parametrize("key", ["", "2", "*"])
def test_after_an_answer_the_call_ends_unless_something_is_added(key: str) -> None:
    answered = State("answered", take=1, heard=1, asks="when", answers="wrapped")
    assert says(after(answered, key)) == ["goodbye"]
    more = after(answered, "1")
    assert isinstance(more.ask, Record) and more.ask.take == 2


def test_silence_in_place_of_an_answer_is_asked_for_again_and_then_let_go() -> None:
    asked = State("told", take=1, answers="wrapped")
    assert says(reply(asked, Heard("", Take(9, silent=True)), FACTS)) == ["not_heard"]
    third = reply(replace(asked, tries=2), Heard("", Take(9, silent=True)), FACTS)
    assert says(third) == ["not_heard_goodbye"] and third.keep == Keep(recorded=1, ended=True)
    added = reply(replace(asked, tries=2, heard=1), Heard("", Take(9, silent=True)), FACTS)
    assert says(added) == ["goodbye"]
