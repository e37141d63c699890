"""Speaks a prompt's words: sentence by sentence with pauses, and a few words cut out of a longer sentence.

Never does: choose words, or write files.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speech.voice.kokoro import RATE, Kokoro, phones
from speech.voice.sound import Sound, for_the_line, quietest, silence, trimmed

MANNERS = Path(__file__).with_name("manner.toml")
BETWEEN_SENTENCES = 0.4
TAIL_SENTENCE = 0.35  # with the next prompt's lead: the pause between two options
TAIL_FRAGMENT = 0.05
TAIL_DIGIT = 0.12
_FEW_WORDS = 3
_SENTENCES = re.compile(r"(?<=[।.?!])\s+")
_ENDS = "।.?!"


@dataclass(frozen=True)
class Manner:
    """How a language is spoken (manner.toml). `read_as` maps written words to "hi:<Hindi writing>" or other words."""

    voice: str
    language: str
    speed: float
    slow: float
    before: str
    after: str
    read_as: Mapping[str, str]


def manners(places: Mapping[str, str]) -> dict[str, Manner]:
    """Manners by language. `places` maps English names of places to their Hindi writing."""
    table = tomllib.loads(MANNERS.read_text(encoding="utf-8"))
    names = {name: f"hi:{hindi}" for name, hindi in places.items()}
    return {
        lang: Manner(
            entry["voice"], entry["language"], entry["speed"], entry["slow"], entry["before"], entry["after"],
            {**(names if lang == "en" else {}), **entry["as"]},
        )
        for lang, entry in table.items()
    }  # fmt: skip


def finished(text: str) -> bool:
    """Whether a text ends its sentence; others are joined to what follows."""
    return text.rstrip()[-1:] in _ENDS


def tail(text: str, slow: bool) -> float:
    """Seconds of silence after a prompt."""
    return TAIL_SENTENCE if finished(text) else TAIL_DIGIT if slow else TAIL_FRAGMENT


def speak(kokoro: Kokoro, text: str, manner: Manner, *, slow: bool = False) -> Sound:
    """A prompt as it goes to the line, at 8 kHz."""
    parts: list[Sound] = []
    for sentence in _SENTENCES.split(text.strip()):
        if parts:
            parts.append(silence(BETWEEN_SENTENCES, RATE))
        parts.append(trimmed(_sentence(kokoro, sentence, manner, slow), RATE))
    return for_the_line(np.concatenate(parts), RATE, tail(text, slow))


def sounds(text: str, manner: Manner) -> str:
    """The phones of a text, words listed in `read_as` read their own way."""
    if not manner.read_as:
        return phones(text, manner.language)
    found = re.compile(r"\b(" + "|".join(map(re.escape, sorted(manner.read_as, key=len, reverse=True))) + r")\b")
    spoken = []
    for place, part in enumerate(found.split(text)):
        if place % 2:
            said = manner.read_as[part]
            spoken.append(phones(said[3:], "hi") if said.startswith("hi:") else phones(said, manner.language))
        elif part.strip(" "):
            spoken.append(phones(part, manner.language))
    return re.sub(r" (?=[,.;:?!])", "", " ".join(spoken))


def _sentence(kokoro: Kokoro, sentence: str, manner: Manner, slow: bool) -> Sound:
    speed = manner.slow if slow else manner.speed
    words = sentence.rstrip(",")
    whole = finished(words)
    if whole and len(words.split()) > _FEW_WORDS:
        return kokoro.speak(sounds(words, manner), manner.voice, speed).sound
    before = phones(manner.before, manner.language) + ", "
    piece = sounds(words, manner)
    after = "" if whole else f", {phones(manner.after, manner.language)}."
    spoken = kokoro.speak(before + piece + after, manner.voice, speed)
    slack = RATE // 50
    first, last = len(before), len(before) + len(piece)
    start = quietest(spoken.sound, RATE, spoken.edges[first - 2] - slack, spoken.edges[first] + slack)
    if whole:
        return spoken.sound[start:]
    return spoken.sound[
        start : quietest(spoken.sound, RATE, spoken.edges[last] - slack, spoken.edges[last + 2] + slack)
    ]
