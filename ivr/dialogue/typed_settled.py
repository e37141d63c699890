"""What a message in writing settles: which kind it chooses, and what is known after it. PURE.

Never does: decide what is asked, answered or kept (typed does).
"""

from dataclasses import replace

from ivr.dialogue.typed_steps import ANSWERS, LONG
from ivr.dialogue.typed_turn import Facts, Read, State

OTHER = "other"


def code_in(state: State, read: Read) -> str:
    """The two digits of a kind: 02 at any time, 2 for 02 where that can be meant."""
    if state.asked == "menu":
        return read.number.zfill(2) if read.number else ""
    meant = read.number.startswith("0") or state.asked in ("tell", "what", "chosen", "")
    return read.number if meant and len(read.number) == 2 and not state.ended else ""


def counts_more(category: str, state: State, facts: Facts) -> bool:
    """Whether a kind understood from words replaces the one before: not a chosen one, and only by what is more urgent
    (beside which shop a murder was done does not make it a matter of liquor)."""
    if state.category in ("", OTHER):
        return True
    return state.category_by == "words" and facts.urgency(category) < facts.urgency(state.category)


def settled(state: State, read: Read, chosen: bool) -> State:
    """What is known after this message. A file without a word answers nothing, unless it speaks; a number that chose a
    kind neither."""
    answered = ANSWERS.get(state.asked, "") if (read.words or read.voice) and not chosen else ""
    district = read.district or state.district
    what = state.what or bool(read.category) or read.words >= LONG or answered == "what" or read.voice
    # Somewhere nearby is not enough if nobody knows of which town: that is asked once more.
    placed = bool(read.station) or read.outside or read.point
    is_named = bool(district) or read.voice or state.asked == "where_again"
    where = state.where or placed or (answered == "where" and is_named)
    since = state.since or read.since or answered == "since"
    known = replace(state, what=what, where=where, since=since, district=district)
    if read.part is None:
        return known
    number, of = read.part
    parts = state.parts if state.of == of and number not in state.parts else ()
    return replace(known, parts=(*parts, number), of=of)
