"""Sentences like those of tips, put together at random: the patterns of <language>.toml, whole tips of _told.toml and
_heard.txt, messages of _written.toml, numbers and the names of the catalogue.

Never does: make a sentence that ../heldout keeps for measuring, or depend on anything but its seed.
"""

import random
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path

from models.catalogue import load
from speech.train.text.numbers import Numbers
from speech.train.text.short import short

HERE = Path(__file__).parent
HELDOUT = HERE.parent / "heldout"
UNKNOWN = "[unk]"  # how the recogniser writes a word that it does not know
_FILES = ("", "_told", "_written")  # patterns, whole tips, messages as they would be said
_HEARD, _TOLD_SO, _FIXED_SO = 0.55, 0.75, 0.85  # of what is to be spoken, up to where; the rest are patterns
_SHORT = 0.12  # ... and so many are a few words only
_SLOT = re.compile(r"\{(\w+)\}")
_SCRIPT = {"hi": re.compile(r"[\u0901-\u0963\u200d]+"), "en": re.compile(r"[a-z']+")}
# Both spellings are one word: the recogniser writes the first.
_SPELLED = {"\u095c": "\u0921\u093c", "\u095d": "\u0922\u093c", "\u200d": ""}
_NUKTA = re.compile("(?<=[\u0915-\u0920\u0923-\u0939])\u093c")


def plain(text: str, language: str) -> str:
    """The text as the recogniser writes it: words of the language's letters, one space between them.

    Hindi without the dot under क़ ख़ ग़ ज़ फ़, which callers' Hindi does not tell apart (ड़ and ढ़ keep it).
    """
    text = text.lower().replace("-", " ")
    for spelled, word in _SPELLED.items():
        text = text.replace(spelled, word)
    return " ".join(_SCRIPT[language].findall(_NUKTA.sub("", text)))


def heldout(language: str) -> tuple[str, ...]:
    """The sentences kept for measuring, in order."""
    lines = (HELDOUT / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def _names(language: str) -> dict[str, tuple[str, ...]]:
    """The names and keywords of the catalogue, as spoken."""
    facts = load()
    of = "name_hi" if language == "hi" else "name_en"
    stations = [getattr(station, of) for station in facts.stations.values()]
    localities = [place.hi if language == "hi" else place.en for s in facts.stations.values() for place in s.localities]
    keywords = [word for category in facts.categories.values() for word in category.keywords[language]]
    found = {
        "station": stations,
        "place": stations + localities,
        "district": [getattr(district, of) for district in facts.districts.values()],
        "keyword": keywords,
    }
    return {
        slot: tuple(dict.fromkeys(filter(None, (plain(word, language) for word in words))))
        for slot, words in found.items()
    }


def _lines(block: str) -> tuple[str, ...]:
    return tuple(block.strip().split("\n"))


class Text:
    """A stream of sentences of one language; the same seed gives the same ones."""

    def __init__(self, language: str, seed: int) -> None:
        files = [tomllib.loads((HERE / f"{language}{end}.toml").read_text(encoding="utf-8")) for end in _FILES]
        groups = [group for file in files for group in file["group"]]
        self.language = language
        self._chance = random.Random(seed)
        self._numbers = Numbers(language, self._chance)
        self._lists = {name: _lines(lines) for file in files for name, lines in file.get("lists", {}).items()}
        self._lists |= _names(language)
        self._groups = [_lines(group["lines"]) for group in groups]
        self._shares = list(accumulate(group["share"] for group in groups))
        self.fixed = tuple(line for group in groups if group.get("fixed") for line in _lines(group["lines"]))
        self._told = tuple(line for group in groups if group.get("told") for line in _lines(group["lines"]))
        self._kept = frozenset(heldout(language))
        heard = (HERE / f"{language}_heard.txt").read_text(encoding="utf-8").splitlines()
        self._heard = tuple(line for line in heard if line and not line.startswith("#"))

    def sentence(self) -> str:
        """One sentence; {unknown} stands as [unk]."""
        while True:
            (group,) = self._chance.choices(self._groups, cum_weights=self._shares)
            made = self._filled(self._chance.choice(group))
            if made not in self._kept:
                return made

    def sentences(self, count: int) -> Iterator[str]:
        """So many sentences."""
        return (self.sentence() for _ in range(count))

    def spoken(self) -> str:
        """One sentence worth speaking: most are whole tips, each different from the others."""
        while True:
            kind = self._chance.random()
            if self._chance.random() < _SHORT:
                (number,) = self.numbers(1)
                made = short(
                    self.language, self._chance, number, self._filled(self._chance.choice(self._heard)).split()
                )
            elif kind < _TOLD_SO:
                made = self._filled(self._chance.choice(self._heard if kind < _HEARD else self._told))
            elif kind < _FIXED_SO:
                made = self._chance.choice(self.fixed)
            else:
                made = self.sentence()
            if made and made not in self._kept:
                return made

    def told(self, times: int) -> Iterator[str]:
        """Every whole tip of _told with its slots filled so many times; one without slots comes once."""
        return self._each(self._told, times)

    def heard(self, times: int) -> Iterator[str]:
        """The same of _heard, where every line is of another kind."""
        return self._each(self._heard, times)

    def _each(self, lines: tuple[str, ...], times: int) -> Iterator[str]:
        for line in lines:
            for made in dict.fromkeys(self._filled(line) for _ in range(times)):
                if made not in self._kept:
                    yield made

    def numbers(self, count: int) -> Iterator[str]:
        """So many sentences with telephone numbers, plates and codes."""
        (group,) = (group for group in self._groups if "{plate}" in group)
        return (self._filled(self._chance.choice(group)) for _ in range(count))

    def names(self) -> tuple[str, ...]:
        """Every name and keyword of the catalogue."""
        return tuple(name for names in _names(self.language).values() for name in names)

    def _filled(self, line: str) -> str:
        return _SLOT.sub(lambda slot: self._filled(self._slot(slot[1])), line)

    def _slot(self, name: str) -> str:
        if name == "unknown":
            return UNKNOWN
        if name in self._lists:
            return self._chance.choice(self._lists[name])
        return self._numbers.slot(name)
