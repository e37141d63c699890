"""What came of a tip is stored: words, sound, status and what may be erased, in one fenced transaction.

Never does: fetch, hear or read (pipeline has it done before), or store for a worker that lost its lease.
"""

from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlmodel import Session, col

from models.database import hour, now
from models.lifecycle import Status, Who, move
from models.message import Message
from models.officer import ADDED, Trail
from models.recording import ProviderCopy, Recording, Transcript
from models.tip import CONTENT, Tip
from workers import count, ledger, reading
from workers.hearing import Heard
from workers.lease import Lease
from workers.parts import Parts
from workers.queues import Job
from workers.rescue import is_told, rescue
from workers.routing import address


class MoreTold(Exception):
    """While we worked, another take, message or file of the same conversation became known."""


@dataclass
class Done:
    """What is ready to be stored: takes by their number, anonymised messages by their id."""

    heard: dict[int, Heard] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Settled:
    """What the storing transaction decided: sound to destroy here, copies to erase at the provider."""

    what: str
    unwanted: list[str]
    erasable: list[str]


def let_go(parts: Parts, lease: Lease) -> None:
    """Nothing is owed to a tip. What was told again and became known after it was prepared is erased unheard."""
    with parts.db.session() as session:
        lease.fence(session)
        tip = session.get_one(Tip, lease.row_id)
        late = [copy.id for copy in ledger.recordings(session, tip) if not ledger.counts(tip, copy.take)]
        made = ledger.make_due(session, late) if rescue(session, tip, {}).unheard is None else 0
    lease.release(settled=True)
    for copy_id in late if made else ():
        parts.jobs.enqueue(Job.ERASE_COPY, copy_id)


def unheard(session: Session, tip: Tip) -> list[ProviderCopy]:
    """Recordings of a call that count and have no transcript yet."""
    done = set(session.scalars(select(col(Recording.take)).join(Transcript).where(col(Recording.tip_id) == tip.id)))
    return [
        copy
        for copy in ledger.recordings(session, tip)
        if ledger.counts(tip, copy.take) and copy.take not in done and copy.erased_at is None
    ]


def is_empty(session: Session, tip: Tip, done: Done) -> bool:
    """Whether nothing was told by keys, by voice or in writing, or all of it was thrown away."""
    told_by_keys = tip.category or tip.pin_code or tip.district or tip.station
    if tip.status != Status.RECEIVED or told_by_keys or reading.is_anything_written(session, tip):
        return False
    # Of takes that were told again those count that can be heard (see rescue).
    nothing_heard = all(one.silent and not one.words for take, one in done.heard.items() if take > tip.discarded_take)
    return nothing_heard and not is_told(session, tip)


def store(parts: Parts, lease: Lease, done: Done) -> str:
    """Everything at once; "prepared" or "found_empty". Raises LeaseLost or MoreTold, and then nothing is stored."""
    written: dict[int, str] = {}
    try:
        for take, one in done.heard.items():
            written[take] = parts.vault.put_listening(one.listening)
        with parts.db.session() as session:
            settled = _settle(parts, session, lease, done, written)
    except BaseException:
        for name in written.values():
            parts.vault.destroy(name)
        raise
    for name in settled.unwanted:
        parts.vault.destroy(name)
    for copy_id in settled.erasable:
        parts.jobs.enqueue(Job.ERASE_COPY, copy_id)
    return settled.what


def _settle(parts: Parts, session: Session, lease: Lease, done: Done, written: dict[int, str]) -> _Settled:
    """The storing transaction itself."""
    lease.fence(session)
    tip = session.get_one(Tip, lease.row_id)
    copies, unread = ledger.recordings(session, tip), reading.unread(session, tip)
    found = rescue(session, tip, done.heard)
    if (
        any(copy.take not in done.heard for copy in unheard(session, tip))
        or found.unheard is not None
        or unread.files
        or any(note.take not in done.heard for note in unread.notes)
        or any(message not in done.read for message in unread.messages)
    ):
        raise MoreTold
    if found.take is not None:
        tip.rescued_take = found.take
    call, sent = ledger.call_of(session, tip), ledger.written(session, tip)
    what, unwanted = "prepared", []
    if is_empty(session, tip, done):
        what, unwanted = "found_empty", [*written.values(), *_discard(session, tip)]
        if call is None or call.due_at is None:  # else it was counted when nothing was known of it but its end
            count.add(session.connection(), "silent")
    else:
        _prepared(parts, session, tip, done, written)
    tip.lease = tip.lease_until = tip.retry_at = tip.problem = tip.problem_detail = None
    tip.attempts = 0
    # Discarded takes go too, and what was told again, if there was no need to go back to it; the call itself goes when
    # they are gone (see forget), and a message when its files are.
    ledger.make_due(session, [copy.id for copy in (*copies, *sent, call) if copy is not None])
    left = [copy.id for copy in (*copies, *sent) if copy.erased_at is None]
    return _Settled(what, unwanted, left or ([call.id] if call is not None else []))


def _prepared(parts: Parts, session: Session, tip: Tip, done: Done, written: dict[int, str]) -> None:
    for take, one in done.heard.items():
        session.add(one.transcript(tip.id))
        kept = session.get_one(Recording, one.recording_id)
        kept.listening, kept.seconds = written[take], one.length
    for message_id, text in done.read.items():
        session.get_one(Message, message_id).text = text
    late = tip.status != Status.RECEIVED  # a take or message that became known after the tip was prepared
    if late:
        # In the same moment as officers see new words, those lose the tip who may not: the words may accuse them.
        session.flush()
        address(session, tip, parts)
    else:
        tip.status = move(tip.status, "prepare", Who.SYSTEM)
    # The trail stays for ever: its time is cut to the hour, or it would tell when the call was.
    session.add(Trail(tip_id=tip.id, what=ADDED if late else "prepare", at=hour(now())))


def _discard(session: Session, tip: Tip) -> list[str]:
    """Nothing was said: the row stays, so that a late webhook finds it, without content. Names of sound to destroy."""
    recordings = list(session.scalars(select(Recording).where(col(Recording.tip_id) == tip.id)))
    session.execute(delete(Recording).where(col(Recording.tip_id) == tip.id))
    tip.status = move(tip.status, "find_empty", Who.SYSTEM)
    ledger.empty(session, tip, CONTENT)
    session.add(Trail(tip_id=tip.id, what="find_empty", at=hour(now())))
    return [name for one in recordings for name in (one.original, one.listening) if name]
