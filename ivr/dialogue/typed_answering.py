"""What officers ask is put behind the status of a tip, and what comes next in the same exchange answers it. PURE.

Never does: look a code up, know what is asked (texts.toml has the words), or hold which tip it is about but wrapped.
"""

from dataclasses import replace

from ivr.dialogue.typed_adding import added
from ivr.dialogue.typed_turn import ASK, Keep, Read, Reply, State

ANEW = ("start", "start_again", "menu", "attach", "status")  # who wants this no longer answers


def status_of(state: State, read: Read, keep: Keep) -> Reply:
    """What became of a tip whose code came, and what is asked about it."""
    # Whoever is in the middle of telling something goes on with that: what comes next could not be told from an answer.
    is_telling = state.told and not (state.ended or state.attached)
    asks = () if is_telling else read.asks
    asked = "" if state.asked == "status" or asks else state.asked
    state = replace(state, asked=asked, answers=read.answers if asks else "")
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
