"""One turn of a conversation: what it adds to the tip is kept in one transaction, then work is enqueued.

Every write is an upsert on the keyed hash of the call's id, so webhooks may come twice, late or in any order.
Never does: keep or log a number, a call's id in the clear beyond the erasure ledger, or a reference code.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from ivr.answers import Answers
from ivr.dialogue.engine import begin, reply
from ivr.dialogue.facts import CatalogueFacts
from ivr.dialogue.turn import Heard, Keep, State, Turn
from ivr.message_writes import MessageWrites
from ivr.recent import Recent
from ivr.writes import COMPLAINS, Kept, Writes
from models.catalogue import Catalogue
from models.database import Database, now
from models.lifecycle import Status
from models.secrecy import Keys
from workers.queues import Courier, Job

CODE_TRIES = 20
ASKED = "code"


@dataclass(frozen=True)
class Call:
    """The call a webhook speaks of. `number` is "" when withheld and lives no longer than the request.
    `sid` is "" when the provider sent none that is well formed; then a recording stands for its call."""

    sid: str
    number: str
    over: bool = False  # the provider says that the call has ended


@dataclass(frozen=True)
class Answer:
    """A turn, with the reference code to be said in it ("" for none)."""

    turn: Turn
    code: str = ""


class Intake:
    """Takes turns and keeps what they bring. One instance a process."""

    def __init__(self, db: Database, keys: Keys, catalogue: Catalogue, courier: Courier, pictures_to: str = "") -> None:
        self._db = db
        self._keys = keys
        self._facts = CatalogueFacts(catalogue, pictures_to)
        self._catalogue = catalogue
        self._courier = courier
        self._writes = Writes(db)
        self._answers = Answers(db, keys, MessageWrites(db))
        self._recent = Recent()  # recordings in the ledger, conversations that are over, codes that were told
        # Pure, and most turns of a call are the same for every caller.
        self._reply = lru_cache(maxsize=20_000)(reply)

    def greet(self) -> Turn:
        """A call begins; nothing is written."""
        return begin()

    def take_turn(self, state: State, heard: Heard, call: Call, recording_sid: str = "") -> Answer:
        """Answer what was heard, having kept what it brings. Menu steps write nothing."""
        if heard.known:
            heard = replace(heard, keys=ASKED)  # a reference code is not kept in a cache of turns
        # What carries a tip, wrapped anew each time, is met but once: it would fill the cache and stay.
        answer = reply if state.answers or heard.answers else self._reply
        turn = answer(state, heard, self._facts)
        keep = turn.keep
        code = ""
        if keep is not None:
            ended = keep.ended or call.over
            code_try = self._keep(call, state, keep, ended, recording_sid)
            if keep.code:
                turn = replace(turn, state=replace(turn.state, code_try=code_try))
                code = self._keys.code_for(call.sid, code_try)
        elif call.over:
            self.call_over(call)
        elif heard.asks and turn.state.step == "asked":
            self._answers.heard_on_a_call(turn.state.answers, turn.state.asks.split("."))
        if turn.state.step == "code" and not code:
            code = self._code_again(call, turn.state)
            if not code:  # nobody was told a code in this call: there is nothing to repeat
                turn = self.greet()
        return Answer(turn, code)

    def _code_again(self, call: Call, state: State) -> str:
        """The code that was said in this call, "" if none was: a call's id alone must not be enough to learn it."""
        if not call.sid:
            return ""
        code = self._keys.code_for(call.sid, state.code_try)
        key, code_hash = self._keys.sid_key(call.sid), self._keys.code_hash(code)
        if key + code_hash in self._recent:
            return code
        with self._db.hot(writing=False) as cursor:
            told = self._writes.has_code(cursor, key, code_hash)
        return code if told else ""

    def recording_ready(self, call: Call, recording_sid: str, seconds: int | None, state: State) -> None:
        """The provider says that a recording exists. May come before, after or without the caller's own turn."""
        sid_key = self._keys.sid_key(recording_sid)
        if sid_key in self._recent:
            return
        with self._db.hot(writing=False) as cursor:
            if self._writes.knows(cursor, sid_key):
                return
        self._keep(call, state, Keep(recorded=state.take or 1), False, recording_sid, seconds)

    def recording_of(self, call: Call, take: int) -> str:
        """The provider's id of a take of this call, "" when unknown or gone."""
        with self._db.hot(writing=False) as cursor:
            return self._writes.recording_sid(cursor, self._keys.sid_key(call.sid), take)

    def call_over(self, call: Call) -> None:
        """The call has ended: send what was told. A call without a tip is looked into once more by a worker."""
        if not call.sid:
            return
        key, moment = self._keys.sid_key(call.sid), now()
        if key in self._recent:
            return
        with self._db.hot(writing=False) as cursor:
            if self._writes.is_over(cursor, key):
                return
        with self._db.hot() as cursor:
            tip = self._writes.finish(cursor, key, moment)
            new = (
                self._writes.copies(cursor, key, moment, {"call": call.sid}, self._keys.sid_key) if tip is None else {}
            )
        if tip is not None:
            self._hurry(tip)
        elif "call" in new:
            self._courier.enqueue(Job.LOOK_FOR_RECORDINGS, new["call"])

    # --- keeping

    def _keep(
        self, call: Call, state: State, keep: Keep, ended: bool, recording_sid: str, seconds: int | None = None
    ) -> int:
        """One transaction; returns which derivation of the reference code is in use."""
        if not call.sid:
            if not recording_sid:
                return state.code_try
            call = replace(call, sid=recording_sid)
        if keep.recorded is not None and state.answers:
            asked = self._answers.spoken(call.sid, recording_sid, state.answers, state.lang, answered=keep.answered)
            if asked is not None:
                self._hurry(asked, also_prepare=True)
                return state.code_try
        for code_try in range(state.code_try, CODE_TRIES):
            try:
                tip = self._write(call, state, keep, ended, recording_sid, seconds, code_try)
            except self._db.conflict:
                if not keep.code:
                    raise
                continue  # another tip has this code: take the next one
            self._hurry(
                tip,
                also_prepare=keep.recorded is not None,
                also_route=any(one is not None for one in (keep.category, keep.pin, keep.discarded)),
            )
            return code_try
        raise RuntimeError("no free reference code in twenty derivations: are the reference codes exhausted?")

    def _write(
        self, call: Call, state: State, keep: Keep, ended: bool, recording_sid: str, seconds: int | None, code_try: int
    ) -> Kept | None:
        key, moment = self._keys.sid_key(call.sid), now()
        facts = self._facts_of(call, state, keep, code_try)
        contact = self._keys.seal(call.number.encode()) if keep.follow_up and call.number else None
        # What was told, thrown away, or promised with a code must outlive a power cut. Of kind and place the words
        # tell too, and their turns are the most: waiting for the disk would be half of what a call costs.
        durable = keep.recorded is not None or keep.discarded is not None or keep.code
        only_facts = keep.recorded is None and keep.discarded is None and contact is None and not ended
        with self._db.hot(durable=durable, single=only_facts) as cursor:
            if keep == Keep(ended=True):
                tip = self._writes.finish(cursor, key, moment)
            else:
                tip = self._writes.tip(cursor, key, state.lang, moment, **facts)
                if keep.recorded is not None:
                    sids, told = (
                        {"call": call.sid, "recording": recording_sid},
                        {"language": state.lang, "seconds": seconds},
                    )
                    tip = self._enter(cursor, tip, key, moment, sids, take=keep.recorded, **told)
                if keep.discarded is not None:
                    self._writes.discard_takes(cursor, key, keep.discarded, moment)
                if contact is not None:
                    self._writes.contact(cursor, tip.id, contact)
                if ended:
                    tip = self._writes.finish(cursor, key, moment) or tip
        if keep.recorded is not None:
            self._recent.add(self._keys.sid_key(recording_sid))
        if keep.code:
            self._recent.add(key + facts["code_hash"])
        if tip is not None and tip.status != Status.TELLING:
            self._recent.add(key)
        return tip

    def _enter(
        self, cursor: Any, tip: Kept, key: str, moment: datetime, sids: dict[str, str], *, take: int, **recording: Any
    ) -> Kept:
        """Enter a recording, and its call, into the ledger."""
        thrown_away = take <= tip.discarded_take
        if sids["call"] == sids["recording"]:
            del sids["call"]
        recording |= {"take": take, "due_at": moment if thrown_away else None}
        new = self._writes.copies(cursor, key, moment, sids, self._keys.sid_key, **recording)
        # Of a tip in which nothing was found an earlier take may yet hold something, though it was told again.
        counts = take >= tip.sent_take or tip.status == Status.DISCARDED
        return self._writes.tell_more(cursor, tip) if "recording" in new and not thrown_away and counts else tip

    def _facts_of(self, call: Call, state: State, keep: Keep, code_try: int) -> dict[str, Any]:
        """The columns of the tip that this turn speaks of."""
        facts: dict[str, Any] = {}
        if keep.category is not None:
            kind = self._catalogue.categories[keep.category]
            facts |= {"category": keep.category, "urgency": kind.urgency, "category_turn": state.turn}
            if self._catalogue.accuses(keep.category):
                facts[COMPLAINS] = True
        if keep.district is not None:
            facts |= {
                "pin_code": keep.pin,
                "district": keep.district,
                "station": keep.station,
                "place_turn": state.turn,
            }
        if keep.follow_up is not None:
            # Where the number is withheld no answer can come, however welcome: nobody is to wait for one.
            facts["follow_up"] = keep.follow_up and bool(call.number)
        if keep.code:
            facts["code_hash"] = self._keys.code_hash(self._keys.code_for(call.sid, code_try))
        if keep.sent is not None:
            facts["sent_take"] = keep.sent
        if keep.discarded is not None:
            # The turns say which kind and place went with it. Whether an answer is welcome is only asked of what is
            # sent, so that nothing of it can have been thrown away.
            facts |= {"discarded_take": keep.discarded, "category_turn": state.turn, "place_turn": state.turn}
        return facts

    def _hurry(self, tip: Any, *, also_prepare: bool = False, also_route: bool = False) -> None:
        """Send a tip that was told to the workers: a new one, or one that officers have, of which more was told."""
        if tip is None or tip.status in (Status.TELLING, Status.DISCARDED):
            return
        if also_prepare or tip.status == Status.RECEIVED:
            self._courier.enqueue(Job.PREPARE_TIP, tip.id, urgency=tip.urgency)
        elif also_route:
            self._courier.enqueue(Job.ROUTE_TIP, tip.id, urgency=tip.urgency)
