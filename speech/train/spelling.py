"""Hindi words as who reads every letter says them: शिकायत as ʃɪkajətə, में as mem, है as həɪ.

Whoever learned Hindi by its letters (in the south, say), speaks it beside Bhojpuri or Awadhi or is very careful keeps
vowels that others swallow (schwas), says a nasal consonant for a nasal vowel, ड for ड़, and two vowels for ऐ and औ.
Never does: anything about English; say how a word is usually spoken (./phones.py).
"""

import unicodedata

_CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
        "k kʰ ɡ ɡʰ ŋ c cʰ ɟ ɟʰ ɲ ʈ ʈʰ ɖ ɖʰ ɳ t tʰ d dʰ n p pʰ b bʰ m j ɾ l ʋ ʃ ʂ s h".split(),
        strict=True,
    )
)
_VOWELS = dict(zip("अआइईउऊएओऑऍऐऔऋ", "ə a ɪ i ʊ u e o ɔ ɛ əɪ əʊ ɾɪ".split(), strict=True))
_SIGNS = dict(zip("ािीुूेोॉॅैौृ", "a ɪ i ʊ u e o ɔ ɛ əɪ əʊ ɾɪ".split(), strict=True))
_MUTE, _DOT, _OVER, _MOON, _BREATH = "\u094d", "\u093c", "\u0902", "\u0901", "\u0903"
_NOSE = {**dict.fromkeys("कखगघ", "ŋ"), **dict.fromkeys("चछजझ", "ɲ"), **dict.fromkeys("टठडढ", "ɳ"),
         **dict.fromkeys("पफबभमयरलवशसह", "m")}  # fmt: skip


def spelled(word: str) -> tuple[str, ...]:
    """The word letter by letter; empty where a letter is none of Hindi's."""
    letters = [one for one in unicodedata.normalize("NFD", word) if one != _DOT]
    found: list[str] = []
    for at, letter in enumerate(letters):
        after = letters[at + 1] if at + 1 < len(letters) else ""
        if letter in _CONSONANTS:
            found.append(_CONSONANTS[letter])
            if after not in _SIGNS and after != _MUTE:
                found.append("ə")
        elif letter in _VOWELS or letter in _SIGNS:
            found += _VOWELS.get(letter) or _SIGNS[letter]
        elif letter == _OVER:
            found.append(_NOSE.get(after, "n") if after else "m")
        elif letter == _MOON:
            found.append("n")
        elif letter == _BREATH:
            found.append("h")
        elif letter != _MUTE:
            return ()
    return tuple(found)
