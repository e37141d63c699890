"""Finds e-mail addresses and UPI ids, typed ("x@oksbi") or spoken ("रमेश डॉट सत्तासी एट ओके एसबीआई").

Never does: take a bare @name of a channel for an address of the caller.
"""

from collections.abc import Iterator, Sequence

from interpret.spelling import word_set
from workers.redact.words import Hidden

REACH = 6  # words of the part before the "at"


AT = word_set("एट ऐट at @")
AT_THE_RATE = (["द", "रेट"], ["दी", "रेट"], ["the", "rate"])
MAIL = word_set("जीमेल याहू रेडिफमेल आउटलुक हॉटमेल gmail yahoo rediffmail outlook hotmail protonmail icloud")
BANKS = word_set(
    """पेटीएम ओकेएसबीआई ओकेएक्सिस ओकेआईसीआईसीआई ओकेएचडीएफसी वाईबीएल आईबीएल आईसीआईसीआई एक्सिस यूपीआई एपीएल एसबीआई
    एचडीएफसी paytm oksbi okaxis okicici okhdfcbank ybl ibl axl apl upi sbi icici axis hdfc ptsbi freecharge"""
)
SPELT = ("वाई बी एल", "आई बी एल", "ए एक्स एल", "ए पी एल", "y b l", "i b l", "a x l", "a p l", "ओके", "ok")
DOT = word_set("डॉट dot")
END = word_set("कॉम इन को ऑर्ग नेट com in co org net")
# Words before an address that are not part of it.
STOP = word_set(
    """है हैं हो था से को पर में का की के और या मेरा मेरी मेरे अपना उसका उसकी उनका उनकी उसे उन्हें मैंने उसने आईडी
    यूपीआई ईमेल मेल पता पैसा पैसे भेजो भेजा लिखो नोट यह ये वह वो तो i is was my his her their to from on at id
    upi email mail e-mail address the sent paid and send money it this that me hai mera meri se par pe ko"""
)


def find_handles(folded: Sequence[str]) -> Iterator[Hidden]:
    """Every e-mail address and UPI id, spoken or typed. `folded` are the words, bare and folded."""
    for place, word in enumerate(folded):
        if "@" in word[1:]:
            name, _, domain = word.rpartition("@")
            if name and domain:
                yield Hidden(place, place, _kind("." in domain), "an address typed with @")
        elif word in AT:
            after, is_sign = place + 1, folded[place + 1 : place + 3] in AT_THE_RATE
            if is_sign:
                after += 2
            end = _domain_end(folded, after)
            if end is None and is_sign:  # a domain we do not know
                end = min(len(folded) - 1, after)
            if end is not None:
                is_mail = any(part in MAIL or part in DOT for part in folded[after : end + 1])
                yield Hidden(_start(folded, place), end, _kind(is_mail), "an address spelt aloud")
        elif word in MAIL and place > 0 and folded[place + 1 : place + 2] and folded[place + 1] in DOT:
            yield Hidden(_start(folded, place), _domain_end(folded, place) or place, "email", "an address spelt aloud")


def _kind(is_mail: bool) -> str:
    return "email" if is_mail else "account"


def _start(folded: Sequence[str], at: int) -> int:
    start = at
    while start > 0 and at - start < REACH and folded[start - 1] not in STOP:
        start -= 1
    return start


def _domain_end(folded: Sequence[str], start: int) -> int | None:
    """The last word of a bank or mail domain that begins at `start`; None when there is none."""
    end = None
    rest = " ".join(folded[start : start + 4]) + " "
    for phrase in SPELT:
        if rest.startswith(phrase + " "):
            end = start + phrase.count(" ")
    place = start if end is None else end + 1
    if place < len(folded) and folded[place] in MAIL | BANKS:
        end = place
    if end is None:
        return None
    while end + 1 < len(folded) and (folded[end + 1] in DOT or (folded[end] in DOT and folded[end + 1] in END)):
        end += 1
    return end
