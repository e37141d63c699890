"""What one message adds, entered row by row within its transaction: ledger, message, files, facts, reference code.

Never does: open a transaction, decide what is kept or answered, or store an open text or a code.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from interpret.numbers import without_code
from ivr.answers import Answers
from ivr.channels.text import Incoming
from ivr.dialogue.typed_facts import TypedFacts
from ivr.dialogue.typed_turn import Keep, Read, Reply, State
from ivr.gist import pin_in
from ivr.intake import CODE_TRIES
from ivr.joining import Joining
from ivr.message_writes import MessageWrites, OfTip, Talk
from models.catalogue import Catalogue
from models.lifecycle import MOVES, READABLE, Status, Who, move
from models.secrecy import Keys

MESSAGE, MEDIA = "message", "media"
FOREIGN = "foreign_address"
NUMBER = "[phone]"  # as workers mark every number of so many digits
# A message whose files we may not fetch is erased all the same, but an operator who looks every day sees it first.
FOREIGN_HOURS = 24


@dataclass(frozen=True)
class Arrived:
    """One message as it is taken: whose (channel and pseudonym, today's first), and what it means.

    `code`: of the tip that it asks for or adds to, a counted try; `said`: any eight digits in it, maybe a code."""

    incoming: Incoming
    who: tuple[str, ...]
    read: Read
    code: str
    said: str
    moment: datetime

    @property
    def names(self) -> tuple[str, ...]:
        """The sender's pseudonyms, on whichever channel."""
        return tuple(one.partition(":")[2] for one in self.who)


class Twice(Exception):
    """The message was taken before: nothing of this transaction may be committed."""


class Entries:
    """Enters messages. One instance a process; every method runs on a cursor of Database.hot()."""

    def __init__(
        self, writes: MessageWrites, joining: Joining, answers: Answers, keys: Keys, catalogue: Catalogue
    ) -> None:
        self._writes = writes
        self._answers = answers
        self._joining = joining
        self._keys = keys
        self._catalogue = catalogue
        self._facts = TypedFacts(catalogue)

    def claim(self, cursor: Any, incoming: Incoming, key: str, moment: datetime) -> dict[str, str]:
        """Enter the message and its files into the ledger: file id at the provider -> row's id. Raises Twice."""
        writes = self._writes
        files = [media for media in incoming.media if media.sid]
        due = None if files else moment
        if incoming.media and not files:
            due = moment + timedelta(hours=FOREIGN_HOURS)
        sid_key = self._keys.sid_key(incoming.claim)
        if not writes.copy(cursor, MESSAGE, incoming.sid, sid_key, key, moment, due_at=due):
            raise Twice
        return {
            one.sid: writes.copy(cursor, MEDIA, one.sid, self._keys.sid_key(one.sid), key, moment, parent=one.parent)
            for one in files
        }

    def enter(
        self, cursor: Any, arrived: Arrived, talk: Talk, before: State, turn: Reply, tip: OfTip, copies: dict[str, str]
    ) -> tuple[State, str, OfTip]:
        """What a message adds to its tip; the state after it, the code that is told, and the tip as it is now."""
        read, keep, state = arrived.read, turn.keep, turn.state
        if keep.content:
            place = self.place(cursor, tip, state, read.part, same_tip=talk.tip_id == tip.id)
            if read.part is not None and len(state.parts) == 1:
                state = replace(state, base=max(1, place - read.part[0] + 1))
            body = told_without(arrived.incoming.body, arrived.code, arrived.said)
            lang = state.lang or "hi"
            message = self.message(cursor, arrived.incoming, tip, place, lang, body, copies, arrived.moment)
            if state.attached:  # also who adds by the code may answer what was heard on a call
                self._answers.answered(cursor, tip.id, message, follows=bool(keep.answers))
        if not (state.attached or before.attached):
            changed = state.lang if state.lang != before.lang else ""
            self.facts(cursor, tip, keep, read, arrived.incoming.body, changed, ended=before.ended)
        told = ""
        if keep.code:
            code_try, told = self.code(cursor, talk.id, tip, state.code_try)
            state = replace(state, code_try=code_try)
        tip = self._writes.tip(cursor, tip.id) or tip
        if keep.send and tip.status == Status.TELLING:
            self.send(cursor, tip, arrived.moment)
            tip = self._writes.tip(cursor, tip.id) or tip
        return state, told, tip

    def message(
        self, cursor: Any, incoming: Incoming, tip: OfTip, place: int, language: str, body: str, copies: dict[str, str],
        moment: datetime,
    ) -> str:  # fmt: skip
        """The message at its place in the tip, its words sealed, and what came with it; its id."""
        # What is added to a tip that officers read passes through workers even without a word: they make it known.
        is_read = bool(body.strip()) or tip.status in READABLE
        sealed = self._keys.seal(body.encode("utf-8", "replace")) if is_read else None
        message = self._writes.message(cursor, tip.id, place, language, sealed)
        self._writes.files(cursor, tip.id, message, _files(incoming, copies))
        self._more(cursor, tip, moment)
        return message

    def _more(self, cursor: Any, tip: OfTip, moment: datetime) -> None:
        """Something came to a tip: it is prepared anew, if nobody has it in hand or is telling it."""
        if tip.status in MOVES["tell_more"].sources:
            self._writes.change(cursor, tip.id, status=move(tip.status, "tell_more", Who.CALLER))
        elif tip.status == Status.TELLING:
            self._writes.change(cursor, tip.id, last_turn_at=moment)

    def join(self, cursor: Any, own: OfTip, tip: OfTip, before: State, moment: datetime) -> None:
        """What was told in this conversation so far, and sent to nobody, becomes part of the tip whose code came."""
        empty = self._keys.seal(b"") if tip.status in READABLE else None
        self._joining.join(cursor, own, tip, self._writes.position(cursor, tip.id) - 1, empty)
        self._more(cursor, tip, moment)
        is_chosen = before.category_by == "caller" and self._catalogue.accuses(before.category)
        if is_chosen and not self._catalogue.accuses(tip.category):
            # It stands in no word by which workers would know it.
            keep = Keep(category=before.category, category_by=before.category_by)
            self.facts(cursor, self._writes.tip(cursor, tip.id) or tip, keep, Read(intent="tip"), "", "")

    def place(self, cursor: Any, tip: OfTip, state: State, part: tuple[int, int] | None, *, same_tip: bool) -> int:
        """Where a message stands among those of its tip: behind all others, but parts of one text in their order."""
        behind = self._writes.position(cursor, tip.id, state.base + state.of if same_tip else 1)
        if part is None or not state.parts:
            return behind
        first = behind if len(state.parts) == 1 else state.base
        in_order = first + part[0] - 1
        return behind if self._writes.is_taken(cursor, tip.id, in_order) else in_order

    def facts(
        self, cursor: Any, tip: OfTip, keep: Keep, read: Read, body: str, language: str, *, ended: bool = False
    ) -> None:
        """The columns of the tip that this message speaks of; what an officer has corrected stays.

        `ended`: the tip was told to its end; a place in what is added to it sends it to nobody else."""
        facts: dict[str, Any] = {"language": language} if language else {}
        if keep.category:
            if tip.category_by != "officer":
                facts |= {"category": keep.category, "category_by": keep.category_by}
                facts["urgency"] = "U1" if tip.urgency == "U1" else self._facts.urgency(keep.category)
            elif self._catalogue.accuses(keep.category):
                facts["accuses"] = True  # the kind stays as the officer put it right, and those lose it who may not
            if tip.status in READABLE and self._catalogue.accuses(keep.category):
                facts["status"] = move(tip.status, "withdraw", Who.CALLER)
        if keep.urgent:
            facts["urgency"] = "U1"
        # A district alone adds nothing to a place that is known: it was only repeated.
        is_open = tip.place_by != "officer" and not (ended and tip.station)
        if keep.content and is_open and (read.station or (read.district and not tip.district)):
            facts |= {"district": read.district, "station": read.station or None, "place_by": keep.place_by}
            pin = pin_in(body)
            if pin and self._catalogue.place_of(pin) is not None:
                facts["pin_code"] = pin
        self._writes.change(cursor, tip.id, **facts)

    def send(self, cursor: Any, tip: OfTip, moment: datetime) -> None:
        """The tip is complete, or cannot wait."""
        self._writes.change(cursor, tip.id, status=move(tip.status, "send", Who.CALLER), ended_at=moment)

    def code(self, cursor: Any, conversation: str, tip: OfTip, first: int) -> tuple[int, str]:
        """A reference code that no other tip has, now this tip's; and which derivation it is, from `first` on."""
        for code_try in range(first, CODE_TRIES):
            code = self._keys.code_for(conversation, code_try)
            hashed = self._keys.code_hash(code)
            taken = self._writes.tip_with(cursor, hashed)
            if taken is None or taken.id == tip.id:
                self._writes.change(cursor, tip.id, code_hash=hashed)
                return code_try, code
        raise RuntimeError("no free reference code in twenty derivations: are the reference codes exhausted?")


def told_without(body: str, code: str, said: str) -> str:
    """What is kept of a text: nothing of the code by which it asks or adds; of other eight digits, which may be a code
    too, a mark. Whether there is a tip with such a code is not looked up here: officers would read the answer, and
    nobody would have counted the try."""
    return without_code(body, code) if code else without_code(body, said, NUMBER)


def _files(incoming: Incoming, copies: dict[str, str]) -> list[dict[str, Any]]:
    """What came with a message as rows of attachments; what is not at the provider's own address is not fetched."""
    files: list[dict[str, Any]] = []
    for media in incoming.media:
        row: dict[str, Any] = {"declared_type": media.declared_type}
        copy = copies.get(media.sid, "")
        files.append(row | ({"copy_id": copy} if copy else {"status": "quarantined", "reason": FOREIGN}))
    if incoming.place is not None:
        lat, lon = incoming.place
        files.append({"kind": "location", "status": "ready", "place": {"lat": lat, "lon": lon}})
    return files
