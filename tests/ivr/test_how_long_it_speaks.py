"""Nobody remembers a key that was said half a minute ago: every turn of a call, added up from the sounds it plays."""

import itertools
from collections.abc import Iterator
from functools import cache

import pytest
import soundfile

from ivr.channels.prompts import LANGUAGES, Prompts
from ivr.dialogue.engine import begin, reply
from ivr.dialogue.facts import CatalogueFacts
from ivr.dialogue.steps import STEPS
from ivr.dialogue.turn import CODE, PAUSE, PLAYBACK, HangUp, Heard, State, Take, Turn
from models.catalogue import load
from models.lifecycle import READABLE, Status
from models.question import MOST_OPEN
from settings import ROOT
from speech.voice.check import LONGEST

CATALOGUE = load()
FACTS = CatalogueFacts(CATALOGUE, "+919876500000")
PROMPTS = Prompts.load(ROOT / "audio_prompts", CATALOGUE)

# What each question is; a menu is the longest, and nothing that is said at one go is longer.
KINDS = {
    "language": "question", "main": "menu", "review": "submenu", "review_again": "submenu",
    "throw_away": "question", "kinds": "menu", "kind": "submenu", "place": "submenu",
    "place_check": "submenu", "place_pick": "menu", "follow_up": "submenu", "code": "menu", "my_tip": "question",
    "asked": "menu", "answered": "question", "helplines": "menu",
}  # fmt: skip
TOLD_AS = [str(status) for status in Status if status not in (Status.TELLING, Status.PREPARED)]
IN_HAND = [str(status) for status in READABLE if status is not Status.CLOSED]  # in which something is asked
# Every question, and every two: more of a tip are not asked at once.
ASKED = (*CATALOGUE.questions, *(".".join(both) for both in itertools.combinations(CATALOGUE.questions, MOST_OPEN)))
PINS = ("208005", "208001", "110001")  # of one station, of ten, and not ours
NEVER_AT_ONCE = {CODE, PAUSE, PLAYBACK}  # what is written down along takes as long as writing; and the own words


@cache
def seconds(name: str, lang: str) -> float:
    """How long a sound lasts. A digit of a code or number is written down, and does not count."""
    prompt = PROMPTS.get(name, lang)
    assert prompt.sound is not None, f"{lang}/{name} has no sound"
    return 0.0 if name.startswith("digit-") else float(soundfile.info(prompt.sound).duration)


def lasting(turn: Turn) -> float:
    return sum(seconds(line.name, line.lang) for line in turn.lines if line.name not in NEVER_AT_ONCE)


def answers(step: str) -> Iterator[Heard]:
    """Everything that can be heard at a step."""
    yield from (Heard(keys) for keys in ("", "0", "#", "*", *"123456789", *PINS))
    if step == "told":
        yield from (Heard("#", Take(9)), Heard("", Take(9, silent=True)), Heard("", Take(None)))
    if step == "my_tip":
        yield from (Heard("12345678", known=known) for known in (*TOLD_AS, "unknown", "locked"))
        yield from (Heard("12345678", known=known, asks=asks, answers="w") for known in IN_HAND for asks in ASKED)


def in_short(state: State) -> State:
    """The same, as far as it decides what is said."""
    return State(
        state.step,
        state.lang,
        tries=state.tries,
        heard=min(state.heard, 1),
        menu=state.menu if state.step == "kind" else "",
        pin=state.pin if state.step in ("place_check", "place_pick") else "",
        page=state.page if state.step == "place_pick" else 0,
        shows=state.shows,
        asks=state.asks,
        answers=state.answers,
    )


@pytest.fixture(scope="module")
def calls() -> dict[State, list[Turn]]:
    """Every state that a call can come to, with every turn that follows in it."""
    found: dict[State, list[Turn]] = {}
    ahead = [in_short(begin().state)]
    while ahead:
        state = ahead.pop()
        if state in found:
            continue
        found[state] = [reply(state, heard, FACTS) for heard in answers(state.step)]
        ahead += [in_short(turn.state) for turn in found[state] if not isinstance(turn.ask, HangUp)]
    return found


def test_every_step_of_the_dialogue_has_a_limit_and_is_reached(calls: dict[State, list[Turn]]) -> None:
    assert set(KINDS) == set(STEPS)
    assert {(state.step, state.lang) for state in calls} >= {(step, lang) for step in STEPS for lang in LANGUAGES}


def test_no_question_lasts_longer_than_its_kind_allows(calls: dict[State, list[Turn]]) -> None:
    long = {
        (state.step, state.lang, state.menu): round(lasting(reply(state, Heard("0"), FACTS)), 2)
        for state in calls
        if state.step in KINDS and lasting(reply(state, Heard("0"), FACTS)) > LONGEST[KINDS[state.step]]
    }
    assert lasting(begin()) <= LONGEST["question"] and long == {}


def test_with_all_that_is_said_before_it_no_question_lasts_longer_than_a_menu(calls: dict[State, list[Turn]]) -> None:
    long = {
        tuple(f"{line.lang}/{line.name}" for line in turn.lines): round(lasting(turn), 2)
        for turns in calls.values()
        for turn in turns
        if lasting(turn) > LONGEST["menu"]
    }
    assert long == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_stations_of_no_pin_code_take_longer_to_read_out_than_a_menu(lang: str) -> None:
    for pin in CATALOGUE.pins:
        turn = reply(State("place", lang), Heard(pin), FACTS)
        pages = 0
        while turn.state.step in ("place_check", "place_pick") and pages < 4:
            assert lasting(turn) <= LONGEST[KINDS[turn.state.step]], (pin, turn.lines)
            turn, pages = reply(turn.state, Heard("9"), FACTS), pages + 1


def test_what_leads_up_to_a_question_is_not_said_again_after_a_mistake() -> None:
    for step in ("main", "kinds", "kind", "place_pick", "helplines"):
        state = State(step, menu="1", pin="208001")
        whole, again = (lasting(reply(state, Heard(keys), FACTS)) for keys in ("0", "xx"))
        assert again - seconds("not_understood", "hi") < whole
