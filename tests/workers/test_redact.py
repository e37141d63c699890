"""The anonymiser: what must vanish, what must stay, and that nothing hidden can be read from what is stored."""

import json
import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpret.spelling import bare
from workers.redact import Hidden, Redaction, Word, redact
from workers.redact.examples import EXAMPLES
from workers.redact.numerals import NUMBER_WORDS, digits_of
from workers.redact.words import MARGIN

HINDI = {
    "0": "शून्य", "1": "एक", "2": "दो", "3": "तीन", "4": "चार", "5": "पाँच", "6": "छह", "7": "सात", "8": "आठ", "9": "नौ",
}  # fmt: skip
ENGLISH = {
    "0": "zero", "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight",
    "9": "nine",
}  # fmt: skip
VOCABULARY = sorted({word for examples in EXAMPLES.values() for text, _ in examples for word in text.split()})
PAIRS = {digits: word for word, digits in NUMBER_WORDS.items() if len(digits) == 2 and not word.isascii()}


def heard(text: str, unsure: Sequence[int] = ()) -> list[Word]:
    """Words half a second apart; those at the places in `unsure` with little confidence."""
    return [Word(w, n * 0.5, n * 0.5 + 0.4, 0.1 if n in unsure else 0.95) for n, w in enumerate(text.split())]


def shown(text: str) -> str:
    return redact(heard(text), "hi").text()


def digits_left(redaction: Redaction) -> str:
    """Every digit that can still be read, in words or figures."""
    left = [bare(word["w"]) for word in redaction.words() if "w" in word]
    return "".join(NUMBER_WORDS.get(word) or digits_of(word) for word in left)


@pytest.mark.parametrize(
    ("said", "left"), [example for examples in EXAMPLES.values() for example in examples], ids=lambda text: text[:40]
)
def test_every_example_of_the_rules_holds(said: str, left: str) -> None:
    assert shown(said) == left


@pytest.mark.parametrize("number", ["+919876543210", "9876543210", "98765 43210", "98 76 54 32 10", "987-654-3210"])
@pytest.mark.parametrize("frame", ["{}", "मेरा नंबर {} है", "call {} at night", "वह {} से फोन करता है", "({}),"])
@pytest.mark.parametrize("script", ["0123456789", "०१२३४५६७८९"])
def test_the_same_number_vanishes_in_every_form(number: str, frame: str, script: str) -> None:
    written = number.translate(str.maketrans("0123456789", script))
    assert digits_left(redact(heard(frame.format(written)), "hi")) == ""


def spoken(number: str, choice: random.Random) -> list[str]:
    """The ten digits as somebody says them: single digits, pairs, doubles, in one language or both."""
    words: list[str] = []
    place = 0
    while place < len(number):
        digit, pair = number[place], number[place : place + 2]
        style = choice.random()
        if style < 0.2 and len(pair) == 2 and pair[0] == pair[1]:
            words += [choice.choice(["डबल", "double"]), choice.choice([HINDI, ENGLISH])[digit]]
            place += 2
        elif style < 0.4 and pair in PAIRS:
            words.append(PAIRS[pair])
            place += 2
        else:
            words.append(choice.choice([HINDI, HINDI, ENGLISH])[digit])
            place += 1
    return words


@settings(max_examples=300, deadline=None)
@given(
    number=st.from_regex(r"[6-9][0-9]{9}", fullmatch=True),
    seed=st.randoms(use_true_random=False),
    fillers=st.lists(st.sampled_from(["हां", "अं", "और", "फिर", "um", "and", "[unk]"]), max_size=3),
    before=st.sampled_from(["", "मेरा नंबर है", "रात में जुआ होता है फोन", "they sell drugs call"]),
    after=st.sampled_from(["", "है", "पर फोन करिए", "please call"]),
)
def test_no_spoken_number_can_be_read_again(
    number: str, seed: random.Random, fillers: list[str], before: str, after: str
) -> None:
    words = spoken(number, seed)
    for filler in fillers:
        words.insert(seed.randrange(1, len(words) + 1), filler)
    left = digits_left(redact(heard(" ".join([before, *words, after])), "hi"))
    assert left == "", words


def test_unsure_words_inside_a_number_are_hidden_with_it() -> None:
    redaction = redact(heard("पर नौ आठ सात चाय पांच चार [unk] दो एक शून्य है", unsure=[4]), "hi")
    assert redaction.text() == "पर [phone] है"


def test_unsure_words_count_as_the_digits_they_may_have_been() -> None:
    assert redact(heard("नौ आठ [unk] सात पांच [unk] चार"), "hi").text() == "[phone]"


def test_hidden_words_are_in_nothing_that_is_stored_or_logged() -> None:
    redaction = redact(heard("मेरा नाम सोहनलाल है नंबर नौ आठ सात छह पांच चार तीन दो एक शून्य"), "hi")
    stored = json.dumps([redaction.words(), redaction.text(), redaction.spans()], ensure_ascii=False)
    for secret in ("सोहनलाल", "नौ", "शून्य"):
        assert secret not in stored
        assert secret not in repr(redaction)
        assert all(secret not in hidden.why for hidden in redaction.hidden)


def test_words_are_stored_as_a_transcript_keeps_them() -> None:
    redaction = redact(heard("फोन 9876543210 पर"), "hi")
    assert redaction.words() == [
        {"w": "फोन", "start": 0.0, "end": 0.4, "conf": 0.95},
        {"hidden": "phone", "start": 0.5, "end": 0.9},
        {"w": "पर", "start": 1.0, "end": 1.4, "conf": 0.95},
    ]
    assert redaction.hidden == (Hidden(1, 1, "phone", "a number of seven digits or more"),)


def test_the_sound_of_hidden_words_is_silenced_with_a_margin() -> None:
    redaction = redact(heard("call 98765 43210 now"), "en")
    assert redaction.spans() == [(pytest.approx(0.5 - MARGIN), pytest.approx(1.4 + MARGIN))]


def test_a_number_at_the_very_beginning_is_silenced_from_the_beginning() -> None:
    assert redact(heard("9876543210"), "en").spans()[0][0] == 0.0


def test_neighbouring_silences_become_one() -> None:
    spans = redact(heard("मेरा नाम मोहनदास नंबर 9876543210"), "hi").spans()
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_nothing_said_hides_nothing() -> None:
    empty = redact([], "hi")
    assert (empty.words(), empty.text(), empty.spans(), empty.hidden) == ([], "", [], ())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([*VOCABULARY, "[unk]", "", "…"]), max_size=25),
    st.sampled_from(["hi", "en"]),
)
def test_any_words_in_any_order_are_each_shown_or_hidden_once(said: list[str], language: str) -> None:
    words = [Word(w, n * 0.5, n * 0.5 + 0.4, 0.9) for n, w in enumerate(said)]
    redaction = redact(words, language)
    hidden = {place for gap in redaction.hidden for place in range(gap.first, gap.last + 1)}
    assert len(hidden) == sum(gap.last + 1 - gap.first for gap in redaction.hidden)
    assert [entry["w"] for entry in redaction.words() if "w" in entry] == [
        w for n, w in enumerate(said) if n not in hidden
    ]
