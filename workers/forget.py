"""Erasure at the provider: first recordings and files, then the call or message with its numbers; and finding
recordings that nobody told us of (messages: see unannounced).

The ledger keeps a row for each object until the provider confirms that it is gone; a refusal is tried again for as
long as it takes, and is reported when it takes longer than it should.
A call that left no tip is counted here, once: nothing else is kept of it.
Never does: erase a recording that may count, or a file, before it is stored; destroy what is ours (retention does).
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.database import hour, now
from models.installation import holds
from models.lifecycle import Status
from models.message import HELD, OWED, WAITING, Attachment
from models.recording import ProviderCopy, Recording
from models.tip import Tip
from workers import count, ledger
from workers.alone import EachAlone
from workers.outside.refusals import Elsewhere
from workers.outside.telephony import ProviderFault, StillInUse
from workers.parts import Parts
from workers.problems import JobProblem, pause
from workers.queues import Job

T = TypeVar("T")
_FIRST_PAUSE = 30  # seconds after a failure; earlier tries only cost a request
# Seconds after "not final yet", which is no failure: messages are asked about moments after they were sent. The sweep
# alone asks again, so that up to its own period is added.
_NOT_FINAL = (20, 30, 60, 60, 300, 900)
ORPHAN_DAYS = 2
ORPHAN_MINUTES = 5  # younger recordings may still be on their way to us by webhook


def erase_copy(parts: Parts, copy_id: str) -> str:
    """Erase one object at the provider, and the call or message that waited for it: "erased", "nothing" (done, unknown)
    or "not_yet" (others must go first, or it is still under way: the ledger says when to ask again). JobProblem,
    already written into the ledger, when the provider would not."""
    outcome, whole = _erase_one(parts, copy_id)
    if whole is not None:
        _erase_one(parts, whole)
    return outcome


def _erase_one(parts: Parts, copy_id: str) -> tuple[str, str | None]:
    """What became of one object, and the id of the call or message that was held by it and can go now."""
    with parts.db.reading() as session:
        copy = session.get(ProviderCopy, copy_id)
        if copy is None or copy.sid is None or copy.due_at is None:
            return "nothing", None
        waiting = _must_wait(session, copy)
    if waiting:
        return "not_yet", None
    try:
        _asking(parts, copy_id, lambda: _erase(parts, copy))
    except StillInUse:
        return "not_yet", None
    with parts.db.session(durable=False) as session:  # undone by a power cut, it is asked for again
        row = session.get_one(ProviderCopy, copy_id, with_for_update=True)
        if row.sid is None:
            return "nothing", None  # somebody else was as quick
        if row.kind == ledger.CALL:
            count.add(session.connection(), "calls")
        moment, parent = now(), row.parent
        row.sid = row.parent = row.problem = row.retry_at = None
        # Only the hour is kept of what is gone: the rows outlive the tip's own exact times.
        row.erased_at, row.heard_at = hour(moment), hour(row.heard_at)
        row.due_at = hour(row.due_at or moment)
        row.seconds = None
        session.flush()
        whole = _message_that_can_go(session, parent) if parent else _call_that_can_go(session, row)
    return "erased", whole


def _erase(parts: Parts, copy: ProviderCopy) -> None:
    """What the account does not know is gone, unless it may lie in an account that was set before (Elsewhere)."""
    if parts.telephony.erase(copy.kind, copy.sid or "", copy.parent):
        return
    with parts.db.read() as connection:
        if not holds(connection, parts.keys, parts.settings.twilio_account_sid, copy.heard_at):
            raise Elsewhere("it was heard of when another account was set, and lies there")


def _must_wait(session: Session, copy: ProviderCopy) -> bool:
    if copy.kind == ledger.MESSAGE:
        return _files_left(session, copy.sid) > 0
    if copy.kind in ledger.FILES:
        return _is_not_stored(session, copy.id)
    tip = session.scalars(select(Tip).where(col(Tip.conversation_key) == copy.conversation_key)).first()
    if copy.kind == ledger.CALL:
        return _recordings_left(session, copy) > 0 or (tip is not None and tip.status == Status.TELLING)
    if tip is None or tip.status not in (Status.TELLING, Status.RECEIVED) or copy.take <= tip.discarded_take:
        return False
    # A guard against our own mistakes: due or not, what may count and is not stored stays where it is. That goes for
    # what was told again too, until somebody has listened.
    stored = select(func.count()).where(
        col(Recording.tip_id) == tip.id, col(Recording.take) == copy.take, col(Recording.original).is_not(None)
    )
    return session.scalar(stored) == 0


def _is_not_stored(session: Session, copy_id: str) -> bool:
    """The same guard for a file: due or not, it stays until it is sealed here, refused, or its tip thrown away."""
    waiting = (
        select(func.count())
        .select_from(Attachment)
        .join(Tip, col(Tip.id) == col(Attachment.tip_id))
        .where(
            col(Attachment.copy_id) == copy_id,
            col(Attachment.status).in_((WAITING, HELD, *OWED)),
            col(Attachment.original).is_(None),
            col(Tip.status) != Status.DISCARDED,
        )
    )
    return bool(session.scalar(waiting))


def _files_left(session: Session, message_sid: str | None) -> int:
    left = select(func.count()).where(
        col(ProviderCopy.parent) == message_sid,
        col(ProviderCopy.kind) == ledger.MEDIA,
        col(ProviderCopy.erased_at).is_(None),
    )
    return session.scalar(left) or 0


def _message_that_can_go(session: Session, message_sid: str) -> str | None:
    if _files_left(session, message_sid):
        return None
    return session.scalars(
        select(col(ProviderCopy.id)).where(
            col(ProviderCopy.sid) == message_sid,
            col(ProviderCopy.kind) == ledger.MESSAGE,
            col(ProviderCopy.due_at).is_not(None),
            col(ProviderCopy.erased_at).is_(None),
        )
    ).first()


def _recordings_left(session: Session, copy: ProviderCopy) -> int:
    left = select(func.count()).where(
        col(ProviderCopy.conversation_key) == copy.conversation_key,
        col(ProviderCopy.kind).in_(ledger.RECORDED),
        col(ProviderCopy.erased_at).is_(None),
    )
    return session.scalar(left) or 0


def _call_that_can_go(session: Session, copy: ProviderCopy) -> str | None:
    if copy.kind not in ledger.RECORDED or _recordings_left(session, copy):
        return None
    return session.scalars(
        select(col(ProviderCopy.id)).where(
            col(ProviderCopy.conversation_key) == copy.conversation_key,
            col(ProviderCopy.kind) == ledger.CALL,
            col(ProviderCopy.due_at).is_not(None),
            col(ProviderCopy.erased_at).is_(None),
        )
    ).first()


def _asking(parts: Parts, copy_id: str, ask: Callable[[], T]) -> T:
    """The provider's answer. A refusal is written down with the time of the next try; StillInUse goes on as it is."""
    try:
        return ask()
    except StillInUse as fault:
        _write_down(parts, copy_id, fault, lambda attempts: _NOT_FINAL[min(attempts, len(_NOT_FINAL)) - 1])
        raise
    except ProviderFault as fault:
        _write_down(parts, copy_id, fault, lambda attempts: max(_FIRST_PAUSE, pause(attempts)))
        raise JobProblem(fault.problem, str(fault)) from None


def _write_down(parts: Parts, copy_id: str, fault: ProviderFault, seconds: Callable[[int], int]) -> None:
    with parts.db.session() as session:
        row = session.get_one(ProviderCopy, copy_id)
        row.attempts += 1
        row.retry_at = now() + timedelta(seconds=seconds(row.attempts))
        row.problem = str(fault)[:200]


def look_for_recordings(parts: Parts, copy_id: str) -> str:
    """A call ended and nobody told us of a recording: "found" (a tip now), or "none" and the call may be erased."""
    with parts.db.reading() as session:
        copy = session.get(ProviderCopy, copy_id)
    if copy is None or copy.sid is None or copy.due_at is not None or copy.kind != ledger.CALL:
        return "nothing"
    sid = copy.sid
    listed = _asking(parts, copy_id, lambda: parts.telephony.recordings_of_call(sid))
    tip_id = ledger.adopt(parts.db, parts.keys, sid, [one for one in listed if ledger.has_sound(one)])
    if tip_id is not None:
        parts.jobs.enqueue(Job.PREPARE_TIP, tip_id)
        return "found"
    with parts.db.begin() as connection:
        belongs = select(col(Tip.status)).where(col(Tip.conversation_key) == copy.conversation_key)
        status = connection.scalar(belongs)
        if status in (Status.TELLING, Status.RECEIVED):
            return "nothing"  # a tip came in between; its own work decides when the call may go
        if ledger.make_due(connection, [copy_id]) and status is None:
            count.add(connection, "silent")
    parts.jobs.enqueue(Job.ERASE_COPY, copy_id)
    return "none"


def adopt_orphans(parts: Parts) -> int:
    """Recordings at the provider that no ledger row knows become tips, exactly once; how many conversations did."""
    if not parts.settings.twilio_account_sid:
        return 0
    moment = now()
    by_call: dict[str, list[dict[str, object]]] = {}
    for one in parts.telephony.recent_recordings(moment - timedelta(days=ORPHAN_DAYS)):
        if one["created"] < moment - timedelta(minutes=ORPHAN_MINUTES) and one["call_sid"] and ledger.has_sound(one):
            by_call.setdefault(one["call_sid"], []).append(one)
    each = EachAlone("recordings that nobody told us of")
    done = [each(partial(_adopt, parts, call_sid, found)) for call_sid, found in by_call.items()]
    each.end()
    return sum(map(bool, done))


def _adopt(parts: Parts, call_sid: str, found: list[dict[str, object]]) -> bool:
    with parts.db.read() as connection:
        new = [one for one in found if not ledger.is_known(connection, parts.keys.sid_key(str(one["sid"])))]
    if not new or not _is_ours(parts, call_sid, new):
        return False
    tip_id = ledger.adopt(parts.db, parts.keys, call_sid, new)
    if tip_id is not None:
        parts.jobs.enqueue(Job.PREPARE_TIP, tip_id)
    return tip_id is not None


def _is_ours(parts: Parts, call_sid: str, found: list[dict[str, object]]) -> bool:
    """Another application may record on the same account: only what <Record> made in a conversation that we know, or
    on our own number, is ours. In doubt it is not: what is adopted is erased at the provider in the end."""
    if any(one["source"] not in ("RecordVerb", "") for one in found):
        return False
    with parts.db.read() as connection:
        conversation = parts.keys.sid_key(call_sid)
        if connection.scalar(select(func.count()).where(col(ProviderCopy.conversation_key) == conversation)):
            return True
    number = parts.settings.twilio_number
    return bool(number) and parts.telephony.number_called(call_sid) == number
