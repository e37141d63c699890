"""Words as the voice's letters with the recogniser's phone for each: the one place where sounds are named.

A unit is what one phone is spoken by: a letter with its stress mark before it and its signs of length after it.
Hindi has about 50 phones and English about 40. Never does: speak, or read sound.
"""

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TypeVar

from models.catalogue import load
from speech.train.text.make import plain
from speech.voice.kokoro import phones as spoken

SILENCE = "SIL"
_STRESS = "ˈˌ"
_MODIFIERS = "ːʰʱʲ\u0303\u0329\u032a\u02de"
_BREAKS = " ,.!?;:—…\"()“”'-"
# What the recogniser does not tell apart. British, American and Indian English share one set of phones: ɒ is heard
# as ɔ, the American flap as d, every r-coloured vowel as ɚ.
_SAME = {
    "hi": {"r": "ɾ", "ʌ": "ə", "ɐ": "ə", "ɪ\u0303": "i\u0303", "ʌ\u0303": "ə\u0303", "x": "kʰ", "q": "k", "ɣ": "ɡ"},
    "en": {
        **{"ɐ": "ə", "ᵻ": "ɪ", "ʔ": "t", "ɜ": "ɚ", "ɬ": "l", "ɫ": "l", "o": "ɔ", "ɒ": "ɔ", "Q": "O", "ɾ": "d"},
        **{"a": "æ", "ʉ": "u", "x": "k", "e": "ɛ", "r": "ɹ", "ç": "h", "n\u0303": "n"},
    },
}
# The same for a Hindi name inside an English sentence.
_HINDI_IN_ENGLISH = {
    **{"a": "ɑ", "e": "A", "o": "O", "ɛ": "ɛ", "c": "ʧ", "ɟ": "ʤ", "ʈ": "t", "ɖ": "d", "ɽ": "ɹ", "ɾ": "ɹ", "r": "ɹ"},
    **{"ʋ": "v", "ɳ": "n", "ɲ": "n", "ʂ": "ʃ", "q": "k", "x": "k", "ɣ": "ɡ", "ɦ": "h", "ʌ": "ʌ", "ɐ": "ə", "w": "v"},
}
# English as many Indians speak it: the same phones by other letters of the voice.
_ENGLISH_WORD = 3.5  # zipf frequency; "bus stand" is बस अड्डा but must be spoken as English
_INDIAN = {
    "t": "ʈ",
    "d": "ɖ",
    "θ": "t",
    "ð": "d",
    "w": "ʋ",
    "v": "ʋ",
    "ɹ": "ɾ",
    "A": "eː",
    "O": "oː",
    "Q": "oː",
    "ɾ": "ʈ",
}


@dataclass(frozen=True)
class Unit:
    """Letters for the voice, and the phone they are."""

    letters: str
    phone: str


Word = tuple[Unit, ...]


def units(letters: str, language: str, *, foreign: bool = False) -> Word:
    """One word's letters cut into units; `foreign`: a Hindi word in an English sentence."""
    cut: list[str] = []
    waiting = ""
    for letter in unicodedata.normalize("NFD", letters):
        if letter in _STRESS:
            waiting += letter
        elif letter in _MODIFIERS and cut:
            cut[-1] += letter
        elif letter not in _BREAKS:
            cut.append(waiting + letter)
            waiting = ""
    named = (Unit(one, _phone(one, language, foreign)) for one in cut)
    return tuple(unit for unit in named if unit.phone)


def _phone(letters: str, language: str, foreign: bool) -> str:
    bare = "".join(letter for letter in letters if letter not in "ˈˌːʲ\u0329\u032a\u02de")
    if foreign:
        return _HINDI_IN_ENGLISH.get(bare[:1], bare[:1])
    return _SAME[language].get(bare, bare if language == "hi" else _SAME["en"].get(bare[:1], bare[:1]))


@cache
def word(text: str, language: str, accent: str = "") -> Word:
    """A word spoken alone. accent: "hi" for Hindi, "us" or "en" for English."""
    return units(spoken(text, accent or ("hi" if language == "hi" else "us")), language)


@cache
def _hindi_names() -> dict[str, str]:
    """English spellings of the catalogue's names, word for word, with the Hindi ones."""
    from wordfreq import zipf_frequency

    facts = load()
    pairs = [(district.name_en, district.name_hi) for district in facts.districts.values()]
    for station in facts.stations.values():
        pairs += [(station.name_en, station.name_hi), *((place.en, place.hi) for place in station.localities)]
    found: dict[str, str] = {}
    for latin, hindi in pairs:
        left, right = plain(latin, "en").split(), plain(hindi, "hi").split()
        if len(left) == len(right):
            pairs_of_words = zip(left, right, strict=True)
            found |= {one: other for one, other in pairs_of_words if zipf_frequency(one, "en") < _ENGLISH_WORD}
    return found


def name(text: str) -> Word | None:
    """How a name of the catalogue sounds in Hindi, in English phones; None for other words."""
    hindi = _hindi_names().get(text)
    return units(spoken(hindi, "hi"), "en", foreign=True) if hindi else None


def sentence(words: Sequence[str], language: str, chance: random.Random) -> list[Word]:
    """The words as one speaker would say them: English in one of three accents, names mostly as in Hindi."""
    if language == "hi":
        return _joined(words, "hi", "hi") or [word(one, "hi") for one in words]
    accent = chance.choice(("en", "us"))
    said = (chance.random() < 0.7 and _joined(words, "en", accent)) or [word(one, "en", accent) for one in words]
    indian, hindi_names = chance.random() < 0.35, chance.random() < 0.75
    if indian:
        said = [tuple(_accented(unit) for unit in one) for one in said]
    return [(hindi_names and name(text)) or one for text, one in zip(words, said, strict=True)]


def ways(words: Sequence[str]) -> list[list[Word]]:
    """How English words may be said, in one breath or one by one, British or American; in no certain order."""
    found: list[list[Word]] = []
    for accent in ("us", "en"):
        for said in (_joined(words, "en", accent), [word(one, "en", accent) for one in words]):
            if said and all(said) and said not in found:
                found.append(said)
    return found


def _accented(unit: Unit) -> Unit:
    stress = "".join(letter for letter in unit.letters if letter in _STRESS)
    bare = unit.letters.removeprefix(stress)
    return Unit(stress + _INDIAN.get(bare, bare), unit.phone)


def _joined(words: Sequence[str], language: str, accent: str) -> list[Word] | None:
    """The words spoken in one breath ("to" weak, not as spoken alone). None where espeak drew words together."""
    chunks = [units(chunk, language) for chunk in spoken(" ".join(words), accent).split()]
    shared = shared_out(chunks, [len(word(one, language, accent)) for one in words])
    return [tuple(one) for one in shared] if shared else None


Piece = TypeVar("Piece")


def shared_out(chunks: Sequence[Sequence[Piece]], counts: Sequence[int]) -> list[Sequence[Piece]] | None:
    """Chunks given to words of so many phones; "in the" as one chunk is cut where the words alone would end.

    None where the chunks do not fit the words.
    """
    said: list[Sequence[Piece]] = []
    for number, chunk in enumerate(chunks):
        if len(chunks) - number < len(counts) - len(said):  # fewer chunks left than words: is this one several words?
            for many in (2, 3):
                own = counts[len(said) : len(said) + many]
                if len(own) == many and sum(own) == len(chunk):
                    ends = list(accumulate(own))
                    said += [chunk[end - count : end] for end, count in zip(ends, own, strict=True)]
                    break
            else:
                said.append(chunk)
        else:
            said.append(chunk)
    return said if len(said) == len(counts) and all(said) else None
