"""What whoever types may wish beside telling: news of a code, attaching, silence, help; and machines that go on."""

import pytest

from ivr.dialogue.typed_steps import COMMANDS, SAME, WISHED
from ivr.dialogue.typed_turn import DONE, Read
from tests.ivr.talking import GAMBLING, PLACE, photo, read, talk, texts


# --- asking
@pytest.mark.parametrize("known", ["received", "closed", "unknown", "locked"])
def test_a_code_is_answered_and_the_open_question_stays(known: str) -> None:
    replies = talk(read(**GAMBLING), read("status", known=known, content=False), read("answer", **PLACE))
    assert [one.texts for one in replies] == [("where",), (f"status_{known}",), ("when",)]
    assert not replies[1].keep.content


def test_whoever_wants_to_ask_is_asked_for_the_code() -> None:
    assert texts(read("status"), read("status", known="routed")) == [("status_code",), ("status_routed",)]


def test_in_doubt_a_wish_is_answered_in_both_languages() -> None:
    (answer,) = talk(read("help", lang=""))
    assert answer.texts == ("how",) and answer.both  # above all what this is, and what to do
    assert talk(read("help"))[0].texts == ("how", "help")


# --- attaching
def test_after_attach_everything_belongs_to_the_other_tip_and_nothing_is_asked() -> None:
    replies = talk(read("attach", known="routed"), photo(), read("unknown"), read("unknown"), read(DONE))
    assert [one.texts for one in replies] == [("attach_ready",), ("added",), ("added",), (), ("added",)]
    assert replies[0].keep.attach and all(not one.keep.send and one.keep.category is None for one in replies)


def test_what_comes_with_attach_is_added_at_once() -> None:
    (answer,) = talk(read("attach", known="routed", content=True, media=True))
    assert answer.texts == ("added",) and answer.keep.attach and answer.keep.content


def test_attach_without_a_code_asks_for_it() -> None:
    replies = talk(read("attach"), read("status", known="opened"))
    assert [one.texts for one in replies] == [("attach_code",), ("attach_ready",)] and replies[1].keep.attach


@pytest.mark.parametrize("known", ["unknown", "locked"])
def test_with_a_wrong_code_what_came_is_kept_by_itself(known: str) -> None:
    (answer,) = talk(read("attach", known=known, content=True))
    assert answer.texts == (f"attach_{known}",) and answer.keep.content and not answer.keep.attach


@pytest.mark.parametrize("known", ["unknown", "locked"])
def test_with_a_wrong_code_and_nothing_sent_nothing_is_said_to_be_kept(known: str) -> None:
    replies = talk(read("attach", known=known), read("status", known="routed"))
    assert replies[0].texts == (f"status_{known}",) and not replies[0].keep.content
    assert replies[1].keep.attach and replies[1].texts == ("attach_ready",)
    kept = talk(photo(lang="hi"), read("attach", known=known))[-1]
    assert kept.texts == (f"attach_{known}",)


@pytest.mark.parametrize(("aside", "text"), [("worried", "worried"), ("mistaken", "mistaken"), ("wait", "waiting")])
def test_an_aside_leaves_the_open_question_open_and_does_not_put_it(aside: str, text: str) -> None:
    replies = talk(read(**GAMBLING), read(aside), read("answer", **PLACE))
    assert [one.texts for one in replies] == [("where",), (text,), ("when",)]
    assert replies[1].keep.content == (aside == "mistaken") and not talk(read(aside))[0].keep.content


def test_a_code_beside_a_photo_attaches_it() -> None:
    (answer,) = talk(read("status", known="routed", content=True, media=True))
    assert answer.keep.attach and answer.texts == ("added",)


# --- stopping, loops, floods
@pytest.mark.parametrize("wish", sorted([*COMMANDS, "language"]))
def test_the_same_wish_is_met_a_few_times_an_exchange_and_what_stands_beside_it_is_kept(wish: str) -> None:
    replies = talk(read(**GAMBLING), *(read(wish, content=True) for _ in range(6)), read("answer", **PLACE))
    assert [bool(one.texts) for one in replies[1:7]] == [True] * WISHED + [False] * 3
    assert all(one.keep.content for one in replies) and replies[-1].texts == ("when",)


def test_stop_is_confirmed_once_and_sends_what_was_told() -> None:
    replies = talk(read(**GAMBLING), read("stop", content=False))
    assert replies[-1].texts == ("stopped",) and replies[-1].keep.stop and replies[-1].keep.send
    assert talk(read("stop", word="stop"))[0].texts == ()  # the provider says it


def test_whoever_wanted_no_answers_is_kept_and_not_answered() -> None:
    replies = talk(read(**GAMBLING), read("answer", **PLACE), stopped=True)
    assert all(one.texts == () and one.keep.content for one in replies)


@pytest.mark.parametrize("told", [(), (read(**GAMBLING),), (read(**GAMBLING, **PLACE, since=True),)])
def test_after_the_silence_it_goes_on_with_what_was_told_meanwhile(told: tuple[Read, ...]) -> None:
    open_ = ["tell", "where", "code"][len(told) and 1 + told[0].since]
    before = talk(*told, stopped=True)[-1].state if told else None
    (answer,) = talk(read("start_again", content=False), state=before, stopped=True)
    assert answer.texts == (open_,) and answer.keep.resume and answer.keep.code == (open_ == "code")
    by_the_provider, then = (
        talk(read("start_again", word="start", content=False), state=before, stopped=True)[0],
        talk(read("greeting"), state=before)[0],
    )
    assert by_the_provider.texts == () and by_the_provider.keep.resume
    assert then.texts == (open_,)


def test_yes_ends_the_silence_over_sms_and_is_an_answer_otherwise() -> None:
    yes = read("answer", word="yes", yes=True, words=1)
    (answer,) = talk(yes, stopped=True)
    assert answer.texts == () and answer.keep.resume and not answer.keep.content
    asked = talk(read(**GAMBLING, **PLACE), yes)[-1]
    assert asked.texts == ("code",) and asked.keep.content and not asked.keep.resume


@pytest.mark.parametrize("before", [(), (read("greeting"),), (read("greeting"), read("greeting"))])
def test_a_yes_to_nothing_is_a_greeting(before: tuple[Read, ...]) -> None:
    answer = talk(*before, read("answer", yes=True, words=1))[-1]
    assert not answer.keep.content and not answer.state.told
    assert answer.texts == (("tell",) if len(before) < 2 else ())


@pytest.mark.parametrize(("word", "answer"), [("start", ()), ("", ("tell",))])
def test_start_ends_the_silence(word: str, answer: tuple[str, ...]) -> None:
    (one,) = talk(read("start_again", word=word, content=False), stopped=True)
    assert one.texts == answer and one.keep.resume
    assert not talk(read("start_again", content=False), stopped=True, flooded=True)[0].keep.resume


@pytest.mark.parametrize("intent", ["start", "start_again"])
def test_a_guess_does_not_end_the_silence(intent: str) -> None:
    (answer,) = talk(read(intent, guessed=True, content=True), stopped=True)
    assert (answer.texts, answer.keep.resume, answer.keep.content) == ((), False, True)


def test_start_without_a_stop_begins() -> None:
    assert texts(read("start_again", word="start")) == [("tell",)]


@pytest.mark.parametrize("intent", ["unknown", "greeting", "help", "tip"])
def test_the_same_again_and_again_is_soon_no_longer_answered_but_kept(intent: str) -> None:
    replies = talk(*[read(intent, same="x")] * 20)
    assert sum(bool(one.texts) for one in replies) <= 3 * SAME and not replies[-1].texts
    if intent in ("unknown", "tip"):
        assert all(one.keep.content for one in replies)


@pytest.mark.parametrize("intent", ["unknown", "tip"])
def test_a_machine_that_answers_every_question_alike_is_answered_twice_at_most(intent: str) -> None:
    replies = talk(*[read(intent, same="x", words=6, lang=lang) for lang in ("en", "", "en", "en", "en", "en")])
    assert sum(bool(one.texts) for one in replies) == 2 and all(one.keep.content for one in replies)
    long = talk(photo(), photo(), *[read("answer", same="x", words=9)] * 6)
    assert sum(bool(one.texts) for one in long[2:]) == 2


def test_no_is_an_answer_while_a_question_is_open_and_a_wish_to_stop_elsewhere() -> None:
    no = read("stop", content=False, no=True)
    replies = talk(read(**GAMBLING, **PLACE), no)
    assert replies[-1].texts == ("code",) and replies[-1].keep.content and not replies[-1].keep.stop
    told = read(**GAMBLING, **PLACE, since=True)
    for before in ([], [told], [read("greeting")], [read("menu")]):
        assert talk(*before, no)[-1].keep.stop
    assert talk(read(**GAMBLING), read("stop", content=False))[-1].keep.stop
    assert talk(read(**GAMBLING), read("stop", content=False, no=True, word="stop"))[-1].keep.stop
