"""How a word sounds, in Latin letters: one key for all its spellings, whatever the script. PURE.

शराब, sharab and sharaab are all "sarab"; काकादेव, kakadeo and kaakadev all "kakadev". `bones` leaves still less, for
names that people write in their own way.
Never does: change what is stored or shown; keys are only for comparing.
"""

import re

_CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलळवशषसह",
        "k K g G n c C j J n t T d D n t T d D n p f b B m y r l l v s s s h".split(),  # capitals are breathed
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
_CONSONANT = "[bcdfghjklmnpqrstvwxyzKGCJTDB]"
_NOT_SPOKEN = re.compile(f"(?<=[aeiou@]{_CONSONANT})@(?={_CONSONANT}[aeiou])")
_BREATHED = str.maketrans({"c": "ch", "C": "ch", **{letter: letter.lower() + "h" for letter in "KGJTDB"}})

# Applied in this order to what is typed in Latin letters, and to what Devanagari becomes. The letters in front are
# those without which the rule has nothing to do: asking for them first is a good deal cheaper.
_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (needed, re.compile(pattern), to)
    for needed, pattern, to in (
        ("", r"([a-z])\1{2,}", r"\1\1"),
        ("c", r"chh", "ch"),
        ("ksh", r"ksh", "ks"),
        ("ph", r"ph", "f"),
        ("ck", r"ck", "k"),
        ("c", r"c(?=[eiy])", "s"),
        ("c", r"c(?!h)", "k"),
        ("sh", r"sh", "s"),
        ("aa", r"aa", "a"),
        ("ee", r"ee", "i"),
        ("ii", r"ii", "i"),
        ("oo", r"oo", "u"),
        ("uu", r"uu", "u"),
        ("e", r"a[iy]?e$", "aye"),
        ("au", r"au(?![aeiouvy])", "o"),
        ("av", r"av(?=[bcdfghjklmnpqrst])", "o"),
        ("ou", r"ou(?![aeiou])", "o"),
        ("ov", r"ov$", "o"),
        ("ou", r"ou$", "o"),
        ("ai", r"ai(?![aeiouv])", "e"),
        ("ay", r"ay(?![aeiouv])", "e"),
        ("ae", r"ae(?!$)", "e"),
        ("ei", r"ei", "e"),
        ("ey", r"ey(?![aeiou])", "e"),
        ("uv", r"uv(?=[aeiou])", "u"),
        ("iy", r"iy(?=[aeou])", "i"),
        ("y", r"(?<=[^aeiou])y$", "i"),
        ("m", r"m(?=[pb])", "n"),
        ("", r"(.)\1+", r"\1"),
        ("gunj", r"gunj$", "ganj"),
        ("nager", r"nager$", "nagar"),
    )
)
# An abbreviation spelt by the names of its letters (एफआईआर, ओटीपी) is the abbreviation.
_NAMES = dict(
    zip(
        "ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई जेड".split(),
        "abcdefghijklmnopqrstuvwxyz",
        strict=True,
    )
)
_NAME = re.compile("|".join(sorted(_NAMES, key=len, reverse=True)))
_ABBREVIATION = re.compile(f"(?:{_NAME.pattern}){{3,}}")
_LETTERS = str.maketrans({"q": "k", "x": "ks", "z": "j", "w": "v"})
_AS_TYPED = frozenset(
    {"sho", "so", "si", "go", "gau", "gao", "ii", "ai", "io", "cow", "how", "now", "low", "law", "say", "way", "pay"}
)  # too short to be bent


def sound(word: str) -> str:
    """The key of one folded word (see interpret.spelling). Digits of both scripts become 0-9."""
    if word.isascii():
        if word.isdigit() or word in _AS_TYPED:
            return word
        typed = word
    elif _ABBREVIATION.fullmatch(word):
        return sound("".join(_NAMES[name] for name in _NAME.findall(word)))
    else:
        typed = _typed(word)
    if typed.isdigit():
        return typed
    bent = _bent(typed)
    return _SAME.get(bent, bent)


def _bent(typed: str) -> str:
    typed = typed.translate(_LETTERS)
    for needed, pattern, to in _RULES:
        if needed in typed:
            typed = pattern.sub(to, typed)
    return typed


# Words that even so are spelt in too many ways, and as what each counts.
_SAME = {
    _bent(other): _bent(one)
    for one, others in (
        (
            "pulis",
            "police polis polise polic pulise pulice puliss pulees poolis pulic palis palise plis plise plic plice"
            " polce polees policee poilse poilce polisi pulish polish ploice poolice pullice pollice",
        ),
        ("chauki", "chowki chouki choky chokee chowky"),
        ("daroga", "darogha droga drogha darooga dorga drga"),
        ("thanedar", "thanader thanadar"),
        ("sipahi", "sipai siphi sipaee"),
        ("gambling", "gembling gambelling gambeling"),
    )
    for other in others.split()
}


# As above, but for the doubled letters and the vowel a, which end it.
_BONES: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (needed, re.compile(pattern), to)
    for needed, pattern, to in (
        ("h", r"(?<=[bcdgjkptr])h", ""),
        ("e", r"e[ov]$", "iu"),
        ("v", r"[ao]?v(?![aeiouy])", "u"),
        ("", r"(?<=[aeiou])[nh]$", ""),
        ("nh", r"(?<=[aeiou])n(?=h)", ""),
        ("un", r"u(?=n[gjd])", ""),
    )
)
_DOUBLED = re.compile(r"(.)\1+")
_MERGED = str.maketrans({"e": "i", "o": "u", "v": "b", "f": "p"})


def bones(key: str) -> str:
    """What is left of a key without the vowel a, breath, and the choice of e/i, o/u, v/b: "naubasta" -> "nubst"."""
    for needed, pattern, to in _BONES:
        if needed in key:
            key = pattern.sub(to, key)
    key = _DOUBLED.sub(r"\1", key.replace("y", "i"))
    return (key[:1] + key[1:].replace("a", "")).translate(_MERGED)


def _typed(word: str) -> str:
    """Devanagari in Latin letters, as most people type it; other letters are kept."""
    out: list[str] = []
    for letter in word.translate(_DIGITS).replace("ज्ञ", "ग्य"):
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
    return spoken.replace(_INHERENT, "a").translate(_BREATHED)


def _last_unspoken(spoken: str) -> int:
    place = -1
    for match in _NOT_SPOKEN.finditer(spoken):
        place = match.start()
    return place
