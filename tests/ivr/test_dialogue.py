"""The dialogue, as told to the police: keys in, prompts out. No web, no words, no database."""

from dataclasses import replace

import pytest

from ivr.dialogue.engine import begin, reply
from ivr.dialogue.facts import CatalogueFacts
from ivr.dialogue.steps import STEPS, UNTOLD
from ivr.dialogue.turn import HangUp, Heard, Keep, Keys, Record, State, Take, Turn
from models.catalogue import load

FACTS = CatalogueFacts(load())
TOLD = State("told", take=1, turn=2)
GO_ON_AT_ONCE = ("language", "main", "helplines", "code", "asked", "answered")  # by silence, or by any key


def says(turn: Turn) -> list[str]:
    return [line.name for line in turn.lines]


def after(state: State, *keys: str) -> Turn:
    turn = reply(state, Heard(keys[0]), FACTS)
    for key in keys[1:]:
        turn = reply(turn.state, Heard(key), FACTS)
    return turn


def kept_by(state: State, *keys: str) -> list[Keep]:
    kept, turn = [], None
    for key in keys:
        turn = reply(turn.state if turn else state, Heard(key), FACTS)
        kept += [turn.keep] if turn.keep else []
    return kept


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


def test_the_steps_before_the_telling_are_marked_and_no_others() -> None:
    found: set[str] = set()
    ahead = [begin().state]
    while ahead:
        state = replace(ahead.pop(), turn=0, tries=0)
        if state.step in found:
            continue
        found.add(state.step)
        keys = [Heard(key) for key in ("", *"0123456789#*")]
        known = [Heard("12345678", known=known) for known in ("routed", "locked", "unknown")]
        known.append(Heard("12345678", known="routed", asks="when", answers="wrapped"))
        for turn in (reply(replace(state, tries=tries), heard, FACTS) for heard in keys + known for tries in (0, 2)):
            if not isinstance(turn.ask, Record):
                ahead.append(turn.state)
    assert found == UNTOLD


@pytest.mark.parametrize("step", ["main", "helplines"])
def test_whoever_dials_the_emergency_number_on_the_keys_is_recorded(step: str) -> None:
    assert isinstance(STEPS[step].ask, Keys) and STEPS[step].ask.count == 1  # of 112 the first 1 is taken alone
    assert isinstance(after(State(step), "1").ask, Record)


@pytest.mark.parametrize(
    ("keys", "category"),
    [(path, category.code) for category in load().categories.values() for path in [category.menu_path]],
)
def test_the_same_keys_lead_to_the_same_kind_on_every_call(keys: tuple[str, ...], category: str) -> None:
    assert [keep.category for keep in kept_by(State("kinds", take=1), *keys)] == [category]


@pytest.mark.parametrize(("code", "category"), [(c.direct_code, c.code) for c in load().categories.values()])
def test_a_two_digit_code_leads_there_directly(code: str, category: str) -> None:
    assert [keep.category for keep in kept_by(State("kinds", take=1), code)] == [category]


def test_a_path_typed_in_one_go_is_understood_where_it_is_no_code() -> None:
    assert kept_by(State("kinds", take=1), "42")[0].category == "police_misconduct"
    assert kept_by(State("kinds", take=1), "9#")[0].category == "other"


def test_a_complaint_about_police_is_promised_to_bypass_the_station() -> None:
    assert says(after(State("kinds", take=1), "4", "2"))[0] == "about-police_misconduct"


def test_hash_skips_and_star_goes_back_on_every_level() -> None:
    assert after(State("kinds"), "#").state.step == "place"
    assert after(State("kind", menu="1"), "#").state.step == "place"
    assert after(State("place"), "#").state.step == "follow_up"
    assert after(State("kind", menu="1"), "*").state.step == "kinds"
    assert after(State("kinds"), "*").state.step == after(State("kinds"), "**").state.step == "review_again"
    assert after(State("place"), "*").state.step == "kinds"
    assert after(State("place_check", pin="208021"), "*").state.step == "place"
    assert after(State("follow_up"), "*").state.step == "place"


@pytest.mark.parametrize("step", [name for name in STEPS if name != "code"])
def test_zero_repeats_every_question_and_costs_no_try(step: str) -> None:
    state = State(step, pin="208001", menu="1")
    turn = after(state, "0", "0", "0", "0")
    assert turn.state.step == step and turn.state.tries == 0 and turn.lines


def test_a_pin_of_one_station_is_read_back_and_kept_when_right() -> None:
    turn = after(State("place", take=1), "208005")
    assert says(turn) == ["place_is", "station-KNP-KKD", "district-KNP", "place_right"]
    kept = after(turn.state, "1").keep
    assert kept == Keep(pin="208005", district="KNP", station="KNP-KKD")
    assert after(turn.state, "2").state.step == "place"


def test_a_pin_of_many_stations_is_asked_in_pages_of_four() -> None:
    turn = after(State("place", take=1), "208001")
    assert says(turn)[:3] == ["place_which", "station-KNP-KOT", "press-1"] and "place_more" in says(turn)
    second = after(turn.state, "9")
    assert "station-KNP-HBM" in says(second) and "station-KNP-KOT" not in says(second)
    assert after(second.state, "1").keep.station == "KNP-HBM"
    assert after(second.state, "9", "9").state.page == 0
    assert after(turn.state, "#").keep == Keep(pin="208001", district="KNP")


def test_a_pin_that_is_not_ours_or_too_short_is_asked_again_and_then_left() -> None:
    assert says(after(State("place"), "110001"))[0] == "place_unknown"
    assert says(after(State("place"), "2080#"))[0] == "place_not_six"
    third = after(State("place"), "110001", "12", "")
    assert third.state.step == "follow_up" and says(third)[0] == "going_on"


@pytest.mark.parametrize("answer", ["", "7"])
@pytest.mark.parametrize("step", [name for name in STEPS if name not in GO_ON_AT_ONCE])
def test_after_three_misunderstandings_the_safest_way_on_is_taken(step: str, answer: str) -> None:
    state = State(step, take=1, pin="208005", menu="1")
    third = after(state, answer, answer, answer)
    assert third.state.step != step and third.state.tries == 0


def test_a_caller_who_cannot_use_the_menu_is_simply_recorded() -> None:
    assert isinstance(after(State("main"), "8", "8", "8").ask, Record)


@pytest.mark.parametrize(("key", "welcome"), [("1", True), ("2", False), ("#", False)])
def test_the_last_question_sends_the_tip_and_tells_the_code(key: str, welcome: bool) -> None:
    turn = after(State("follow_up", take=1), key)
    assert turn.keep == Keep(follow_up=welcome, ended=True, code=True)
    assert says(turn).count("<code>") == 2 and says(turn)[0] == "code"
    assert says(after(turn.state, "")) == ["goodbye"]
    assert says(after(turn.state, "0")).count("<code>") == 2


def test_a_status_is_told_in_words_and_a_wrong_code_can_be_tried_again() -> None:
    assert says(reply(State("my_tip"), Heard("12345678", known="routed"), FACTS))[0] == "status-routed"
    wrong = reply(State("my_tip"), Heard("12345678", known="unknown"), FACTS)
    assert says(wrong) == ["status_unknown", "status"]
    assert says(reply(State("my_tip"), Heard("123"), FACTS))[0] == "status_not_eight"
    assert says(reply(State("my_tip"), Heard("12345678", known="locked"), FACTS))[0] == "status_locked"


@pytest.mark.parametrize("heard", [Heard("12345678", known="unknown"), Heard("123"), Heard("")])
def test_the_third_wrong_code_is_answered_before_the_main_menu(heard: Heard) -> None:
    assert says(reply(State("my_tip", tries=2), heard, FACTS)) == ["status_not_found", "main_menu"]


def test_no_address_and_no_keys_whatever_break_the_dialogue() -> None:
    odd = ["", "#", "*", "##", "0*", "*0", "99", "999999", "½", "१", "9" * 10, "a", "#1", "1*"]
    for step in [*STEPS, "told", "nowhere"]:
        for keys in odd:
            for pin in ("", "208001", "000000", "x"):
                for take in (None, Take(0), Take(5)):
                    turn = reply(State(step, menu="7", pin=pin, page=9), Heard(keys, take), FACTS)
                    assert turn.lines or isinstance(turn.ask, HangUp)
                    assert isinstance(turn.ask, Keys | Record | HangUp)


def test_of_a_robbery_there_may_be_pictures_and_the_caller_hears_where_to_send_them() -> None:
    facts = CatalogueFacts(load(), "+919876500000")
    turn = reply(State("kinds", take=1), Heard("11"), facts)  # the two-digit code of a serious crime
    for keys in ("#", "2"):
        turn = reply(turn.state, Heard(keys), facts)

    assert turn.state.step == "code"
    said = says(turn)
    at = said.index("pictures")
    assert said[at + 1 : at + 11] == [f"digit-{digit}" for digit in "9876500000"]
    assert said[at + 11 :] == ["pictures_code", "code_use"]


@pytest.mark.parametrize(("number", "code"), [("", "11"), ("+919876500000", "04")])
def test_without_a_number_or_for_gambling_no_pictures_are_asked_for(number: str, code: str) -> None:
    facts = CatalogueFacts(load(), number)
    turn = reply(State("kinds", take=1), Heard(code), facts)
    for keys in ("#", "2"):
        turn = reply(turn.state, Heard(keys), facts)

    assert turn.state.step == "code"
    assert "pictures" not in says(turn)


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
