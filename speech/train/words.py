"""Words from outside the tips: the wide list that the lexicon knows beside them, and rare ones that stand for the
unknown.

Never does: give a word that is not written in the language's own letters.
"""

import unicodedata
from functools import cache

from speech.train.text.make import plain

KNOWN = {"hi": 14000, "en": 11000}  # the commonest words of the language that the model can write
_RARE = 5000  # further ones, after a gap: spoken in training, not in the lexicon
_GAP = 1000


@cache
def _list(language: str) -> tuple[str, ...]:
    from wordfreq import iter_wordlist

    found: dict[str, None] = {}
    for word in iter_wordlist(language):
        if unicodedata.category(word[0]).startswith("M"):
            continue  # a vowel sign alone
        if plain(word, language) == word and (len(word) > 1 or language == "hi" or word in "ai"):
            found[word] = None
        if len(found) == KNOWN[language] + _GAP + _RARE:
            break
    return tuple(found)


def wide(language: str) -> dict[str, float]:
    """The commonest words with how often each is used."""
    from wordfreq import word_frequency

    return {word: word_frequency(word, language) for word in _list(language)[: KNOWN[language]]}


def rare(language: str) -> tuple[str, ...]:
    """Words of four letters or more that the lexicon does not have."""
    return tuple(word for word in _list(language)[KNOWN[language] + _GAP :] if len(word) > 3 and "'" not in word)
