"""Finds spoken and typed numbers and says which are hidden: any of seven digits or more, and shorter ones of one's own.

Kept: PIN codes, helplines, times, dates, amounts, number plates of others.
Never does: keep a long number because it might be a suspect's. Who reads it out is not known, so it is hidden.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from interpret.spelling import fold, word_set
from workers.redact.numerals import HUNDRED, LARGE, NUMBER_WORDS, REPEATS, SOUND_ALIKE, TENS, digits_of
from workers.redact.words import Hidden, Word

PHONE_LENGTH = 10
ALWAYS = 7  # digits from which a number is hidden whoever's it is
OWN_LEAST = 3  # digits from which a piece of one's own number is hidden
UNSURE = 0.4  # confidence under which a word between digits may itself have been a digit
GAP, FAR_GAP, OWN_REACH = 5, 8, 12  # words: between digits of a number, between its pieces, from "my number" to it
HELPLINES = frozenset(
    {"100", "101", "102", "108", "112", "181", "1076", "1090", "1098", "1930", "14567", "1912", "139"}
)


FILLERS = word_set(
    """हां हाँ हा हूं जी अं अ आ ऊं उम उं म मतलब फिर और उसके बाद रुकिए रुको ठीक सॉरी नहीं न हेलो प्लस इसके है लिखिए
    लिखो नोट करिए कीजिए करो एंड मिनट सुनिए देखिए ओके तो haan ha hmm um uh er erm and then plus sorry ok okay
    wait hello yes please comma dash sir madam ji phir aur matlab likho note hyphen well like"""
)
UNITS = word_set(
    """बजे बजकर रु रू रुपये रुपए रुपया रूपये रूपए तारीख साल बरस वर्ष किलो किलोमीटर मीटर लीटर महीने महीना दिन घंटे
    घंटा मिनट लोग आदमी लड़के लड़कियां लड़की बार गाड़ी गाड़ियां ट्रक प्रतिशत टन बोरी am pm a.m p.m baje rupees
    rupaye rs rupee o'clock years year days km kilometre kilometres kg litre minutes hours people men boys girls
    log percent tonnes trucks"""
)
OWN = word_set("मेरा मेरी मेरे हमारा हमारी हमारे अपना अपनी अपने मोर हमार mera meri mere hamara hamari apna apni my our")
PHONE = word_set(
    """नंबर नम्बर नं मोबाइल फोन व्हाट्सएप व्हाट्सऐप वाट्सएप वॉट्सऐप कॉन्टैक्ट संपर्क number no num mobile phone
    fone whatsapp watsapp contact nambar numbr cell"""
)
ACCOUNT = word_set(
    """आधार पैन खाता खाते अकाउंट शिकायत रोल राशन बेल्ट पासपोर्ट एटीएम कार्ड aadhaar aadhar adhar pan account acc
    complaint roll passport belt khata card policy"""
)
CALL_ME = tuple(
    fold(phrase)
    for phrase in (
        *("कॉल बैक", "मुझे फोन", "मुझे कॉल", "पर मिलूंगा", "पर मिलूंगी", "पर संपर्क", "मिलूंगा", "मोबाइल", "फोन करिए"),
        *("call me", "call back", "reach me", "contact me", "ring me", "whatsapp me", "contact", "mobile", "mob"),
        *("phone karna", "call karna"),
    )
)
PIN = word_set("पिन पिनकोड pin pincode")
VEHICLES = word_set(
    """गाड़ी बाइक स्कूटी स्कूटर कार ट्रैक्टर मोटरसाइकिल टेंपो ऑटो वाहन bike car scooter scooty tractor motorcycle
    vehicle gaadi gadi auto van jeep जीप वैन"""
)
LETTERS = word_set(
    """ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई जेड जैड यूपी up dl br mp
    hr uk"""
) | frozenset("abcdefghijklmnopqrstuvwxyz")
PLATE_FILLERS = (FILLERS | frozenset(REPEATS)) - word_set("तो")
_DATE = re.compile(r"(0?[1-9]|[12]\d|3[01])([./-])(0?[1-9]|1[0-2])\2(19|20)?\d\d")
_PRICE = re.compile(r"\d{1,5}[.]\d\d?")
_PAN = re.compile(r"[a-z]{5}\d{4}[a-z]")
_PLATE = re.compile(r"[a-z]{2}[- ]?\d{1,2}[- ]?[a-z]{0,3}[- ]?\d{1,4}")
_LABEL = re.compile(r"(no|num|number|mob|mobile|ph|phone|tel|wa|नं|मो|फो|नंबर|मोबाइल|फोन)[.:#]*\+?")


@dataclass(frozen=True, slots=True)
class Run:
    """A number: its first and last word, its digits ("?" for a word that may have been one), what stands around it."""

    first: int
    last: int
    digits: str
    measured: bool  # a time, an amount, an age: its unit follows

    @property
    def count(self) -> int:
        return len(self.digits)


def find_numbers(words: Sequence[Word], folded: Sequence[str]) -> Iterator[Hidden]:
    """Every number to be hidden. `folded` are the same words, bare and folded."""
    signs = _spelt(folded)
    runs = list(_runs(words, folded, signs))
    for run in runs:
        if run.count >= ALWAYS:
            yield _hide(run, words, folded, "a number of seven digits or more")
    for before, after in pairwise(runs):
        if _are_pieces(before, after, folded):
            yield replace(_hide(before, words, folded, "a number in pieces"), last=after.last)
    yield from _own_numbers(runs, words, folded)
    yield from _own_plates(folded, signs)


def _spelt(folded: Sequence[str]) -> list[str]:
    """The digits that each word adds to a number; "" for a word that adds none."""
    signs: list[str] = []
    for place, word in enumerate(folded):
        before = folded[place - 1] if place else ""
        after = NUMBER_WORDS.get(folded[place + 1], "") if place + 1 < len(folded) else ""
        digits = NUMBER_WORDS.get(word) or _typed(word)
        if word in TENS and after in tuple("123456789"):
            digits = digits[0]  # "ninety eight" is 98
        elif word in HUNDRED and before in NUMBER_WORDS:
            digits = "00"[len(after) :]  # "two hundred eight" is 208
        signs.append(digits * REPEATS.get(before, 1) if len(digits) == 1 else digits)
    return signs


def _typed(word: str) -> str:
    digits = digits_of(word)
    if (
        not digits
        or _DATE.fullmatch(word)
        or _PRICE.fullmatch(word)
        or (word.startswith(("₹", "rs")) and len(digits) < PHONE_LENGTH)
    ):
        return ""
    label = _LABEL.match(word)
    is_bare = not any(c.isalpha() for c in word) or (label and not any(c.isalpha() for c in word[label.end() :]))
    return digits if is_bare or len(digits) >= ALWAYS else ""


def _runs(words: Sequence[Word], folded: Sequence[str], signs: Sequence[str]) -> Iterator[Run]:
    place = 0
    while place < len(folded):
        if signs[place]:
            first = last = place
            digits = ""
            going_on: str | None = ""
            while going_on is not None:
                digits += going_on + signs[last]
                last, going_on = _next_digit(words, folded, signs, last)
            after = folded[last + 1] if last + 1 < len(folded) else ""
            yield Run(first, last, digits, after in UNITS or after in LARGE)
            place = last
        place += 1


def _next_digit(
    words: Sequence[Word], folded: Sequence[str], signs: Sequence[str], last: int
) -> tuple[int, str | None]:
    """Where the number goes on after the word `last`, and what may have been digits between; None where it ends."""
    guessed = ""
    for place in range(last + 1, min(len(folded), last + 2 + GAP)):
        word = folded[place]
        if signs[place]:
            return place, guessed
        if word in SOUND_ALIKE or _is_unsure(words[place]):
            guessed += "?"
        elif word not in FILLERS and word not in REPEATS and word not in HUNDRED:
            break
    return last, None


def _is_unsure(word: Word) -> bool:
    return word.conf < UNSURE or word.w in ("[unk]", "<unk>")


def _hide(run: Run, words: Sequence[Word], folded: Sequence[str], why: str) -> Hidden:
    """The run with what belongs to it: plus or double before, unsure words on either side of a number too short."""
    first, last, missing = run.first, run.last, PHONE_LENGTH - run.count
    while first > 0 and (folded[first - 1] in REPEATS or folded[first - 1] in ("प्लस", "plus", "+")):
        first -= 1
    while missing > 0 and last + 1 < len(words) and _is_unsure(words[last + 1]):
        last, missing = last + 1, missing - 1
    while missing > 0 and first > 0 and _is_unsure(words[first - 1]):
        first, missing = first - 1, missing - 1
    is_account = any(word in ACCOUNT for word in folded[max(0, run.first - 8) : run.first])
    return Hidden(first, last, "account" if is_account or run.count > 13 else "phone", why)


def _are_pieces(before: Run, after: Run, folded: Sequence[str]) -> bool:
    """Whether two short numbers near each other are one number, broken by other words."""
    if before.measured or after.measured or min(before.count, after.count) < OWN_LEAST:
        return False
    between = folded[before.last + 1 : after.first]
    known = {before.digits, after.digits} & HELPLINES or any(_is_pin(run, folded) for run in (before, after))
    return (
        len(between) <= FAR_GAP
        and PHONE_LENGTH - 1 <= before.count + after.count <= PHONE_LENGTH + 3
        and not known
        and not any(word in LETTERS or word in UNITS for word in between)
    )


def _is_pin(run: Run, folded: Sequence[str]) -> bool:
    return run.count == 6 and any(word in PIN for word in folded[max(0, run.first - 4) : run.last + 4])


def _own_numbers(runs: Sequence[Run], words: Sequence[Word], folded: Sequence[str]) -> Iterator[Hidden]:
    """Pieces of one's own telephone or account number, too short to be hidden otherwise."""
    for place in _cues(folded):
        for run in runs:
            is_near = place < run.first <= place + OWN_REACH or run.last < place <= run.last + 3
            is_own = run.count >= OWN_LEAST and not run.measured and run.digits not in HELPLINES
            if is_near and is_own and not _is_pin(run, folded):
                yield _widen(_hide(run, words, folded, "a piece of one's own number"), folded)


def _cues(folded: Sequence[str]) -> Iterator[int]:
    text = f" {' '.join(folded)} "
    for place, word in enumerate(folded):
        if word in OWN and any(near in PHONE or near in ACCOUNT for near in folded[place + 1 : place + 4]):
            yield place
    for phrase in CALL_ME:
        for found in re.finditer(f"(?<= ){re.escape(phrase)}(?= )", text):
            yield text[1 : found.start()].count(" ")


def _widen(gap: Hidden, folded: Sequence[str]) -> Hidden:
    """Single letters on either side belong to an identity number such as a PAN."""
    first, last = gap.first, gap.last
    if gap.kind == "account":
        while first > 0 and folded[first - 1] in LETTERS:
            first -= 1
        while last + 1 < len(folded) and folded[last + 1] in LETTERS:
            last += 1
    return replace(gap, first=first, last=last)


def _own_plates(folded: Sequence[str], signs: Sequence[str]) -> Iterator[Hidden]:
    """The number plate of one's own vehicle, and identity cards typed in one piece."""
    for place, word in enumerate(folded):
        if _PAN.fullmatch(word):
            yield Hidden(place, place, "account", "an identity number")
        if word not in OWN or not VEHICLES.intersection(folded[max(0, place - 2) : place + 4]):
            continue
        here = place + 1
        while here < min(len(folded), place + OWN_REACH):
            end = here
            while end < len(folded) and (folded[end] in LETTERS or signs[end] or folded[end] in PLATE_FILLERS):
                end += 1
            while end > here and folded[end - 1] in FILLERS:
                end -= 1
            has_letter = any(part in LETTERS for part in folded[here:end])
            if _PLATE.fullmatch(folded[here]):
                yield Hidden(here, here, "plate", "the number plate of one's own vehicle")
            elif end - here >= 3 and has_letter and any(signs[here:end]):
                yield Hidden(here, end - 1, "plate", "the number plate of one's own vehicle")
            here = max(end, here + 1)
