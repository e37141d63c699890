"""Finds the names by which callers call themselves: "my name is ...", "मैं ... बोल रहा हूँ", and the same name again.

A rule is a line of words: a/b either word, [a/b] may be missing, NAME the words to be hidden, ^ the beginning,
$ the end, a comma the end of a clause.
Never does: look for the names of others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interpret.spelling import bare, word_set
from workers.redact.numerals import NUMBER_WORDS
from workers.redact.words import Hidden, Word

LONGEST = 4  # words of a name that a word of the rule ends
OPEN = 2  # words taken for a name when nothing ends it
BEFORE = 2  # words of a name that stands before the words which give it away


# Words that are never part of a name: a name ends before them.
STOP = word_set(
    """है हूं हूँ हैं हो था थी थे और जो से का की के को में पर ने तक भी ही तो जी यह ये वह वो उस उसका उसने मैं मै हम
    मेरा मेरी मेरे हमारा अपना आप आपको मुझे मुझको हमको वाला वाले वाली बोल बोला बोलता बोलत बात कह कहा रहा रही रहे
    कर करके करता करती नहीं नही न मत ना किसी कोई कुछ सब सबको यहां वहां यहाँ वहाँ अभी आज कल क्या कौन कैसे क्यों कि
    पूछिए पूछो पूछना बताना बताइए बताऊं बताया बता लिखना लिखिए लिखा सामने आना आए आये आ गुप्त छुपा दर्ज इसलिए लेकिन
    मगर पर जबकि फिर वही यही एक दो पता नाम नंबर मोबाइल फोन उम्र उमर साल नहीं गांव गाँव मोहल्ला थाना सच झूठ हुआ
    हुई वालों सर साहब मैडम हेलो हैलो नमस्ते वल्द साकिन पुत्र पुत्री पत्नी hai hu hoon hun hain ho tha thi aur jo
    se ka ki ke ko mein me pe par ne tak bhi hi to ye yeh wo woh main mai mera meri mere bol rha rahi raha kar
    nahi nhi mat na koi kuch sab yaha waha pata naam nambar umar umr gaon is was am are be been a an the and or
    of in on at to from for by with not no never my your his her their our me you he she it we they i that this
    who which what where when why how so but because please dont don't do does did has have had will would can
    could should calling speaking here there number phone mobile age years old live living stay work working
    resident son daughter wife complaint report sir madam hello hi good very also still now just actually been
    being said says"""
)
# What people say of themselves without a name: "i am afraid", "मैं परेशान हूं".
STATES = word_set(
    """परेशान डरा डरी अकेला अकेली बीमार गरीब किसान मजदूर दुकानदार छात्र छात्रा विधवा बूढ़ा बूढ़ी लाचार मजबूर तैयार
    तंग दुखी बेरोजगार सामान्य आम गवाह ठीक घर बाहर पीड़ित पीड़िता महिला लड़की लड़का औरत आदमी नागरिक व्यापारी चुप
    गुमनाम pareshan dara akela akeli afraid scared worried sorry sure unable ready alone poor happy aware
    certain tired sick fed back anonymous safe late unsafe witness victim student farmer shopkeeper resident
    citizen shocked only really too about happening regarding urgent"""
)
RULES = (
    # Hindi, in both scripts
    "मेरा/मेरो/हमार/हमारा/अपना [पूरा/असली/असल/शुभ/सही] नाम [तो] [है/हवे/बा] NAME",
    "mera/hamara/apna [pura/asli] naam/nam [to] [hai/h] NAME",
    "NAME मेरा/हमारा/mera नाम/naam [है/हुआ/hai] $/,",
    "NAME है/hai मेरा/हमारा/mera नाम/naam",
    "मैं/मै/हम/main/mai/mein/me/ham NAME बोल/बोलत/बात/bol/baat",
    "NAME बोल/बोलत/bol रहा/रही/रहे/बानी/raha/rahi/rha/rhi हूं/हैं/बानी/hu/hun/hoon/hain",
    "मैं/मै/main/mai NAME हूं/hu/hun/hoon",
    "हम NAME बानी/हईं/हई",
    "मुझे/मुझको/हमको/mujhe [लोग/सब/log/sab] NAME कहते/बुलाते/पुकारते/कहकर/kehte/kahte/bulate",
    "लोग/log मुझे/mujhe NAME कहते/बुलाते/kehte/bulate",
    "^ नाम/naam [है/hai] NAME",
    "^ NAME नाम/naam है/hai",
    "नाम/naam पूछा/पूछे/पूछते तो [मैंने/हमने] [बताया/कहा/बोला] NAME",
    "मेरे/मेरी/हमारे पिता/पिताजी/पति/पत्नी/बेटे/बेटी/भाई/बहन/पापा/मां का/की नाम [है] NAME",
    "mere/meri pita/pati/patni/bete/beti/bhai/behen ka/ki naam [hai] NAME",
    "मैं/मै/main NAME वल्द/पुत्र/पुत्री/पत्नी NAME साकिन/निवासी/ग्राम/गांव",
    # English
    "my [full/real/good/own] name [is/was] NAME",
    "my name's NAME",
    "NAME is my [full/real] name",
    "myself NAME",
    "i am/was NAME calling/speaking/from/here/and/by/i/,",
    "i'm/im NAME calling/speaking/from/here/and/by/i/,",
    "this is NAME calling/speaking/here/from/and/i/,/$",
    "hello/hi/sir/madam NAME here/speaking",
    "^ NAME here/speaking",
    "people/they/everyone/friends call me NAME",
    "i am/i'm called/named NAME",
    "my name and i said NAME",
    "my father/mother/husband/wife/son/daughter/brother/sister name is NAME",
    "my father's/mother's/husband's/wife's/son's/daughter's/brother's/sister's name is NAME",
)
_AGAIN = 3  # letters a name needs to be looked for elsewhere in the telling


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a rule: words of which one must stand here, or a name (no words)."""

    words: frozenset[str]
    optional: bool


def _parse(rule: str) -> tuple[_Part, ...]:
    parts = []
    for part in rule.split():
        optional = part.startswith("[")
        choices = frozenset(bare(word) or word for word in part.strip("[]").split("/"))
        parts.append(_Part(frozenset() if part == "NAME" else choices, optional))
    return tuple(parts)


_PARSED = tuple((_parse(rule), rule) for rule in RULES)
# By the word that a rule begins with: a text of a thousand short lines is not tried against every rule at every word.
_ANYWHERE = tuple((parts, rule) for parts, rule in _PARSED if parts[0].optional or not parts[0].words)
_BEGUN_BY = {
    word: tuple((parts, rule) for parts, rule in _PARSED if word in parts[0].words and not parts[0].optional)
    for word in {word for parts, _ in _PARSED for word in parts[0].words}
}
_NOT_A_NAME = STOP | STATES | (frozenset(NUMBER_WORDS) - {"das"}) | {",", "^", "$"}


def is_no_name(word: str) -> bool:
    """Whether a word (bare and folded) is never part of a name."""
    return word in _NOT_A_NAME


def find_names(words: Sequence[Word], folded: Sequence[str]) -> Iterator[Hidden]:
    """Every stretch of words by which the caller is named. `folded` are the same words, bare and folded."""
    line, places = _line(words, folded)
    names: set[str] = set()
    for start, begins in enumerate(line):
        for parts, rule in (*_BEGUN_BY.get(begins, ()), *_ANYWHERE):
            for first, end in _match(parts, line, start) or ():
                names.update(word for word in line[first:end] if len(word) >= _AGAIN)
                yield Hidden(places[first], places[end - 1], "name", f"a name after: {rule}")
    for place, word in enumerate(folded):
        if word in names:
            yield Hidden(place, place, "name", "the same name again")


def _line(words: Sequence[Word], folded: Sequence[str]) -> tuple[list[str], list[int]]:
    """The folded words between ^ and $, a comma after those that end a clause; and the word each came from."""
    line, places = ["^"], [0]
    for place, (word, plain) in enumerate(zip(words, folded, strict=True)):
        if plain:
            line.append(plain)
            places.append(place)
        if word.w.endswith((",", ".", ";", "!", "?", "।", "|", ":", "-")):
            line.append(",")
            places.append(place)
    return [*line, "$"], [*places, len(words)]


def _match(
    parts: Sequence[_Part], line: Sequence[str], at: int, *, leading: bool = True
) -> list[tuple[int, int]] | None:
    """The names (first, end) in the line when the rule fits at `at`, else None."""
    if not parts:
        return []
    part, rest = parts[0], parts[1:]
    if part.words:
        if at < len(line) and line[at] in part.words:
            found = _match(rest, line, at + 1, leading=leading and line[at] == "^")
            if found is not None:
                return found
        return _match(rest, line, at, leading=leading) if part.optional else None
    length = 0
    while at + length < len(line) and length <= LONGEST and line[at + length] not in _NOT_A_NAME:
        length += 1
    if not rest:  # the name ends the rule: up to the next word that cannot be part of it
        return [(at, at + (length if length <= LONGEST else OPEN))] if length else None
    for taken in range(1, min(length, BEFORE if leading else LONGEST) + 1):
        found = _match(rest, line, at + taken, leading=False)
        if found is not None:
            return [(at, at + taken), *found]
    return None
