"""reply(): from a message as understood and where its conversation stands to what is answered and kept. PURE.

What is asked is a table (typed_steps.py). Rules that hold at every step: what tells something is kept; one question a
message; nothing is asked more often than it has words for; whoever sends the same again and again, or wants no more,
is not answered, and still kept.
Never does: choose words, read a clock, touch a database or a channel.
"""

from dataclasses import replace

from ivr.dialogue.typed_adding import added, at_most, attach, nothing_more, ready, waits_for_the_code, wants_to_add
from ivr.dialogue.typed_answering import ANEW, answering, last_words, status_of
from ivr.dialogue.typed_settled import OTHER, code_in, counts_more, settled
from ivr.dialogue.typed_steps import (
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


def reply(state: State, read: Read, facts: Facts, *, stopped: bool = False, flooded: bool = False) -> Reply:
    """The answer to a message. Any state and any message give one.

    `stopped`: the sender wanted no more answers today; `flooded`: has sent too many messages. Both are only kept.
    """
    answer = _replied(state, read, facts, stopped, flooded)
    if answer.keep.send:
        answer = replace(answer, state=replace(answer.state, sent=True))
    if not read.media:
        return answer
    # Whatever is made of the words beside it: a file, or a point on the map, is never lost.
    return replace(answer, state=replace(answer.state, told=True), keep=replace(answer.keep, content=True))


def _replied(state: State, read: Read, facts: Facts, stopped: bool, flooded: bool) -> Reply:
    if read.intent == MACHINE:  # two machines would never end
        return Reply((), state)
    read = _in_its_place(state, read, stopped)
    if read.word == "stop" or read.intent == "stop":
        return _stop(state, read, silent=stopped or flooded)
    # Silence was wished for, perhaps in danger: no guess ends it.
    starts = read.intent in ("start", "start_again") and not read.guessed
    if stopped and not flooded and (read.word == "start" or starts):
        if read.word:  # over SMS the provider has told them already that they get messages again
            return Reply((), state, Keep(content=read.content, resume=True))
        answer = _answer(state, read, facts)  # goes on with what was told meanwhile
        return replace(answer, keep=replace(answer.keep, resume=True))
    same = _same(state, read)
    times = state.times + 1 if same and same == state.same else 1
    answer = _answer(replace(state, same=same, times=times), read, facts)
    if stopped or flooded or times >= SAME:
        return _unanswered(state, answer, same, times)
    return answer


def _in_its_place(state: State, read: Read, stopped: bool) -> Read:
    """The message as it is meant where the conversation stands: a bare "yes" or "no" says nothing by itself."""
    if read.word == "yes":
        if stopped:  # at this word the provider opens a number that was stopped, and only that
            return replace(read, word="start", content=False)
        read = replace(read, word="")
    if read.yes and not (read.media or state.told or state.attached or state.answers):
        return replace(read, intent="greeting", content=False)
    is_asked = state.told and not state.ended and state.asked in ANSWERS
    if read.no and not read.word and (is_asked or state.answers):
        return replace(read, intent="answer", content=True)
    return read


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
    keep = replace(last_words(state, read), send=True, stop=True)
    return Reply(texts, replace(state, attached=state.attached or bool(keep.answers)), keep, both=not state.lang)


def _unanswered(before: State, answer: Reply, same: str, times: int) -> Reply:
    """What is kept stays kept; but nothing was asked, and no code was told."""
    state = replace(
        answer.state,
        asked=before.asked, counts=before.counts, ended=before.ended, same=same, times=times, wrote=(),
        answers=before.answers,
    )  # fmt: skip
    return Reply((), state, replace(answer.keep, code=False))


def _answer(state: State, read: Read, facts: Facts) -> Reply:
    if read.switch or read.intent == "language":
        state = replace(state, told=state.told or read.content)
        answer = _switch(state, read) if read.switch else _ask("language", state)
        return at_most(WISHED, "switch", state, replace(answer, keep=replace(answer.keep, content=read.content)))
    if state.asked == "language" and read.choice:
        state = replace(state, lang=read.choice, asked="")
        return _told(state, read, facts) if read.media else _go_on(state)
    goes_on = read.guessed or read.intent not in ANEW or (read.intent == "status" and state.attached)
    state = replace(state, lang=_lang(state, read), answers=state.answers if goes_on else "")
    if read.known or read.intent in COMMANDS:
        return _command(state, read, facts)
    if state.answers and (answered := answering(state, read)):
        return answered
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
    """Nothing was told: whoever greets is asked to tell, or for the language, or once more what is open."""
    if state.attached:
        return Reply((), state) if state.told and read.intent == EMPTY else ready(state)
    if not state.lang and not state.counts.get("language"):
        return _ask("language", state)
    if state.told and not state.ended:
        if read.intent == EMPTY or len(state.parts) < state.of:
            return Reply((), state)
        if state.asked not in ANSWERS:  # told while nobody was answered
            return _next(state, Keep())
        return _ask(state.asked, state) if state.counts.get(state.asked, 0) < REPEATED else Reply((), state)
    if read.intent not in BEGINNINGS or state.counts.get("tell", 0) >= REPEATED:
        return Reply((), state)
    return _ask("tell", state)


def _command(state: State, read: Read, facts: Facts) -> Reply:
    """A wish, or a code that was looked up. What else the message holds is kept."""
    # That it was a mistake belongs to what was told, and makes no tip by itself.
    keep = Keep(content=read.content or (read.intent == "mistaken" and (state.told or state.attached)))
    state = replace(state, told=state.told or read.content)
    if read.known and wants_to_add(state, read):
        return attach(state, read, keep)
    if read.known:
        return status_of(state, read, keep)
    command = COMMANDS[read.intent]
    texts = command.texts if state.lang or not command.in_doubt else command.in_doubt
    after = replace(state, asked=command.asks or state.asked, wants=state.wants or read.intent == "attach")
    return at_most(WISHED, read.intent, state, Reply(texts, after, keep, both=not state.lang))


def _told(state: State, read: Read, facts: Facts) -> Reply:
    """Something was told: keep it, see what it settles, and ask for what is missing."""
    if state.attached:
        return added(state, Keep(content=True))
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
    silent = not (read.words or read.voice) and state.asked in ANSWERS and state.where == before.where
    waiting = silent or (not read.words and state.asked == "language")
    if (read.part and len(state.parts) < state.of) or waiting:
        return Reply((), state, keep)  # more is on its way: the other parts, or the answer
    if state.ended:
        return added(state, keep)
    if read.intent == DONE:  # beside a photo
        return _end(replace(state, asked=""), keep)
    helpline = facts.helpline(state.category)
    warned = (keep.urgent or (urgency in URGENT and helpline)) and not state.counts.get("call_first")
    state = state.counting("call_first") if warned else state
    answer = waits_for_the_code(before.asked, state, read, keep) or _next(state, keep, chosen=bool(category))
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
    if state.attached:
        return nothing_more(state)
    state = replace(state, ended=True, wants=False)
    return Reply(("code",), state, replace(keep or Keep(), send=True, code=True))
