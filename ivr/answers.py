"""What informants hear of officers' questions, and what they answer: written down for calls and messages alike.

An answer comes to its tip as a message does that is attached by the code: said on a call, it is a file of that message,
so that it is fetched, heard, anonymised and erased as a voice note is, whatever has become of the tip's own call.
As in ivr.writes, statements are built once and run on a cursor of Database.hot().
Never does: look a code up, take a tip from officers who work on it, or keep when or from where somebody answered.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from ivr.console.coarse import indian
from ivr.message_writes import ATTACHMENT, MESSAGE, MessageWrites, OfTip
from ivr.writes import COPY
from models.database import Database, now
from models.hot import Prepared
from models.lifecycle import MOVES, Status, Who, move
from models.question import ANSWERED, ASKED, HEARD, Asked
from models.recording import ProviderCopy
from models.secrecy import Keys
from models.tip import new_id

QUESTION: Any = Asked.__table__  # type: ignore[attr-defined]

ANSWER, CALL = "answer", "call"  # kinds of the ledger, as workers.ledger calls them
SPOKEN = "audio/x-wav"


class Answers:
    """Marks questions as heard and answered, and keeps what was said on a call. For one database."""

    def __init__(self, db: Database, keys: Keys, writes: MessageWrites) -> None:
        self._db = db
        self._keys = keys
        self._writes = writes
        its = QUESTION.c.tip_id == bindparam("tip")
        today = bindparam("today", type_=QUESTION.c.heard_on.type)
        self._heard = Prepared(
            db,
            update(QUESTION)
            .where(its, QUESTION.c.question == bindparam("asked"), QUESTION.c.state == ASKED)
            .values(state=HEARD, heard_on=today),
        )
        answered = update(QUESTION).where(its, QUESTION.c.state == HEARD)
        self._answered = Prepared(
            db, answered.values(state=ANSWERED, answer=bindparam("number")).returning(QUESTION.c.id)
        )
        self._before = Prepared(
            db,
            select(QUESTION.c.answer)
            .join(MESSAGE, MESSAGE.c.id == QUESTION.c.answer)
            .where(its)
            .order_by(MESSAGE.c.position.desc())
            .limit(1),
        )
        self._mark = Prepared(
            db, update(MESSAGE).where(MESSAGE.c.id == bindparam("number")).values(answers=bindparam("first"))
        )
        its_file = (COPY.c.sid_key == bindparam("sid_key")) & (COPY.c.kind == ANSWER)
        self._message_of = Prepared(
            db, select(ATTACHMENT.c.message_id).join(COPY, COPY.c.id == ATTACHMENT.c.copy_id).where(its_file)
        )
        # A worker was quicker than the webhook, found the recording and made a tip of it: while nothing of that is
        # stored, it becomes what it is, and that tip is found empty.
        found = (COPY.c.sid_key == bindparam("sid_key")) & (COPY.c.kind == "recording") & COPY.c.due_at.is_(None)
        self._taken_back = Prepared(
            db, update(COPY).where(found, COPY.c.sid.is_not(None)).values(kind=ANSWER, take=0).returning(COPY.c.id)
        )
        call = db.insert(ProviderCopy)
        # Nothing but the recordings holds the call back (workers.forget): it may go when they are gone.
        self._call = Prepared(
            db,
            call.on_conflict_do_update(
                index_elements=["sid_key"], set_={"due_at": func.coalesce(COPY.c.due_at, call.excluded.due_at)}
            ),
            columns=["id", "sid_key", "sid", "kind", "conversation_key", "heard_at", "attempts", "take", "due_at"],
        )

    def heard(self, cursor: Any, wrapped: str, asked: Iterable[str]) -> None:
        """These questions were told to whoever has the code; only the first time is written down, as a day."""
        tip, today = self._keys.unwrap(wrapped), indian(now()).date()
        self._writes.tip(cursor, tip)  # locked before its questions, as by whoever answers or asks
        for question in asked:
            self._heard.run(cursor, {"tip": tip, "asked": question, "today": today})

    def heard_on_a_call(self, wrapped: str, asked: Iterable[str]) -> None:
        """The same, in a transaction of its own: on a call nothing else is written at this step."""
        with self._db.hot(durable=False) as cursor:
            self.heard(cursor, wrapped, asked)

    def answered(self, cursor: Any, tip_id: str, message_id: str, *, follows: bool) -> None:
        """A message answers what of its tip was heard and is open. `follows`: if nothing is, it goes on with the answer
        before it."""
        row = {"tip": tip_id, "number": message_id}
        first = message_id if self._answered.run(cursor, row) else ""
        if not first and follows and (before := self._before.run(cursor, row)):
            first = before[0][0]
        if first:
            self._mark.run(cursor, {"number": message_id, "first": first})

    def spoken(self, call_sid: str, recording_sid: str, wrapped: str, language: str, *, answered: bool) -> OfTip | None:
        """A recording in which a question is answered comes to its tip, once, however often and in whatever order we
        hear of it. `answered`: somebody can have spoken in it. None: that tip is no more; it is a tip of its own."""
        tip_id = self._keys.unwrap(wrapped)
        if not (tip_id and recording_sid):
            return None
        moment, sid_key = now(), self._keys.sid_key(recording_sid)
        with self._db.hot() as cursor:
            tip = self._writes.tip(cursor, tip_id)
            if tip is None or tip.status in (Status.TELLING, Status.DISCARDED):
                return None
            key = self._keys.sid_key(call_sid)
            copy = self._writes.copy(cursor, ANSWER, recording_sid, sid_key, key, moment)
            if not copy:
                copy = self._take_back(cursor, key, sid_key)
            if copy:
                message = self._kept(cursor, tip, copy, language)
                if call_sid != recording_sid:
                    self._release_call(cursor, call_sid, key, moment)
            else:
                known = self._message_of.run(cursor, {"sid_key": sid_key})
                message = known[0][0] if known else ""
            if answered and message:
                self.answered(cursor, tip.id, message, follows=True)
            return self._writes.tip(cursor, tip_id)

    def _take_back(self, cursor: Any, key: str, sid_key: str) -> str:
        """The recording out of the tip that a worker made of it, while nothing of that is stored; "" if it is."""
        own = self._writes.tip_of(cursor, key)  # locked: a worker that stores it comes before or after
        taken = self._taken_back.run(cursor, {"sid_key": sid_key})
        if taken and own is not None:
            # A worker that has heard it already must not store it there too: it loses its lease, and the next one (sent
            # by the sweep) finds nothing in that tip.
            self._writes.change(cursor, own.id, lease=None, lease_until=None)
        return str(taken[0][0]) if taken else ""

    def _kept(self, cursor: Any, tip: OfTip, copy: str, language: str) -> str:
        """The message that the recording comes with; its id. Without a word, but not empty: through it officers who
        have the tip in hand hear that something was added."""
        place = self._writes.position(cursor, tip.id)
        message = self._writes.message(cursor, tip.id, place, language, self._keys.seal(b""))
        self._writes.files(cursor, tip.id, message, [{"copy_id": copy, "declared_type": SPOKEN}])
        if tip.status in MOVES["tell_more"].sources:
            self._writes.change(cursor, tip.id, status=move(tip.status, "tell_more", Who.CALLER))
        return message

    def _release_call(self, cursor: Any, call_sid: str, key: str, moment: datetime) -> None:
        row = {
            "id": new_id(), "sid_key": key, "sid": call_sid, "kind": CALL, "conversation_key": key,
            "heard_at": moment, "attempts": 0, "take": 0, "due_at": moment,
        }  # fmt: skip
        self._call.run(cursor, row)
