"""A first guess at category and place from the words of a tip. PURE: whole words and phrases of the catalogue.

Never does: match by likeness, take an ambiguous name on its own, or invent a station: unsure is None, and the tip goes
to the district office with the caller's own words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.catalogue import Catalogue
from workers.places import find_place
from workers.route import DISTRICT_OFFICE, RANGE_OFFICE
from workers.spelling import fold, tokens, word_set

MISCONDUCT = "police_misconduct"
# The precedence of the catalogue: these win in this order, those that are in neither list come next, then the rest.
FIRST = ("police_misconduct", "serious_crime", "cyber_fraud", "extortion", "harassment_spot", "trafficking_spa")
AFTER = ("mining_overload", "trader_complaint", "other")
GAP = 3  # words that may stand between the words of a phrase
POLICE = word_set(
    """पुलिस दरोगा दारोगा सिपाही थानेदार थानाध्यक्ष दीवान कांस्टेबल इंस्पेक्टर कोतवाल हवलदार एसओ एसएचओ होमगार्ड
    पुलिसवाला पुलिसवाले पुलिसकर्मी सीओ एसपी कप्तान डीसीपी आईजी डीआईजी कमिश्नर police daroga darogaa sipahi thanedar
    deewan diwan constable constables inspector kotwal hawaldar sho homeguard policewala policewale policemen policeman
    cop cops sp dcp ig dig commissioner"""
)
# What makes a mention of police near it an accusation. That police do not come, or were told, is none.
_ACCUSATIONS = """
    रिश्वत, घूस, पैसे ले, पैसा ले, पैसे लिए, पैसा लिया, पैसे मांग, पैसा मांग, रुपये मांग, रुपये ले, हफ्ता ले, हफ्ता देते, वसूली,
    मिली हुई, मिला हुआ, मिले हुए, मिली है, मिले हैं, मिलीभगत, संरक्षण, बिकवा, चलवा, भ्रष्ट, साठगांठ, कमीशन, महीना बंधा, ने मारा,
    ने पीटा, rishwat, riswat, rishvat, ghoos, ghus, paise le, paisa le, paise liye, paise mang, paisa mang, hafta le,
    vasuli, wasuli, wasooli, mili hui, mila hua, mile hue, mili hai, milibhagat, sanrakshan, bikwa, chalwa, commission,
    mahina bandha, ne mara, ne pita, ne peeta, bribe, bribes, takes money, took money, take money, taking money,
    demanded, demands, asks money, corrupt, protects, is involved, are involved, hand in glove, beat, beats, slapped
"""
# The same of a policeman, but not of "police": beside a police post others sell too.
_ACTS = """
    करवा, करा रह, खिलवा, बेचत, बेच रह, खुद, karwa, kara rah, khilwa, bechta, bechte, bech rah, khud, sells, selling, runs,
    running, keeps my, supplies
"""
ACCUSATIONS, ACTS = (tuple(tokens(phrase) for phrase in text.split(",")) for text in (_ACCUSATIONS, _ACTS))
TOLD = word_set("को से ko se to")  # "told the police" accuses nobody
BEFORE, BEHIND = 4, 12  # words around a mention of police in which an accusation belongs to it
ABOVE = {
    DISTRICT_OFFICE: word_set("एसपी कप्तान एसएसपी अधीक्षक डीसीपी sp ssp kaptan captan dcp superintendent"),
    RANGE_OFFICE: word_set("आईजी डीआईजी कमिश्नर आयुक्त ig dig commissioner"),
}
ASKED = word_set("से को तक साहब साहेब जी महोदय se ko tak sahab saheb ji mahoday sir please")  # addressed, not accused
_ENDINGS = ("", "ें", "ों", "े", "ी", "ा", "ो", "ियां", "ियों", "s")


@dataclass(frozen=True, slots=True)
class Guess:
    """What the words tell; None: they do not. `accused`: levels above the station that a complaint is about."""

    category: str | None
    district: str | None
    station: str | None
    urgency: str | None
    accused: tuple[str, ...] = ()


def by_words(text: str, language: str, catalogue: Catalogue, *, district: str | None = None) -> Guess:
    """The category and place that the words of a tip name. `language`: as chosen; callers mix, so all are tried.

    `district`: known before, from a PIN code or an answer; a station elsewhere is then not believed.
    """
    words = tokens(text)
    category = _category(words, catalogue)
    area, station = find_place(words, catalogue, district)
    return Guess(
        category=category,
        district=area,
        station=station,
        urgency=catalogue.categories[category].urgency if category else None,
        accused=_accused(words) if category == MISCONDUCT else (),
    )


def _category(words: Sequence[str], catalogue: Catalogue) -> str | None:
    if MISCONDUCT in catalogue.categories and _accuses_police(words):
        return MISCONDUCT
    found: dict[str, int] = {}
    phrases, friends = _phrases(catalogue)
    for code, options in phrases.items():
        hits = [option for option in options if _says(words, option, exact=friends)]
        if hits:
            found[code] = sum(len(hit) for hit in hits)
    return min(found, key=lambda code: (_rank(code), -found[code]), default=None)


def _accuses_police(words: Sequence[str]) -> bool:
    for place, word in enumerate(words):
        after, before = words[place + 1 : place + 2], words[max(0, place - 1) : place]
        if word in POLICE and not TOLD.intersection(after) and "to" not in before:
            near = words[max(0, place - BEFORE) : place + BEHIND]
            accusing = ACCUSATIONS if word in ("पुलिस", "police") else (*ACCUSATIONS, *ACTS)
            if any(_says(near, phrase) for phrase in accusing):
                return True
    return False


def _accused(words: Sequence[str]) -> tuple[str, ...]:
    named = []
    for level, names in ABOVE.items():
        for place, word in enumerate(words):
            if word in names and not ASKED.intersection(words[place + 1 : place + 3]):
                named.append(level)
                break
    return tuple(named)


@lru_cache(maxsize=2)
def _phrases(catalogue: Catalogue) -> tuple[dict[str, list[list[str]]], frozenset[str]]:
    """The keywords of every category as lists of words, and the words that only look like one."""
    phrases = {
        code: [tokens(keyword) for keywords in category.keywords.values() for keyword in keywords]
        for code, category in catalogue.categories.items()
    }
    friends = {fold(word) for friend in catalogue.false_friends for word in friend.words}
    return phrases, frozenset(friends)


def _rank(code: str) -> int:
    """Which category wins; between those that the precedence rules do not order, the longer match does."""
    if code in FIRST:
        return FIRST.index(code)
    return len(FIRST) + (1 + AFTER.index(code) if code in AFTER else 0)


def _says(words: Sequence[str], phrase: Sequence[str], *, exact: frozenset[str] | None = None) -> bool:
    """Whether the words of the phrase come one after the other, a few others between; the last may be inflected.

    Without `exact` the last word of the phrase is a stem; else words in `exact` are no form of another word.
    """
    if len(phrase) > 1 and phrase[0] not in words:  # most phrases end here, at a tenth of the cost
        return False
    initial = phrase[0][:1]  # every form of a word begins like it
    return any(word[:1] == initial and _follows(words, start, phrase, exact) for start, word in enumerate(words))


def _follows(words: Sequence[str], start: int, phrase: Sequence[str], exact: frozenset[str] | None) -> bool:
    place = start
    for number, wanted in enumerate(phrase):
        is_last = number == len(phrase) - 1
        for here in (place,) if number == 0 else range(place, min(len(words), place + 1 + GAP)):
            if words[here] == wanted or (is_last and _is_form(words[here], wanted, len(phrase), exact)):
                place = here + 1
                break
        else:
            return False
    return True


def _is_form(word: str, wanted: str, phrase_length: int, exact: frozenset[str] | None) -> bool:
    """Whether the word is an inflected form: लड़की बेच -> बेचते in a phrase, हथियार -> हथियारों alone."""
    if exact is not None and (word in exact or len(wanted) < 3):
        return False
    if phrase_length > 1 or (exact is None and len(wanted) > 3):
        return word.startswith(wanted)
    stem = wanted[:-1] if wanted.endswith("ा") and len(wanted) > 3 else wanted
    return word.startswith(stem) and word[len(stem) :] in _ENDINGS
