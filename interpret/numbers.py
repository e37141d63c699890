"""Digits in a message: reference codes, PIN codes, amounts, telephone numbers. PURE.

Digits of both scripts count alike; a code may be written in groups and, as people dictate it, in words.
Never does: keep a number, or take part of a longer one for a code.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from interpret.book import LONGEST_WORD, Words
from interpret.sound import sound
from interpret.spelling import fold

CODE_LENGTH, PIN_LENGTH = 8, 6
_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
_SPOKEN = {
    word: digit
    for digit, words in enumerate(
        (
            "zero shunya sunya jiro",
            "ek one",
            "do two",
            "tin three teen",
            "char four",
            "panch five",
            "che six chah",
            "sat seven",
            "ath eight",
            "no nine nau",
        )
    )
    for word in words.split()
}
_DEVANAGARI = dict(zip("0123456789", "०१२३४५६७८९", strict=True))
_WORD = re.compile(r"[^\W_][\w\u0900-\u0963]*")
_DIGIT = re.compile(r"[0-9]")
_GROUPS = re.compile(r"(?<![0-9])(?<![0-9][-./])[0-9](?:[ .\-]{0,2}[0-9])*(?![0-9])")
_SEPARATORS = re.compile(r"[^0-9]+")
_PAID = re.compile(r"(?:₹|\brs\.?|रु\.?|रुपये)\s?$", re.IGNORECASE)  # in front of an amount, which is no code


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the digits can be. `code`: eight digits, or None; `pin`: six; `amounts`: places of words from 10 on."""

    code: str | None
    pins: tuple[str, ...]
    amounts: tuple[int, ...]


def numbers_of(text: str, words: Words) -> Numbers:
    """The numbers of a text whose words were taken already."""
    plain = text.translate(_DIGITS)
    codes, pins = [], []
    if len(_DIGIT.findall(plain)) >= PIN_LENGTH:
        for match in _GROUPS.finditer(plain):
            parts = _SEPARATORS.split(match.group())
            code = None if _PAID.search(plain, max(0, match.start() - 6), match.start()) else _code(parts)
            if code is not None:
                codes.append(code)
            pins += [part for part in parts if len(part) == PIN_LENGTH and part[0] != "0"]
            if [len(part) for part in parts] == [3, 3] and parts[0][0] != "0":
                pins.append("".join(parts))
    code = codes[0] if codes else _spoken_code(words)
    amounts = tuple(
        place
        for place, key in enumerate(words.keys)
        if key[0] <= "9" and (digits := key.rstrip("abcdefghijklmnopqrstuvwxyz")).isdigit() and len(digits) > 1
    )
    return Numbers(code, tuple(dict.fromkeys(pins)), amounts)


def without_code(text: str, code: str, mark: str = "") -> str:
    """A text with a mark instead of the code in it, in digits of either script or dictated in words; as it was if it is
    not there. What is part of a longer number stays."""
    if not code:
        return text
    written = r"[ .\-]{0,2}".join(f"[{digit}{_DEVANAGARI[digit]}]" for digit in code)
    digits = re.sub(rf"(?<![0-9०-९]){written}(?![0-9०-९])", mark, text)
    if digits != text:
        return digits
    words = [(found.span(), _digit(found.group())) for found in _WORD.finditer(text)]
    for first in range(len(words) - CODE_LENGTH + 1):
        run = words[first : first + CODE_LENGTH]
        if "".join(digit for _, digit in run) == code:
            return text[: run[0][0][0]] + mark + text[run[-1][0][1] :]
    return text


def _digit(word: str) -> str:
    """The digit that a word says, or "-"."""
    key = sound(fold(word[:LONGEST_WORD]))
    return str(_SPOKEN[key]) if key in _SPOKEN else key if len(key) == 1 and key.isdigit() else "-"


def _code(parts: list[str]) -> str | None:
    """Eight digits in one, in two groups of four, in four of two, or one by one; else None."""
    lengths = [len(part) for part in parts]
    if sum(lengths) == CODE_LENGTH and (len(set(lengths)) == 1 or lengths in ([3, 5], [5, 3], [2, 6], [6, 2])):
        return "".join(parts)
    alone = [part for part in parts if len(part) == CODE_LENGTH]
    if alone:
        return alone[0]
    for first, second in pairwise(parts):
        if len(first) == len(second) == CODE_LENGTH // 2 and len(parts) == 2:
            return first + second
    return None


def _spoken_code(words: Words) -> str | None:
    """Eight digits said one after the other: "chaar aath do ek saat teen shunya chhe"."""
    if len(words.keys) < CODE_LENGTH:
        return None
    run: list[str] = []
    for key in (*words.keys, ""):
        if key in _SPOKEN:
            run.append(str(_SPOKEN[key]))
        elif len(key) == 1 and key.isdigit():
            run.append(key)
        else:
            if len(run) == CODE_LENGTH:
                return "".join(run)
            run = []
    return None
