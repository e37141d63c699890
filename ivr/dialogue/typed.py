"""reply(): from a message as understood and where its conversation stands to what is answered and kept. PURE.

What is asked is a table (typed_steps.py). Rules that hold at every step: what tells something is kept; one question a
message; nothing is asked more often than it has words for; whoever sends the same again and again, or wants no more,
is not answered, and still kept.
Never does: choose words, read a clock, touch a database or a channel.
"""

from dataclasses import replace

from ivr.dialogue.typed_settled import OTHER, code_in, counts_more, settled
from ivr.dialogue.typed_steps import (
    ADDED,
    ANSWERS,
    BEGINNINGS,
    COMMANDS,
    FEW,
    QUESTIONS,
    REPEATED,
    SAME,
    URGENT,
    WISHED,
)
from ivr.dialogue.typed_turn import DONE, EMPTY, MACHINE, Facts, Keep, Read, Reply, State

UNKNOWN, LOCKED = "unknown", "locked"


def reply(state: State, read: Read, facts: Facts, *, stopped: bool = False, flooded: bool = False) -> Reply:
    """The answer to a message. Any state and any message give one.

    `stopped`: the sender wanted no more answers today; `flooded`: has sent too many messages. Both are only kept.
    """
    answer = _replied(state, read, facts, stopped, flooded)
    # Whatever is made of the words beside it: a file, or a point on the map, is never lost.
    return replace(answer, keep=replace(answer.keep, content=True)) if read.media else answer


def _replied(state: State, read: Read, facts: Facts, stopped: bool, flooded: bool) -> Reply:
    if read.intent == MACHINE:  # two machines would never end
        return Reply((), state)
    if read.no and not read.word and state.told and not state.ended and state.asked in ANSWERS:
        read = replace(read, intent="answer", content=True)
    if read.word == "stop" or read.intent == "stop":
        return _stop(state, read, silent=stopped or flooded)
    if stopped and not flooded and (read.word == "start" or read.intent in ("start", "start_again")):
        keep = Keep(content=read.content, resume=True)
        if read.word:  # over SMS the provider has told them already that they get messages again
            return Reply((), state, keep)
        return replace(_begin(replace(state, lang=_lang(state, read)), read), keep=keep)
    same = _same(state, read)
    times = state.times + 1 if same and same == state.same else 1
    answer = _answer(replace(state, same=same, times=times), read, facts)
    if stopped or flooded or times >= SAME:
        return _unanswered(state, answer, same, times)
    return answer


def _same(state: State, read: Read) -> str:
    """By what a message is known again. "Yes", a number or "do not know" may answer several questions; what tells
    something, in the very same words, whatever was asked, comes from a machine."""
    if not read.same or read.media:
        return ""
    tells = not read.number and (read.intent in ("tip", "unknown") or read.words > FEW)
    return read.same if tells else f"{read.same}.{state.asked}"


def _stop(state: State, read: Read, *, silent: bool) -> Reply:
    state = replace(state, lang=state.lang or read.lang)
    texts = () if read.word or silent else ("stopped",)
    return Reply(texts, state, Keep(content=read.content, send=True, stop=True), both=not state.lang)


def _unanswered(before: State, answer: Reply, same: str, times: int) -> Reply:
    """What is kept stays kept; but nothing was asked, and no code was told."""
    state = replace(
        answer.state,
        asked=before.asked, counts=before.counts, ended=before.ended, same=same, times=times, wrote=(),
    )  # fmt: skip
    return Reply((), state, replace(answer.keep, code=False))


def _answer(state: State, read: Read, facts: Facts) -> Reply:
    if read.switch or read.intent == "language":
        state = replace(state, told=state.told or (read.content and not state.attached))
        answer = _switch(state, read) if read.switch else _ask("language", state)
        return _at_most(WISHED, "switch", state, replace(answer, keep=replace(answer.keep, content=read.content)))
    if state.asked == "language" and read.choice:
        state = replace(state, lang=read.choice, asked="")
        return _told(state, read, facts) if read.media else _go_on(state)
    state = replace(state, lang=_lang(state, read))
    if read.known or read.intent in COMMANDS:
        return _command(state, read, facts)
    if read.content or read.number:
        return _told(state, read, facts)
    if read.intent == DONE and (state.told or state.attached):
        # Said again after the end it is a thank-you.
        return Reply((), state) if state.ended else _end(replace(state, asked=""))
    return _begin(state, read)


def _lang(state: State, read: Read) -> str:
    """The language to answer in: as it was, or as this message is written; "" while both leave it open."""
    if state.lang:
        return state.lang
    # Asked once, and told something else: then it is Hindi that most people here read.
    return read.lang or ("hi" if read.words and state.counts.get("language") else "")


def _switch(state: State, read: Read) -> Reply:
    state = replace(state, lang=read.switch)
    if state.asked in ("", "language"):
        return _go_on(replace(state, asked=""))
    again = COMMANDS[state.asked].texts if state.asked in COMMANDS else (state.asked,)
    return Reply(again, state)


def _go_on(state: State) -> Reply:
    """The language is clear now: what would have come next."""
    if state.ended or state.attached:
        return Reply(("switched",), state)
    return _next(state, Keep()) if state.told else _ask("tell", state)


def _ask(text: str, state: State, keep: Keep | None = None) -> Reply:
    return Reply((text,), replace(state, asked=text).counting(text), keep or Keep())


def _begin(state: State, read: Read) -> Reply:
    """Nothing was told: whoever greets is asked to tell, or for the language."""
    if not state.lang and not state.counts.get("language"):
        return _ask("language", state)
    if state.told and state.asked in ANSWERS and state.counts.get(state.asked, 0) < REPEATED and read.intent != EMPTY:
        return _ask(state.asked, state)
    if (state.told and not state.ended) or read.intent not in BEGINNINGS or state.counts.get("tell", 0) >= REPEATED:
        return Reply((), state)
    return _ask("tell", state)


def _command(state: State, read: Read, facts: Facts) -> Reply:
    """A wish, or a code that was looked up. What else the message holds is kept."""
    # That it was a mistake belongs to what was told, and makes no tip by itself.
    keep = Keep(content=read.content or (read.intent == "mistaken" and (state.told or state.attached)))
    state = replace(state, told=state.told or read.content) if not state.attached else state
    # A code beside a photo, too, says where the photo belongs.
    wants_to_attach = read.intent == "attach" or read.media or state.asked in ("attach", "attach_unknown")
    if wants_to_attach and read.known:
        return _attach(state, read, keep)
    if read.known:
        return Reply((f"status_{read.known}",), _answered(state, "status"), keep, both=not state.lang)
    command = COMMANDS[read.intent]
    texts = command.texts if state.lang or not command.in_doubt else command.in_doubt
    answer = Reply(texts, replace(state, asked=command.asks or state.asked), keep, both=not state.lang)
    return _at_most(WISHED, read.intent, state, answer)


def _at_most(times: int, wish: str, state: State, answer: Reply) -> Reply:
    """The same wish is met a few times an exchange: a machine may utter it in its every message."""
    if state.counts.get(wish, 0) >= times:
        return replace(answer, texts=())
    return replace(answer, state=answer.state.counting(wish))


def _attach(state: State, read: Read, keep: Keep) -> Reply:
    if read.known in (UNKNOWN, LOCKED):
        is_kept = read.content or state.told
        text = f"attach_{read.known}" if is_kept else f"status_{read.known}"
        return Reply((text,), replace(state, asked=text if is_kept else "attach"), keep, both=not state.lang)
    texts = ("added",) if read.content else ("attach_ready",)
    state = replace(state, attached=True, ended=False, asked="", parts=(), of=0, base=0)
    return Reply(texts, state, replace(keep, attach=True), both=not state.lang)


def _answered(state: State, question: str) -> State:
    return replace(state, asked="") if state.asked == question else state


def _told(state: State, read: Read, facts: Facts) -> Reply:
    """Something was told: keep it, see what it settles, and ask for what is missing."""
    if state.attached:
        return _added(state, Keep(content=True))
    category = facts.category_with_code(code_in(state, read))
    if category:
        keep = Keep(content=True, category=category, category_by="caller")
    else:
        keep = Keep(content=True, place_by="caller" if ANSWERS.get(state.asked) == "where" else "words")
        if read.category and counts_more(read.category, state, facts):
            alone = read.words <= 2 and not read.station and read.category != OTHER
            keep = replace(keep, category=read.category, category_by="caller" if alone else "words")
    kind = keep.category or state.category
    urgency = facts.urgency(kind)
    keep = replace(keep, urgent=read.now and (kind == OTHER or urgency in ("", *URGENT)))
    before, state = state, settled(replace(state, told=True), read, bool(category))
    if keep.category:
        state = replace(state, category=keep.category, category_by=keep.category_by)
    if keep.urgent:
        state, keep = replace(state, since=True), replace(keep, send=True)
    waiting = state.asked == "language" or (state.asked in ANSWERS and state.where == before.where)
    if (read.part and len(state.parts) < state.of) or (not read.words and waiting):
        return Reply((), state, keep)  # more is on its way: the other parts, or the answer
    if state.ended:
        return _added(state, keep)
    if read.intent == DONE:  # beside a photo
        return _end(replace(state, asked=""), keep)
    helpline = facts.helpline(state.category)
    warned = (keep.urgent or (urgency in URGENT and helpline)) and not state.counts.get("call_first")
    answer = _next(state.counting("call_first") if warned else state, keep, chosen=bool(category))
    return replace(answer, texts=("call_first", *answer.texts)) if warned else answer


def _next(state: State, keep: Keep, *, chosen: bool = False) -> Reply:
    """The next question that is open, or the end."""
    if not state.lang and not state.counts.get("language"):
        return _ask("language", state, keep)
    if chosen and not state.what:
        return _ask("chosen", state, keep)
    for question in QUESTIONS:
        if getattr(state, question.settled):
            continue
        for text in question.texts:
            # "chosen" and "tell" have asked what goes on.
            if not state.counts.get(text) and not (text == "what" and state.counts.get("chosen")):
                return _ask(text, state, keep)
    return _end(replace(state, asked=""), keep)


def _end(state: State, keep: Keep | None = None) -> Reply:
    """Nothing more is asked: the code, or for what was attached a word."""
    state = replace(state, ended=True)
    if state.attached:
        return Reply(("added",), state, keep or Keep())
    return Reply(("code",), state, replace(keep or Keep(), send=True, code=True))


def _added(state: State, keep: Keep) -> Reply:
    if state.counts.get("added", 0) >= ADDED:
        return Reply((), state, keep)
    return Reply(("added",), state.counting("added"), keep)
