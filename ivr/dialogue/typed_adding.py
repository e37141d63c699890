"""What is added to a tip told earlier, by its code: file, wish and code may come in any order. PURE.

Never does: look a code up, decide what else a message means (typed does), or say that something was added when nothing
was.
"""

from dataclasses import replace

from ivr.dialogue.typed_steps import ADDED, WISHED
from ivr.dialogue.typed_turn import Keep, Read, Reply, State

UNKNOWN, LOCKED = "unknown", "locked"
OPEN = ("attach", "attach_unknown")  # what waits for the code


def wants_to_add(state: State, read: Read) -> bool:
    """Whether the code in a message says where something belongs: beside a photo, or after the wish, however much came
    in between. Only who has asked for news since then is told news."""
    return read.intent == "attach" or read.media or (state.wants and state.asked != "status")


def attach(state: State, read: Read, keep: Keep) -> Reply:
    """A code came: what was told in this exchange and is not sent yet belongs to its tip too, and what will come."""
    if read.known in (UNKNOWN, LOCKED):
        is_kept = read.content or state.told
        text = f"attach_{read.known}" if is_kept else f"status_{read.known}"
        waiting = replace(state, asked=text if is_kept else "attach", wants=True)
        return Reply((text,), waiting, keep, both=not state.lang)
    joins = state.told and not (state.attached or state.sent or state.ended)
    something = joins or read.content
    state = replace(
        state,
        attached=True, told=something, wants=False, ended=False, asked="", parts=(), of=0, base=0,
    )  # fmt: skip
    texts = ("added",) if something else ("attach_ready",)
    return Reply(texts, state, replace(keep, attach=True, joins=joins), both=not state.lang)


def waits_for_the_code(asked: str, state: State, read: Read, keep: Keep) -> Reply | None:
    """Something came while the code is waited for: the question is put, unless it was. Then files may come in silence,
    and who goes on in words tells a tip of its own (None), to which the code may still come."""
    if asked not in OPEN:
        return None
    if not (state.counts.get("attach_code") or state.counts.get("attach")):
        return Reply(("attach_code",), state.counting("attach_code"), keep, both=not state.lang)
    return Reply((), state, keep) if read.media else None


def nothing_more(state: State) -> Reply:
    """Has said all: it was added, or if nothing was, may still come."""
    return Reply(("added",), replace(state, ended=True)) if state.told else ready(state)


def ready(state: State) -> Reply:
    """What may be sent now."""
    return at_most(WISHED, "attach_ready", state, Reply(("attach_ready",), state, both=not state.lang))


def added(state: State, keep: Keep) -> Reply:
    """Something was added; it is said a few times."""
    state = replace(state, told=True)
    if state.counts.get("added", 0) >= ADDED:
        return Reply((), state, keep)
    return Reply(("added",), state.counting("added"), keep)


def at_most(times: int, wish: str, state: State, answer: Reply) -> Reply:
    """The same wish is met a few times an exchange: a machine may utter it in its every message."""
    if state.counts.get(wish, 0) >= times:
        return replace(answer, texts=())
    return replace(answer, state=answer.state.counting(wish))
