"""One message of a conversation in writing: what it adds to a tip is kept in one transaction, then work is enqueued.

The ledger's row of the message is the claim: whoever enters it keeps the message, whoever comes second writes nothing.
The conversation's row is locked first, so messages of one sender are taken one after the other, whoever takes them.
Never does: keep or log a number, an open text, or a reference code; decide what is answered (dialogue.typed does).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import interpret
from ivr.answers import Answers
from ivr.channels.text import Incoming
from ivr.day_keys import DayKeys
from ivr.dialogue.typed import reply
from ivr.dialogue.typed_answering import is_of_its_own
from ivr.dialogue.typed_facts import TypedFacts
from ivr.dialogue.typed_turn import ASK, Keep, Reply, State
from ivr.entries import Arrived, Entries, Twice, told_without
from ivr.gist import Gist
from ivr.intake import Call
from ivr.joining import Joining
from ivr.lookup import LOCKED, NOTHING, UNKNOWN, Lookup
from ivr.message_writes import STOPPED, MessageWrites, OfTip, Talk
from models.catalogue import Catalogue
from models.database import Database, now
from models.lifecycle import Status
from models.secrecy import Keys
from settings import Settings
from workers.queues import Courier, Job

REPLY = "reply"
TRIES = 3


@dataclass(frozen=True)
class Answer:
    """Texts to write, by name, in `langs` (both while it is in doubt), and the values of their variables."""

    texts: tuple[str, ...] = ()
    langs: tuple[str, ...] = ("hi",)
    code: str = ""
    number: str = ""


class Correspondence:
    """Takes messages and keeps what they bring. One instance a process."""

    def __init__(
        self,
        db: Database,
        keys: Keys,
        catalogue: Catalogue,
        courier: Courier,
        lookup: Lookup,
        gist: Gist,
        settings: Settings,
        days: DayKeys,
    ) -> None:
        self._db = db
        self._keys = keys
        self._catalogue = catalogue
        self._facts = TypedFacts(catalogue)
        self._courier = courier
        self._lookup = lookup
        self._gist = gist
        self._writes = MessageWrites(db)
        self._answers = Answers(db, keys, self._writes)
        self._entries = Entries(self._writes, Joining(db), self._answers, keys, catalogue)
        self._days = days
        self._silence = timedelta(minutes=settings.text_silence_minutes)
        self._an_hour = settings.text_messages_per_hour

    def take(self, incoming: Incoming) -> Answer:
        """Keep what a message brings and say what to answer. The same message twice is answered alike, kept once."""
        moment = now()
        if not incoming.number:
            return self._without_answer(incoming, moment)
        names = self._days.pseudonyms(incoming.number, moment)
        who = tuple(f"{incoming.channel}:{name}" for name in names)
        with self._db.hot(writing=False) as cursor:
            before = self._writes.peek(cursor, who, moment - self._silence)
        state = State.read(before.state) if before is not None and not before.silent else State()
        reading = interpret.read(incoming.body, self._catalogue, district=state.district or None)
        code = (reading.ref or "") if reading.intent in ("status", "attach") else ""
        # Counted and looked up in a transaction of its own, before ours.
        found = self._lookup.look(code, Call("", incoming.number), incoming.sid) if code else NOTHING
        same = self._keys.sid_key(f"text:{incoming.body.strip().lower()}")[:12] if incoming.body.strip() else ""
        read = self._gist.of(incoming, reading, known=found.status, same=same)
        if found.asks:  # put in the language of that tip, if nothing says another one
            read = replace(read, asks=found.asks, answers=found.answers, lang=read.lang or found.language)
        arrived = Arrived(incoming, who, read, code, reading.ref or "", moment)
        for tries in range(TRIES):
            try:
                with self._db.hot() as cursor:
                    answer, tip = self._turn(cursor, arrived)
            except Twice:
                return self._again(incoming, who, moment)
            except (self._db.conflict, *self._db.crossed):
                if tries + 1 == TRIES:
                    raise
                # In this instant somebody was told the same reference code, or two attach to each other's tip.
                continue
            break
        self._hurry(tip)
        return answer

    def answered(self, sid: str) -> None:
        """A message of ours exists at the provider: it holds the informant's number too, and is to be erased."""
        sid_key, moment = self._keys.sid_key(sid), now()
        with self._db.hot(writing=False) as cursor:
            if self._writes.knows(cursor, sid_key):
                return
        with self._db.hot() as cursor:
            # Nothing else is done with our own messages: the row says of no conversation that they belong to it.
            self._writes.copy(cursor, REPLY, sid, sid_key, sid_key, moment, due_at=moment)

    # --- one turn, in one transaction

    def _turn(self, cursor: Any, arrived: Arrived) -> tuple[Answer, OfTip | None]:
        """Answer a message and keep it; also the tip that workers should hurry to."""
        writes, moment = self._writes, arrived.moment
        flooded = writes.count(cursor, moment.date(), f"texts-{moment.hour:02}", arrived.names[0]) > self._an_hour
        stopped = writes.stopped(cursor, arrived.names)
        talk = self._talk(cursor, arrived)
        before = State.read(talk.state)
        if is_of_its_own(
            before, arrived.read, self._facts, elsewhere=self._is_elsewhere(cursor, talk, before, arrived)
        ):
            # Told to its end, or added to another, and now something else: a tip of its own, which no officer can tell
            # to be the same sender's. Before a further code, too: what comes ahead of it belongs to none of before.
            self._end(cursor, talk, moment)
            talk, before = self._talk(cursor, arrived), State(lang=before.lang, same=before.same, times=before.times)
        turn = reply(before, arrived.read, self._facts, stopped=stopped, flooded=flooded)
        keep = turn.keep
        if asked := [text.removeprefix(ASK) for text in turn.texts if text.startswith(ASK)]:
            self._answers.heard(cursor, turn.state.answers, asked)
        tip = self._tip_for(cursor, arrived, talk, before, turn)
        key = talk.id if tip is None or not keep.content else tip.conversation_key or talk.id
        copies = self._entries.claim(cursor, arrived.incoming, key, moment)
        state, told = turn.state, ""
        if tip is not None:
            state, told, tip = self._entries.enter(cursor, arrived, talk, before, turn, tip, copies)
        if keep.resume:
            writes.resume(cursor, arrived.names)
        if keep.stop:
            writes.count(cursor, moment.date(), STOPPED, arrived.names[0])
            writes.close(cursor, talk.id)
        else:
            last = self._keys.sid_key(arrived.incoming.claim)[:12]
            state = replace(state, last=last, wrote=turn.texts, both=turn.both)
            writes.save(cursor, talk.id, tip.id if tip is not None else None, state.stored(), moment)
        answer = self._worded(turn.texts, state, both=turn.both, code=told)
        return answer, tip if (keep.content or keep.send or keep.joins) and not flooded else None

    def _tip_for(self, cursor: Any, arrived: Arrived, talk: Talk, before: State, turn: Reply) -> OfTip | None:
        """The tip that a message belongs to: the one of before, the one with the code in it, or a new one."""
        writes, tip = self._writes, None
        if turn.keep.answers:
            tip = writes.tip(cursor, self._keys.unwrap(turn.keep.answers)) or writes.tip_of(cursor, talk.id)
        elif turn.keep.attach:
            hashed = self._keys.code_hash(arrived.code)
            writes.lock(cursor, talk.id, hashed)
            own, tip = writes.tip_of(cursor, talk.id), writes.tip_with(cursor, hashed)
            if tip is None:  # thrown away since the code was looked up
                tip = own
            elif own is not None and own.status == Status.TELLING and own.id != tip.id:
                self._entries.join(cursor, own, tip, before, arrived.moment)
                tip = writes.tip(cursor, tip.id)
        elif talk.tip_id:
            tip = writes.tip(cursor, talk.tip_id)
        else:
            tip = writes.tip_of(cursor, talk.id)
        if tip is None and turn.keep.content:
            lang = turn.state.lang or "hi"
            tip = writes.new_tip(cursor, talk.id, arrived.incoming.channel, lang, Status.TELLING, arrived.moment)
        return tip

    def _is_elsewhere(self, cursor: Any, talk: Talk, before: State, arrived: Arrived) -> bool:
        """Whether a code is that of another tip than the one to which an answer in this conversation came."""
        if not (before.answers and before.attached and arrived.code) or arrived.read.known in (UNKNOWN, LOCKED):
            return False
        tip = self._writes.tip_with(cursor, self._keys.code_hash(arrived.code))
        return tip is not None and tip.id != talk.tip_id

    def _talk(self, cursor: Any, arrived: Arrived) -> Talk:
        """The sender's conversation, locked; a new one when there is none, or it was silent for too long."""
        for _ in range(TRIES):
            talk = self._writes.talk(cursor, arrived.who, arrived.moment - self._silence)
            if talk is not None and not talk.silent:
                return talk
            if talk is not None:
                self._end(cursor, talk, arrived.moment)
            self._writes.begin(cursor, arrived.who[0], arrived.incoming.channel, arrived.moment)
        raise RuntimeError("a conversation that was begun cannot be found")

    def _end(self, cursor: Any, talk: Talk, moment: datetime) -> None:
        """A conversation the sweep has not ended yet: its tip is sent (the sweep hurries it), and it is forgotten."""
        own = self._writes.tip_of(cursor, talk.id)
        if own is not None and own.status == Status.TELLING:
            self._entries.send(cursor, own, moment)
        self._writes.close(cursor, talk.id)

    def _worded(self, texts: tuple[str, ...], state: State, *, both: bool, code: str) -> Answer:
        langs = (state.lang,) if state.lang else ("hi", "en") if both else ("hi",)
        number = self._facts.helpline(state.category) or "112"
        return Answer(texts, langs, code=f"{code[:4]} {code[4:]}" if code else "", number=number)

    # --- the rest

    def _again(self, incoming: Incoming, who: tuple[str, ...], moment: datetime) -> Answer:
        """The provider asks once more about the last message: it hears what it heard before."""
        with self._db.hot(writing=False) as cursor:
            talk = self._writes.peek(cursor, who, moment - self._silence)
        state = State.read(talk.state) if talk is not None else State()
        if talk is None or state.last != self._keys.sid_key(incoming.claim)[:12]:
            return Answer()
        code = self._keys.code_for(talk.id, state.code_try) if "code" in state.wrote else ""
        return self._worded(state.wrote, state, both=state.both, code=code)

    def _without_answer(self, incoming: Incoming, moment: datetime) -> Answer:
        """A short code, a name, a withheld number: nobody to talk with. What may tell something is kept, as it is."""
        reading = interpret.read(incoming.body, self._catalogue)
        key = self._keys.sid_key(incoming.claim)
        read, entries = self._gist.of(incoming, reading), self._entries
        keep, lang = Keep(content=True, category=read.category or None), read.lang or "hi"
        tip: OfTip | None = None
        try:
            with self._db.hot() as cursor:
                copies = entries.claim(cursor, incoming, key, moment)
                if read.content and (read.media or not read.yes):
                    tip = self._writes.new_tip(cursor, key, incoming.channel, lang, Status.TELLING, moment)
                    body = told_without(incoming.body, "", reading.ref or "")
                    entries.message(cursor, incoming, tip, 1, lang, body, copies, moment)
                    entries.facts(cursor, tip, keep, read, incoming.body, "")
                    entries.send(cursor, tip, moment)
                    tip = self._writes.tip(cursor, tip.id)
        except (Twice, self._db.conflict):
            return Answer()
        self._hurry(tip)
        return Answer()

    def _hurry(self, tip: OfTip | None) -> None:
        if tip is not None and tip.status not in (Status.TELLING, Status.DISCARDED):
            self._courier.enqueue(Job.PREPARE_TIP, tip.id, urgency=tip.urgency)
