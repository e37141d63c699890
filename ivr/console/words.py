"""Every word of the console, in Hindi and English, from `words.toml` beside this module.

Never does: hold a fact of the catalogue, or fall back to another language: a missing word is a fault at the start.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import tomli

LANGUAGES = ("hi", "en")
FILE = Path(__file__).with_name("words.toml")


class WordsFault(Exception):
    """The words cannot be used; the message names file and key."""


class Words:
    """All words, each by its key and language."""

    def __init__(self, words: Mapping[str, Mapping[str, str]]) -> None:
        self.words = words

    def say(self, key: str, language: str, **values: object) -> str:
        """The words of a key with its {places} filled in. KeyError for a key that nobody wrote."""
        words = self.words[key][language]
        return words.format(**values) if values else words

    def has(self, key: str) -> bool:
        """Whether somebody wrote words for this key (codes of problems may be newer than the words)."""
        return key in self.words


@cache
def load_words(file: Path = FILE) -> Words:
    """Read the words; WordsFault names every key that lacks a language."""
    try:
        tables = tomli.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomli.TOMLDecodeError) as fault:
        raise WordsFault(f"{file.name}: {fault}") from None
    found: dict[str, Mapping[str, str]] = {}
    faults: list[str] = []
    for key, entry in tables.items():
        if isinstance(entry, dict) and set(entry) == set(LANGUAGES) and all(map(_is_said, entry.values())):
            found[key] = MappingProxyType(entry)
        else:
            faults.append(f"{file.name}: {key}: needs words in hi and en, and nothing else")
    if faults:
        raise WordsFault("\n".join(faults))
    return Words(MappingProxyType(found))


def _is_said(words: object) -> bool:
    return isinstance(words, str) and bool(words.strip())
