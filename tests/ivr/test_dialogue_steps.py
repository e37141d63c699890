"""What holds on every step of the dialogue, whatever is pressed: back, on, again, and the safest way out."""

from dataclasses import replace

import pytest

from ivr.dialogue.engine import begin, reply
from ivr.dialogue.steps import STEPS, UNTOLD
from ivr.dialogue.turn import HangUp, Heard, Keys, Record, State, Take
from tests.ivr.pressing import FACTS, after

GO_ON_AT_ONCE = ("language", "main", "helplines", "code", "asked", "answered")  # by silence, or by any key


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


@pytest.mark.parametrize("answer", ["", "7"])
@pytest.mark.parametrize("step", [name for name in STEPS if name not in GO_ON_AT_ONCE])
def test_after_three_misunderstandings_the_safest_way_on_is_taken(step: str, answer: str) -> None:
    state = State(step, take=1, pin="208005", menu="1")
    third = after(state, answer, answer, answer)
    assert third.state.step != step and third.state.tries == 0


def test_no_address_and_no_keys_whatever_break_the_dialogue() -> None:
    odd = ["", "#", "*", "##", "0*", "*0", "99", "999999", "½", "१", "9" * 10, "a", "#1", "1*"]
    for step in [*STEPS, "told", "nowhere"]:
        for keys in odd:
            for pin in ("", "208001", "000000", "x"):
                for take in (None, Take(0), Take(5)):
                    turn = reply(State(step, menu="7", pin=pin, page=9), Heard(keys, take), FACTS)
                    assert turn.lines or isinstance(turn.ask, HangUp)
                    assert isinstance(turn.ask, Keys | Record | HangUp)
