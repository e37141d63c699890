"""What is added to another tip by its code, in writing: in any order, and "added" is said when something was."""

import pytest

from ivr.dialogue.typed_turn import DONE
from tests.ivr.talking import GAMBLING, PLACE, photo, read, talk, texts

CODE = read("attach", known="routed", content=False)
BARE = read("status", known="routed", content=False, words=1)
WRONG = read("attach", known="unknown", content=False)


@pytest.mark.parametrize("told", [(photo(),), (read(**GAMBLING),), (read(**GAMBLING), photo(), read("unknown"))])
def test_what_was_told_before_the_code_goes_along_and_is_added(told) -> None:  # type: ignore[no-untyped-def]
    *_, answer, end = talk(*told, CODE, read(DONE))
    assert answer.keep.attach and answer.keep.joins and not answer.keep.send and answer.texts == ("added",)
    assert end.texts == ("added",)


def test_nothing_is_called_added_while_nothing_was() -> None:
    assert texts(CODE, read(DONE), read(DONE), photo(), read(DONE)) == [
        ("attach_ready",), ("attach_ready",), ("attach_ready",), ("added",), ("added",),
    ]  # fmt: skip
    assert not talk(CODE)[0].keep.joins


def test_whoever_only_greets_after_the_code_reads_what_may_be_sent() -> None:
    replies = talk(CODE, *[read("greeting")] * 5)
    assert {one.texts for one in replies} == {("attach_ready",), ()} and not replies[-1].texts


def test_a_wrong_code_leaves_the_wish_open_while_files_and_words_come() -> None:
    assert texts(WRONG, photo(), photo(), BARE) == [("status_unknown",), ("attach_code",), (), ("added",)]
    assert texts(WRONG, photo(), read("unknown", words=6), BARE) == [
        ("status_unknown",), ("attach_code",), ("where",), ("added",),
    ]  # fmt: skip
    caption = read("attach", known="unknown", content=True, media=True)
    assert texts(caption, read("attach", known="unknown", content=False), BARE) == [
        ("attach_unknown",), ("attach_unknown",), ("added",),
    ]  # fmt: skip


def test_the_code_is_not_asked_for_again_when_a_file_comes_that_it_was_asked_for() -> None:
    assert texts(read("attach"), photo(), photo(), BARE) == [("attach_code",), (), (), ("added",)]


def test_whoever_asks_for_news_meanwhile_is_told_news() -> None:
    replies = talk(read("attach"), read("status"), BARE)
    assert [one.texts for one in replies] == [("attach_code",), ("status_code",), ("status_routed",)]


def test_whoever_gives_up_the_code_tells_a_tip_of_its_own_and_hears_its_code() -> None:
    replies = talk(WRONG, read(**GAMBLING), read("answer", **PLACE), read(DONE), BARE)
    assert [one.texts for one in replies] == [
        ("status_unknown",), ("attach_code",), ("when",), ("code",), ("status_routed",),
    ]  # fmt: skip
    assert talk(WRONG, photo(), read(DONE))[-1].texts == ("code",)


def test_what_is_on_its_way_to_officers_stays_a_tip_of_its_own() -> None:
    replies = talk(read(category="serious_crime", now=True), CODE)
    assert replies[0].keep.send and not replies[1].keep.joins and replies[1].texts == ("attach_ready",)


def test_danger_is_answered_first_though_a_code_is_waited_for() -> None:
    answer = talk(read("attach"), read(category="serious_crime", now=True))[-1]
    assert answer.texts[0] == "call_first" and answer.keep.send and answer.keep.urgent


def test_what_was_added_to_one_tip_does_not_go_along_to_the_next() -> None:
    replies = talk(CODE, photo(), CODE)
    assert not replies[-1].keep.joins and replies[-1].texts == ("attach_ready",)
