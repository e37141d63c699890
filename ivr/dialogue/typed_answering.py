"""What officers ask is put behind the status of a tip, and what comes next in the same exchange answers it. PURE.

Never does: look a code up, know what is asked (texts.toml has the words), or hold which tip it is about but wrapped.
"""

from dataclasses import replace

from ivr.dialogue.typed_adding import added
from ivr.dialogue.typed_settled import code_in
from ivr.dialogue.typed_turn import ASK, Facts, Keep, Read, Reply, State

NEW_MATTER = ("start", "start_again")
BY_NUMBER = frozenset({ASK + "people", ASK + "when"})  # questions that a bare number may answer
ANEW = ("start", "start_again", "menu", "attach", "status")  # who wants this no longer answers


def is_of_its_own(before: State, read: Read, facts: Facts, *, elsewhere: bool = False) -> bool:
    """Whether a message begins anew, so that it belongs to no tip of before. `elsewhere`: it asks for news of another
    tip than the one that was answered: what comes next is no longer meant for that one."""
    is_over = before.ended or before.attached
    if elsewhere:
        return True
    if read.intent == "attach":
        return is_over or before.sent
    return (is_over and read.intent in NEW_MATTER) or _is_another_matter(before, read, facts)


def _is_another_matter(before: State, read: Read, facts: Facts) -> bool:
    """Whether somebody who answers, or adds to a tip, begins to tell of something else. A complaint about police never
    comes to a tip as its answer: those who have that tip in hand, and asked, may be whom it accuses."""
    if read.known or not (before.answers or before.attached):
        return False
    if before.answers and facts.accuses(read.category):
        return True
    chosen = facts.category_with_code(code_in(replace(before, ended=False), read))
    is_plain = before.asked == "menu" or read.number.startswith("0") or facts.accuses(chosen)
    return bool(chosen) and (is_plain or not BY_NUMBER.intersection(before.wrote))


def status_of(state: State, read: Read, keep: Keep) -> Reply:
    """What became of a tip whose code came, and what is asked about it."""
    # Whoever is in the middle of telling something goes on with that: what comes next could not be told from an answer.
    is_telling = state.told and not (state.ended or state.attached)
    asks = () if is_telling else read.asks
    asked = "" if state.asked == "status" or asks else state.asked
    # Who has answered and looks how it stands goes on with that tip (of another one: is_of_its_own).
    answers = state.answers if state.attached else ""
    state = replace(state, asked=asked, answers=read.answers if asks else answers)
    return Reply((f"status_{read.known}", *(ASK + one for one in asks)), state, keep, both=not state.lang)


def answering(state: State, read: Read) -> Reply | None:
    """What was told in answer is added to the tip that was asked about; None: this message answers nothing."""
    if read.content or read.number:
        keep = Keep(content=True, attach=True, answers=state.answers)
        if not state.attached:
            state = replace(state, attached=True, ended=False, wants=False, asked="", parts=(), of=0, base=0)
        return added(state, keep)
    # A mere "all right" or "hello" to the question: it was put, and stays.
    return None if state.attached else Reply((), state)


def last_words(state: State, read: Read) -> Keep:
    """What is kept of a wish to stop. To "is it still going on?" the same word says that it is over ("band hai"): then
    it is heeded, and is the answer too. The provider's own word is nothing else."""
    if state.answers and not read.word:
        return Keep(content=True, attach=True, answers=state.answers)
    return Keep(content=read.content)
