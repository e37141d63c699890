"""The dialogue from the greeting to a telling that is sent, told again or thrown away: keys in, prompts out."""

from dataclasses import replace

import pytest

from ivr.dialogue.engine import begin, reply
from ivr.dialogue.steps import STEPS
from ivr.dialogue.turn import HangUp, Heard, Keep, Keys, Record, State, Take
from tests.ivr.pressing import FACTS, after, kept_by, says

TOLD = State("told", take=1, turn=2)


def test_a_call_begins_with_the_language_and_silence_goes_on_in_hindi() -> None:
    assert says(begin()) == ["greeting", "greeting_english"]
    assert after(begin().state, "").state.lang == "hi"
    assert after(begin().state, "1").state.lang == "hi"
    assert after(begin().state, "2").state.lang == "en"


def test_danger_and_anonymity_come_before_the_first_question_and_not_after_every_mistake() -> None:
    main = after(begin().state, "1")
    assert says(main) == ["danger", "promise", "main_menu"]
    assert says(after(main.state, "7")) == ["not_understood", "main_menu"]
    assert says(after(main.state, "2", "*")) == ["main_menu"]
    assert says(after(main.state, "7", "0")) == ["danger", "promise", "main_menu"]


def test_back_at_the_greeting_both_languages_are_offered_and_silence_stays_with_the_chosen_one() -> None:
    back = after(begin().state, "2", "*")
    assert [(line.name, line.lang) for line in back.lines] == [("greeting", "hi"), ("greeting_english", "en")]
    assert after(back.state, "1").state.lang == "hi" and after(back.state, "").state.lang == "en"


@pytest.mark.parametrize("key", ["1", ""])
def test_one_or_silence_leads_to_telling(key: str) -> None:
    turn = after(State("main"), key)
    assert isinstance(turn.ask, Record) and turn.ask.take == 1 and says(turn) == ["tell"]


def test_nothing_is_kept_before_the_telling() -> None:
    assert kept_by(begin().state, "1", "9", "0", "2", "#", "3", "1") == []


def test_a_recording_is_kept_at_once_and_reviewed() -> None:
    turn = reply(TOLD, Heard("#", Take(12)), FACTS)
    assert turn.keep == Keep(recorded=1) and says(turn) == ["review"]


def test_a_hang_up_in_the_recording_keeps_it_and_ends() -> None:
    turn = reply(TOLD, Heard("", Take(4), hung_up=True), FACTS)
    assert turn.keep == Keep(recorded=1, ended=True) and isinstance(turn.ask, HangUp)


def test_an_empty_recording_is_asked_for_again_twice_and_then_the_caller_is_let_go() -> None:
    turn = reply(TOLD, Heard("", None), FACTS)
    assert says(turn) == ["not_heard"] and turn.state.take == 2
    turn = reply(turn.state, Heard("", Take(0)), FACTS)
    turn = reply(turn.state, Heard("", None), FACTS)
    assert says(turn) == ["not_heard_goodbye"] and isinstance(turn.ask, HangUp)


def test_the_way_on_without_an_action_request_is_already_in_the_document() -> None:
    ask = after(State("main"), "1").ask
    takes = []
    while isinstance(ask, Record):
        takes.append(ask.take)
        ask = ask.otherwise.ask if ask.otherwise else None
    assert takes == [1, 2, 3] and isinstance(ask, HangUp)


def test_saying_it_again_makes_a_second_take_and_only_sending_it_drops_the_first() -> None:
    again = after(State("review", take=1), "2")
    assert isinstance(again.ask, Record) and again.ask.take == 2 and again.keep is None
    review = reply(again.state, Heard("#", Take(9)), FACTS)
    assert review.keep == Keep(recorded=2)
    assert reply(review.state, Heard("1"), FACTS).keep == Keep(sent=2)


def test_a_silent_recording_is_not_told_but_kept_in_case() -> None:
    turn = reply(TOLD, Heard("", Take(9, silent=True)), FACTS)
    assert says(turn) == ["not_heard"] and turn.keep == Keep(recorded=1) and turn.state.heard == 0
    third = reply(replace(TOLD, tries=2), Heard("", Take(9, silent=True)), FACTS)
    assert says(third) == ["not_heard_goodbye"] and third.keep == Keep(recorded=1, ended=True)


def test_a_recording_of_unknown_length_is_told() -> None:
    turn = reply(TOLD, Heard("#", Take(None)), FACTS)
    assert says(turn) == ["review"] and turn.keep == Keep(recorded=1)


def test_silence_where_it_was_to_be_said_again_goes_on_with_what_was_told() -> None:
    turn = after(State("review", take=1, heard=1), "2")
    for _ in range(3):
        assert isinstance(turn.ask, Record)
        turn = reply(turn.state, Heard("", Take(9, silent=True)), FACTS)
    assert turn.state.step == "kinds" and says(turn)[0] == "going_on"
    assert (turn.state.take, turn.state.heard, turn.state.sent) == (4, 1, 0)
    assert turn.keep == Keep(recorded=4)
    assert all(keep.sent is None for keep in kept_by(turn.state, "13", "#", "2"))


def test_the_way_on_without_an_action_request_keeps_what_was_told_too() -> None:
    turn = after(State("review", take=1, heard=1), "2")
    while isinstance(turn.ask, Record):
        assert turn.ask.otherwise
        turn = turn.ask.otherwise
    assert turn.state.step == "kinds" and says(turn)[0] == "going_on"


def test_only_a_key_sends_silence_leaves_every_take_to_count() -> None:
    review = State("review", take=2, heard=2)
    assert after(review, "", "", "").state.sent == 0
    assert [keep.sent for keep in kept_by(review, "", "", "", "13", "#", "2")] == [None, None]
    assert [keep.sent for keep in kept_by(review, "1", "13", "#", "2")] == [2, 2, 2]


def test_what_is_sent_is_the_telling_that_was_heard_last_and_not_the_silence_after_it() -> None:
    assert after(State("review", take=3, heard=1), "1").state.sent == 1
    assert after(State("review", take=3, heard=2), "1").keep == Keep(sent=2)


def test_throwing_it_away_discards_every_take_so_far() -> None:
    turn = after(State("review", take=2), "*")
    assert turn.keep == Keep(discarded=2) and says(turn) == ["thrown_away", "main_menu"]
    assert isinstance(after(turn.state, "1").ask, Record)
    assert after(turn.state, "1").state.take == 3


def test_throwing_it_away_forgets_what_was_chosen_on_the_way() -> None:
    chosen = State("review", lang="en", turn=9, take=1, menu="3", pin="208005", page=1, shows=1)
    assert after(chosen, "*").state == State("main", lang="en", turn=10, take=1)


def test_star_pressed_to_go_back_does_not_throw_away_what_was_told() -> None:
    back = after(State("kinds", take=1, heard=1, sent=1), "*")
    assert says(back) == ["review"]
    asked = after(back.state, "*")
    assert says(asked) == ["throw_away"] and asked.keep is None
    assert [keep.discarded for keep in kept_by(State("follow_up", take=1, heard=1), *"***********")] == []
    assert after(asked.state, "1").keep == Keep(discarded=1)


@pytest.mark.parametrize("keys", [("2",), ("#",), ("", "", ""), ("7", "8", "9"), ("*", "1"), ("*", "", "", "")])
def test_whoever_does_not_say_yes_to_throwing_away_goes_on_with_what_was_told(keys: tuple[str, ...]) -> None:
    turn = after(State("throw_away", take=1, heard=1), *keys)
    assert turn.state.step == "kinds" and (turn.state.take, turn.state.heard) == (1, 1)
    assert all(keep.discarded is None for keep in kept_by(State("throw_away", take=1, heard=1), *keys))


def test_on_the_way_back_it_can_be_heard_told_again_and_sent_as_before() -> None:
    back = State("review_again", take=1, heard=1)
    assert says(after(back, "3")) == ["your_words", "<playback>", "review"]
    assert says(after(back, "3", "*")) == ["throw_away"]
    assert after(back, "1").state.step == "kinds"
    told_again = reply(after(back, "2").state, Heard("#", Take(9)), FACTS)
    assert says(after(told_again.state, "*"))[0] == "thrown_away"  # heard anew: the key means what was said


@pytest.mark.parametrize("step", ["main", "helplines"])
def test_whoever_dials_the_emergency_number_on_the_keys_is_recorded(step: str) -> None:
    assert isinstance(STEPS[step].ask, Keys) and STEPS[step].ask.count == 1  # of 112 the first 1 is taken alone
    assert isinstance(after(State(step), "1").ask, Record)


def test_a_caller_who_cannot_use_the_menu_is_simply_recorded() -> None:
    assert isinstance(after(State("main"), "8", "8", "8").ask, Record)
