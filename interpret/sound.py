"""How a word sounds, in Latin letters: one key for all its spellings, whatever the script. PURE.

शराब, sharab and sharaab are all "sarab"; काकादेव, kakadeo and kaakadev all "kakadev". `bones` leaves still less, for
names that people write in their own way.
Never does: change what is stored or shown; keys are only for comparing.
"""

import re

_CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलळवशषसह",
        "k kh g gh n ch ch j jh n t th d dh n t th d dh n p f b bh m y r l l v s s s h".split(),
        strict=True,
    )
)
_VOWELS = dict(
    zip("अआइईउऊऋएऐओऔऑऍऎऒ", "a a i i u u ri e e o o o e e o".split(), strict=True),
)
_SIGNS = dict(zip("ािीुूृेैोौॉॅॆॊ", "a i i u u ri e e o o o e e o".split(), strict=True))
_HALANT, _ANUSVARA, _VISARGA = "\u094d", "\u0902", "\u0903"
_INHERENT = "@"  # the vowel that every consonant has unless another is written
_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
_NOT_SPOKEN = re.compile("(?<=[aeiou@][bcdfghjklmnpqrstvwxyz])@(?=[bcdfghjklmnpqrstvwxyz]h?[aeiou])")

# Applied in this order to what is typed in Latin letters, and to what Devanagari becomes.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"([a-z])\1{2,}", r"\1\1"),
        (r"chh", "ch"),
        (r"ksh", "ks"),
        (r"ph", "f"),
        (r"ck", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c(?!h)", "k"),
        (r"sh", "s"),
        (r"aa", "a"),
        (r"ee|ii", "i"),
        (r"oo|uu", "u"),
        (r"a[iy]?e$", "aye"),
        (r"a[uv](?![aeiouvy])|ou(?![aeiou])", "o"),
        (r"a[iy](?![aeiouv])|ae(?!$)|ei|ey(?![aeiou])", "e"),
        (r"uv(?=[aeiou])", "u"),
        (r"iy(?=[aeou])", "i"),
        (r"(?<=[^aeiou])y$", "i"),
        (r"m(?=[pb])", "n"),
        (r"(.)\1+", r"\1"),
        (r"gunj$", "ganj"),
        (r"nager$", "nagar"),
    )
)
_LETTERS = str.maketrans({"q": "k", "x": "ks", "z": "j", "w": "v"})
_AS_TYPED = frozenset({"sho", "so", "si", "go", "gau", "gao", "ii", "ai", "io"})  # too short to be bent


def sound(word: str) -> str:
    """The key of one folded word (see interpret.spelling). Digits of both scripts become 0-9."""
    if word.isascii():
        if word.isdigit() or word in _AS_TYPED:
            return word
        typed = word
    else:
        typed = _typed(word)
    if typed.isdigit():
        return typed
    typed = typed.translate(_LETTERS)
    for pattern, to in _RULES:
        typed = pattern.sub(to, typed)
    return typed


_BONES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"(?<=[bcdgjkptr])h", ""),
        (r"[ao]?v(?![aeiouy])", "u"),
        (r"(?<=[aeiou])[nh]$", ""),
        (r"(?<=[aeiou])n(?=[kgcjtdpbs])", "n"),
        (r"(?<=.)a", ""),
        (r"y", "i"),
        (r"(.)\1+", r"\1"),
    )
)
_MERGED = str.maketrans({"e": "i", "o": "u", "v": "b", "f": "p"})


def bones(key: str) -> str:
    """What is left of a key without the vowel a, breath, and the choice between e/i, o/u, v/b: "naubasta" -> "nubst"."""
    for pattern, to in _BONES:
        key = pattern.sub(to, key)
    key = key.translate(_MERGED)
    return re.sub(r"(.)\1+", r"\1", key)


def _typed(word: str) -> str:
    """Devanagari in Latin letters, as most people type it; other letters are kept."""
    out: list[str] = []
    for letter in word.translate(_DIGITS):
        if letter in _CONSONANTS:
            out += (_CONSONANTS[letter], _INHERENT)
        elif letter in _SIGNS:
            if out and out[-1] == _INHERENT:
                out.pop()
            out.append(_SIGNS[letter])
        elif letter == _HALANT:
            if out and out[-1] == _INHERENT:
                out.pop()
        elif letter in _VOWELS:
            out.append(_VOWELS[letter])
        elif letter == _ANUSVARA:
            out.append("n")
        elif letter == _VISARGA:
            continue
        else:
            out.append(letter)
    if len(out) > 2 and word[-1] == _ANUSVARA:
        out.pop()  # a nasal at the end is seldom typed: में is me
    spoken = "".join(out)
    if spoken.endswith(_INHERENT):
        spoken = spoken[:-1]
    # From the right: a short vowel between two spoken syllables is not spoken (sakaldiha, not sakaladiha).
    while (cut := _last_unspoken(spoken)) >= 0:
        spoken = spoken[:cut] + spoken[cut + 1 :]
    return spoken.replace(_INHERENT, "a").replace("jny", "gy").replace("jna", "gya")


def _last_unspoken(spoken: str) -> int:
    place = -1
    for match in _NOT_SPOKEN.finditer(spoken):
        place = match.start()
    return place
