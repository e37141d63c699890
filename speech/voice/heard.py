"""Were the words heard back? Compares what was written with what a recogniser understood. PURE.

Hindi is compared by its consonants: Whisper understands Hindi best when it may write it as Urdu, which leaves the
vowels out and knows several letters for one sound. So a wrong vowel is not noticed; a wrong word is.
Never does: listen.
"""

import re
from difflib import SequenceMatcher

_DIGITS = {
    "hi": "शून्य एक दो तीन चार पाँच छह सात आठ नौ".split(),
    "en": "zero one two three four five six seven eight nine".split(),
}
_NUMBERS = {
    "hi": {"100": "एक सौ", "112": "एक सौ बारह", "1930": "उन्नीस सौ तीस", "1090": "दस नब्बे", "1098": "दस नौ आठ"},
    "en": {},
}
# Letters of both writings that stand for one sound; those not here (vowels, h, y, v, nasal signs) are left out.
_SOUNDS = {
    "k": "कखक़ख़ کخق", "g": "गघग़ گغ", "c": "चछ چ", "j": "जझज़ جزذضظژ", "t": "टठतथ تٹط", "d": "डढदधड़ढ़ دڈڑ",
    "n": "नणञङ ن", "p": "पफफ़ پف", "b": "बभ ب", "m": "म م", "r": "र ر", "l": "ल ل", "s": "सशष سشصث",
}  # fmt: skip
_SOUND = {letter: sound for sound, letters in _SOUNDS.items() for letter in letters if letter.strip() and letter != "़"}
_WORD = re.compile(r"[^\W_]+(?:[़ा-्ँ-ः'’][^\W_]*)*", re.UNICODE)
_ENOUGH = 2 / 3


def words_of(text: str, lang: str) -> list[str]:
    """The words of a text, lower case, numbers in words."""
    text = text.lower().replace("ड़", "ड").replace("ढ़", "ढ").replace("-", " ")
    for number, said in _NUMBERS[lang].items():
        text = re.sub(rf"\b{number}\b", said, text)
    text = re.sub(r"[0-9]", lambda digit: f" {_DIGITS[lang][int(digit.group())]} ", text)
    return [word.replace("’", "'") for word in _WORD.findall(text)]


def essence(word: str, lang: str) -> str:
    """What of a word is compared: its letters in English, its consonants in Hindi (may be nothing)."""
    return word if lang == "en" else "".join(_SOUND.get(letter, "") for letter in word)


def kept(written: str, understood: str, lang: str) -> tuple[int, int, list[str]]:
    """(words heard, words that count, words missed). A word is heard when two thirds of its letters came in order."""
    words = [word for word in words_of(written, lang) if essence(word, lang)]
    target = "".join(essence(word, lang) for word in words)
    source = "".join(essence(word, lang) for word in words_of(understood, lang))
    found = [False] * len(target)
    for block in SequenceMatcher(None, target, source, autojunk=False).get_matching_blocks():
        found[block.a : block.a + block.size] = [True] * block.size
    missed, place = [], 0
    for word in words:
        size = len(essence(word, lang))
        if sum(found[place : place + size]) < _ENOUGH * size:
            missed.append(word)
        place += size
    return len(words) - len(missed), len(words), missed
