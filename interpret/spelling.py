"""One spelling for words that people, keyboards and speech recognisers write in many ways. PURE.

Never does: change what is stored or shown; folded words are only for comparing.
"""

import re
import unicodedata

_NUKTA, _CHANDRABINDU, _ANUSVARA = "\u093c", "\u0901", "\u0902"
# Without what cannot be seen, nuktas and accents; chandrabindu as anusvara.
_PLAIN: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u00ad" + _NUKTA)),
    **dict.fromkeys(range(0x300, 0x370)),
    ord(_CHANDRABINDU): _ANUSVARA,
}
# A nasal before a consonant of its own class is written either way: हिन्दी and हिंदी, घण्टा and घंटा.
_NASAL = re.compile("ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])")
_TOKEN = re.compile(r"[a-z0-9\u0900-\u0963\u0966-\u097f]+")
_PLACEHOLDER = re.compile(r"\[[a-z]+\]")
# Words, numbers, addresses and number plates; a comma or full stop stays with the word it ends.
_BEFORE = re.compile(r"[^\w\u0900-\u0963\u0966-\u097f+₹@]*")
_BEHIND = re.compile(r"[^\w\u0900-\u0963\u0966-\u097f]*")


def fold(text: str) -> str:
    """One form for comparing: no nukta, anusvara for chandrabindu and half nasals, no accents, small letters."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKD", text).translate(_PLAIN))
    return _NASAL.sub(_ANUSVARA, text).lower()


def tokens(text: str) -> list[str]:
    """The folded words and numbers of a text, without punctuation and without placeholders such as [phone]."""
    return _TOKEN.findall(fold(_PLACEHOLDER.sub(" ", text) if "[" in text else text))


def word_set(words: str) -> frozenset[str]:
    """The folded words of a text, for rules that are lists of words."""
    return frozenset(fold(words).split())


def bare(word: str) -> str:
    """A folded word without punctuation at its ends (see trimmed)."""
    return trimmed(fold(word))


def trimmed(text: str) -> str:
    """A text without punctuation at its ends (+, ₹ and @ in front are kept: they have a meaning)."""
    # The end is looked for from the end: from the front, every dot of a thousand would begin the search anew.
    first, behind = _BEFORE.match(text), _BEHIND.match(text[::-1])
    return text[first.end() if first else 0 : len(text) - (behind.end() if behind else 0)]
