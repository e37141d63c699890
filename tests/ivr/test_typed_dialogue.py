"""The conversation in writing, without a channel or a database: what is asked, what is kept, and when it ends."""

import itertools
import random

import pytest

from ivr.dialogue.typed import reply
from ivr.dialogue.typed_steps import ANSWERS, COMMANDS, QUESTIONS
from ivr.dialogue.typed_turn import DONE, EMPTY, MACHINE, Read, State
from tests.ivr.talking import FACTS, GAMBLING, PLACE, photo, read, talk, texts, voice_note


def test_a_machine_is_not_answered_and_changes_nothing() -> None:
    before = talk(read(**GAMBLING))[-1].state
    (answer,) = talk(read(MACHINE, lang="en"), state=before)
    assert (answer.texts, answer.state, answer.keep.content) == ((), before, False)


# --- telling
def test_a_tip_with_everything_in_it_is_asked_nothing() -> None:
    (answer,) = talk(read(**GAMBLING, **PLACE, since=True))
    assert answer.texts == ("code",) and answer.keep.send and answer.keep.code and answer.keep.content


def test_only_what_is_missing_is_asked_one_question_a_message() -> None:
    assert texts(read(**GAMBLING), read("answer", **PLACE), read("answer", words=2)) == [
        ("where",),
        ("when",),
        ("code",),
    ]
    assert texts(read("answer", **PLACE), read(**GAMBLING, since=True)) == [("what",), ("code",)]
    assert texts(read(**GAMBLING, **PLACE), read("answer")) == [("when",), ("code",)]


def test_nearby_is_not_enough_unless_the_town_is_known() -> None:
    assert texts(read(**GAMBLING), read("unknown"), read("unknown"), read("answer")) == [
        ("where",), ("where_again",), ("when",), ("code",),
    ]  # fmt: skip
    assert texts(read(**GAMBLING, district="KNP"), read("unknown"), read("answer"))[1:] == [("when",), ("code",)]


def test_a_place_that_is_not_served_is_not_asked_for_again() -> None:
    assert texts(read(**GAMBLING, outside=True)) == [("when",)]


def test_whoever_has_said_all_hears_the_code_at_any_time() -> None:
    for before in ((read(**GAMBLING),), (read(**GAMBLING), read("unknown")), (photo(),)):
        answer = talk(*before, read(DONE))[-1]
        assert answer.texts == ("code",) and answer.keep.send and answer.state.ended


def test_done_with_nothing_told_asks_to_tell() -> None:
    assert texts(read(DONE)) == [("tell",)]


def test_after_the_end_everything_is_added_and_said_twice_at_most() -> None:
    told = read(**GAMBLING, **PLACE, since=True)
    replies = talk(told, read("unknown"), photo(), read("unknown"), read(DONE))
    assert [one.texts for one in replies] == [("code",), ("added",), ("added",), (), ()]
    assert all(one.keep.content for one in replies[:4])


def test_a_question_is_never_asked_more_often_than_it_has_words() -> None:
    for chance in range(200):
        dice = random.Random(chance)
        kinds = [read("unknown"), read("answer"), read(**GAMBLING), photo(), read("greeting"), read("help"), photo()]
        asked = [text for answer in talk(*dice.choices(kinds, k=25)) for text in answer.texts]
        assert all(asked.count(text) <= 2 for text in ANSWERS if text != "tell")
        assert asked.count("code") <= 1 and asked.count("added") <= 2


# --- beginning
def test_whoever_greets_is_asked_to_tell() -> None:
    assert texts(read("greeting")) == [("tell",)]


def test_the_language_is_asked_only_in_doubt_and_once() -> None:
    assert texts(read("greeting", lang=""), read("answer", choice="en", number="2", lang="")) == [
        ("language",),
        ("tell",),
    ]
    replies = talk(read("greeting", lang=""), read("greeting", lang=""))
    assert replies[-1].texts == ("tell",) and replies[-1].state.lang == "hi"


def test_what_came_before_the_language_was_clear_is_not_lost() -> None:
    replies = talk(photo(), read("answer", choice="en", number="2", lang=""))
    assert [one.texts for one in replies] == [("language",), ("what",)]
    assert replies[0].keep.content and not replies[1].keep.content and replies[1].state.lang == "en"


def test_whoever_tells_instead_of_choosing_a_language_is_answered_in_that_of_the_words() -> None:
    replies = talk(photo(), read(**GAMBLING, lang="en"))
    assert replies[-1].texts == ("where",) and replies[-1].state.lang == "en"


def test_a_whole_album_is_asked_one_question() -> None:
    replies = talk(read(**GAMBLING), *(photo() for _ in range(10)))
    assert [one.texts for one in replies] == [("where",), *[()] * 10]
    assert all(one.keep.content for one in replies)


def test_a_voice_note_says_what_goes_on_and_answers_what_was_asked() -> None:
    assert texts(voice_note(), read("answer", choice="hi", number="1", lang="")) == [("language",), ("where",)]
    hindi = read("greeting")
    assert texts(hindi, voice_note(), voice_note(), voice_note()) == [("tell",), ("where",), ("when",), ("code",)]
    assert texts(hindi, voice_note(), photo(), read("answer", **PLACE, since=True)) == [
        ("tell",), ("where",), (), ("code",),
    ]  # fmt: skip


def test_a_point_on_the_map_is_a_place() -> None:
    assert texts(read(**GAMBLING), photo(point=True)) == [("where",), ("when",)]


def test_the_language_can_be_changed_at_any_time_and_the_question_comes_again() -> None:
    replies = talk(read(**GAMBLING), read("language", switch="en", content=False))
    assert replies[-1].texts == ("where",) and replies[-1].state.lang == "en" and not replies[-1].keep.content
    assert talk(read("language", switch="en"))[-1].texts == ("tell",)
    assert talk(read(**GAMBLING, **PLACE, since=True), read("language", switch="en"))[-1].texts == ("switched",)


# --- numbers
def test_the_menu_is_sent_only_when_asked_for_and_a_number_of_it_is_a_kind() -> None:
    replies = talk(read("menu"), read("answer", number="4", words=1))
    assert replies[0].texts == COMMANDS["menu"].texts
    assert replies[1].keep.category == "gambling" and replies[1].keep.category_by == "caller"
    assert replies[1].texts == ("chosen",)


@pytest.mark.parametrize(
    ("number", "category"), [("02", "drugs_liquor"), ("14", "trader_complaint"), ("99", None), ("4", None)]
)
def test_two_digits_are_a_kind_when_nothing_else_was_asked(number: str, category: str | None) -> None:
    (answer,) = talk(read("answer", number=number, words=1))
    assert answer.keep.category == category and answer.keep.content


def test_ten_is_a_time_when_a_time_was_asked() -> None:
    replies = talk(read(**GAMBLING, **PLACE), read("answer", number="10", words=1))
    assert replies[-1].keep.category is None and replies[-1].texts == ("code",)


def test_a_bare_keyword_is_the_callers_own_choice_and_a_sentence_is_not() -> None:
    assert talk(read(**GAMBLING, words=1))[0].keep.category_by == "caller"
    assert talk(read(**GAMBLING, words=6))[0].keep.category_by == "words"


def test_what_was_chosen_by_number_is_not_changed_by_words() -> None:
    replies = talk(read("answer", number="04", words=1), read(category="extortion"))
    assert replies[-1].keep.category is None and replies[-1].state.category == "gambling"


def test_the_more_urgent_of_two_kinds_counts() -> None:
    first, second = talk(read(category="serious_crime"), read("tip", category="drugs_liquor"))
    assert first.keep.category == "serious_crime" and second.keep.category is None
    assert talk(read(category="drugs_liquor"), read(category="extortion"))[-1].keep.category == "extortion"
    assert talk(read(category="other"), read(category="gambling"))[-1].keep.category == "gambling"


def test_the_last_photo_may_come_with_the_word_that_ends_it() -> None:
    answer = talk(read(**GAMBLING), read(DONE, content=True, media=True))[-1]
    assert answer.texts == ("code",) and answer.keep.content


# --- danger
def test_danger_at_this_moment_is_sent_at_once_and_112_comes_first() -> None:
    answer, then = talk(read(category="serious_crime", now=True), read("answer", **PLACE))
    assert answer.texts == ("call_first", "where") and answer.keep.urgent and answer.keep.send
    assert then.texts == ("code",)


def test_whom_to_call_is_said_once() -> None:
    replies = talk(read(category="cyber_fraud"), read(category="cyber_fraud", now=True))
    assert ["call_first" in one.texts for one in replies] == [True, False] and replies[1].keep.urgent
    assert FACTS.helpline("cyber_fraud") == "1930" and FACTS.helpline("serious_crime") == "112"


@pytest.mark.parametrize("category", ["", "other", "serious_crime"])
def test_danger_counts_also_where_no_kind_fits(category: str) -> None:
    (answer,) = talk(read(category=category, now=True))
    assert answer.texts[0] == "call_first" and answer.keep.urgent and answer.keep.send
    assert not talk(read(category="gambling", now=True))[0].keep.urgent


def test_a_complaint_about_police_is_not_sent_to_call_them() -> None:
    assert texts(read(category="police_misconduct")) == [("where",)]


def test_a_file_or_a_point_on_the_map_is_kept_whatever_else_a_message_is() -> None:
    asked = ["", "language", "status", *ANSWERS, *(command.asks for command in COMMANDS.values())]
    intents = ["tip", "answer", "unknown", "greeting", "start", "stop", "language", "mistaken", DONE, EMPTY, MACHINE]
    states = [State(asked=one, ended=ended, attached=added) for one in asked for ended in (0, 1) for added in (0, 1)]
    for state, intent, choice in itertools.product(states, [*intents, *COMMANDS], ["", "en"]):
        for word, stopped, flooded in itertools.product(["", "stop", "start"], [False, True], [False, True]):
            message = Read(intent, media=True, choice=choice, number="2" if choice else "", word=word)
            assert reply(state, message, FACTS, stopped=stopped, flooded=flooded).keep.content


def test_a_short_answer_may_be_given_to_one_question_after_the_other() -> None:
    for more in ({"words": 1}, {"words": 1, "number": "7"}, {"words": 3}):
        replies = talk(read(**GAMBLING), *[read("answer", same="x", **more)] * 2)
        assert all(one.texts for one in replies)
    asked = [one.texts for one in talk(read(**GAMBLING), *[read("answer", same="x", words=3)] * 3)]
    assert asked == [("where",), ("where_again",), ("when",), ("code",)]


def test_a_flood_is_kept_without_questions_and_the_questions_come_later() -> None:
    state = talk(read(**GAMBLING), flooded=True)[-1].state
    assert talk(read("answer", **PLACE), state=state)[-1].texts == ("when",)


# --- parts
def test_parts_are_answered_when_all_are_there() -> None:
    parts = [
        read(**GAMBLING, part=(2, 3)),
        read("unknown", **PLACE, part=(3, 3)),
        read("unknown", since=True, part=(1, 3)),
    ]
    replies = talk(*parts)
    assert [one.texts for one in replies] == [(), (), ("code",)] and all(one.keep.content for one in replies)


# --- robustness
def test_any_state_and_any_message_give_an_answer() -> None:
    dice = random.Random(1)
    names = ["", "where", "nonsense", "menu", "status", "attach", "language", "attach_unknown", "when", "tell"]
    intents = ["tip", "answer", "unknown", "start", "status", "attach", "stop", "start_again", "language", "menu",
               "help", "greeting", DONE, EMPTY]  # fmt: skip
    for _ in range(3000):
        state = State(
            lang=dice.choice(["", "hi", "en"]), asked=dice.choice(names), told=dice.random() < 0.5,
            ended=dice.random() < 0.3, attached=dice.random() < 0.3, category=dice.choice(["", "gambling", "gone"]),
        )  # fmt: skip
        message = Read(
            dice.choice(intents), content=dice.random() < 0.5, words=dice.randrange(9), media=dice.random() < 0.2,
            lang=dice.choice(["", "hi", "en"]), number=dice.choice(["", "7", "04"]), switch=dice.choice(["", "en"]),
            known=dice.choice(["", "routed", "unknown", "locked"]), part=dice.choice([None, (1, 2), (2, 2)]),
            word=dice.choice(["", "stop", "start"]), same=dice.choice(["", "a"]),
        )  # fmt: skip
        answer = reply(state, message, FACTS, stopped=dice.random() < 0.1, flooded=dice.random() < 0.1)
        assert len(answer.texts) <= 3 and State.read(answer.state.stored()) == answer.state
        assert answer.keep.content or not message.content
    assert {question.settled for question in QUESTIONS} <= set(State.__dataclass_fields__)


def test_a_state_of_another_version_is_read_as_far_as_it_is_known() -> None:
    state = State.read({"lang": "en", "counts": {"where": 1}, "invented": 7, "wrote": ["where"], "parts": [1]})
    assert (state.lang, state.wrote, state.parts) == ("en", ("where",), (1,))
