"""The database is searched for work that nobody does: lost by Redis, left by a killed worker, or never announced.

Never does: the work itself; put an id into the queue that already waits there, or more than LIMIT of a kind.
"""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import and_, case, or_, select, update
from sqlmodel import col

from models.database import hour, now
from models.lifecycle import READABLE, Status, Who, move
from models.message import WAITING, Attachment, Message
from models.officer import Trail
from models.recording import ProviderCopy
from models.tip import THROWN_AWAY, Tip
from workers import ledger
from workers.media import purse
from workers.parts import Parts
from workers.queues import Job
from workers.silence import VOICE, end_silent_conversations

LIMIT = 500
_WHOLES = (ledger.CALL, ledger.MESSAGE)
_PAST_PREPARING = (Status.PREPARED, *READABLE)


def sweep(parts: Parts) -> dict[str, int]:
    """Search once; how many of each were sent to the queue or mended. Harmless at any time and on several hosts."""
    waiting = parts.jobs.waiting()
    sent = {
        "ended_calls": end_silent_calls(parts),
        "ended_conversations": end_silent_conversations(parts),
        "made_due": make_leftovers_due(parts),
    }

    def send(job: Job, found: Iterable[tuple[str, str | None]]) -> None:
        new = [(subject, urgency) for subject, urgency in found if (job, subject) not in waiting]
        sent[job.value] = sum(parts.jobs.enqueue(job, subject, urgency=urgency) for subject, urgency in new)

    send(Job.PREPARE_TIP, dict.fromkeys([*_unprepared(parts), *_with_late_takes(parts), *_with_late_messages(parts)]))
    files = _unprepared_files(parts)
    send(Job.FETCH_FILE, [(file_id, None) for job, file_id in files if job is Job.FETCH_FILE])
    send(Job.PREPARE_FILE, [(file_id, None) for job, file_id in files if job is Job.PREPARE_FILE])
    send(Job.ROUTE_TIP, _unrouted(parts))
    send(Job.ERASE_COPY, _unerased(parts))
    send(Job.LOOK_FOR_RECORDINGS, _unexplained_calls(parts))
    parts.db.forget_log()
    return sent


def end_silent_calls(parts: Parts) -> int:
    """Calls not heard of for call_silence_minutes have ended: what was told is sent, unless all was thrown away."""
    moment = now()
    before = moment - timedelta(minutes=parts.settings.call_silence_minutes)
    silent = or_(
        col(Tip.last_turn_at) < before,
        and_(col(Tip.last_turn_at).is_(None), col(Tip.received_hour) < before - timedelta(hours=1)),
        col(Tip.ended_at).is_not(None),
    )
    with parts.db.session() as session:
        tips = session.scalars(
            select(Tip).where(col(Tip.status) == Status.TELLING, col(Tip.channel) == VOICE, silent)
            .limit(LIMIT).with_for_update(skip_locked=True)
        ).all()  # fmt: skip
        for tip in tips:
            takes = ledger.recordings(session, tip)
            # Nothing known at all: sent too, the provider is then asked for recordings. Told again is not thrown away.
            keep = not takes or any(copy.take > tip.discarded_take for copy in takes)
            what = "send" if keep else "discard"
            tip.status = move(tip.status, what, Who.CALLER)
            tip.ended_at = tip.ended_at or moment
            if not keep:
                ledger.empty(session, tip, THROWN_AWAY)
            session.add(Trail(tip_id=tip.id, what=what, at=hour(moment)))
    return len(tips)


def make_leftovers_due(parts: Parts) -> int:
    """Copies nobody needs: of discarded tips, of takes thrown away, and calls whose tip is done. What was told again is
    for the workers to judge, who know whether it was told in vain."""
    moment = now()
    worthless = or_(
        col(Tip.status) == Status.DISCARDED,
        and_(
            col(ProviderCopy.kind) == ledger.RECORDING,
            col(Tip.status) != Status.TELLING,
            col(ProviderCopy.take) <= col(Tip.discarded_take),
        ),
        and_(col(ProviderCopy.kind) == ledger.CALL, col(Tip.status).in_(_PAST_PREPARING)),
    )
    ids = (
        select(col(ProviderCopy.id))
        .join(Tip, col(Tip.conversation_key) == col(ProviderCopy.conversation_key))
        .where(col(ProviderCopy.due_at).is_(None), worthless)
    )
    with parts.db.begin() as connection:
        made = connection.execute(update(ProviderCopy).where(col(ProviderCopy.id).in_(ids)).values(due_at=moment))
    return made.rowcount


def _unprepared(parts: Parts) -> list[tuple[str, str | None]]:
    moment = now()
    with parts.db.read() as connection:
        rows = connection.execute(
            select(col(Tip.id), col(Tip.urgency))
            .where(
                # What is stuck at a tip that officers have may need nothing any more: then that is written down.
                or_(
                    col(Tip.status) == Status.RECEIVED,
                    and_(col(Tip.status).in_(READABLE), col(Tip.problem).is_not(None)),
                ),
                or_(col(Tip.lease).is_(None), col(Tip.lease_until) < moment),
                or_(col(Tip.retry_at).is_(None), col(Tip.retry_at) <= moment),
            )
            .order_by(col(Tip.urgency).nulls_last(), col(Tip.received_hour))
            .limit(LIMIT)
        )
        return [(row.id, row.urgency) for row in rows]


def _with_late_takes(parts: Parts) -> list[tuple[str, str | None]]:
    """Tips long prepared of which another recording became known."""
    moment = now()
    with parts.db.read() as connection:
        rows = connection.execute(
            select(col(Tip.id), col(Tip.urgency))
            .join(ProviderCopy, col(Tip.conversation_key) == col(ProviderCopy.conversation_key))
            .where(
                col(Tip.status).in_(_PAST_PREPARING),
                col(ProviderCopy.kind) == ledger.RECORDING,
                col(ProviderCopy.due_at).is_(None),
                or_(col(Tip.lease).is_(None), col(Tip.lease_until) < moment),
                or_(col(Tip.retry_at).is_(None), col(Tip.retry_at) <= moment),
            )
            .distinct()
            .limit(LIMIT)
        )
        return [(row.id, row.urgency) for row in rows]


def _with_late_messages(parts: Parts) -> list[tuple[str, str | None]]:
    """Tips long prepared of which a message or a file is not (it came while the last worker was storing)."""
    moment = now()
    unread = select(col(Message.id)).where(
        col(Message.tip_id) == col(Tip.id), col(Message.text).is_(None), col(Message.sealed).is_not(None)
    )
    unseen = select(col(Attachment.id)).where(col(Attachment.tip_id) == col(Tip.id), col(Attachment.status) == WAITING)
    with parts.db.read() as connection:
        rows = connection.execute(
            select(col(Tip.id), col(Tip.urgency))
            .where(
                col(Tip.status).in_(_PAST_PREPARING),
                or_(unread.exists(), unseen.exists()),
                or_(col(Tip.lease).is_(None), col(Tip.lease_until) < moment),
                or_(col(Tip.retry_at).is_(None), col(Tip.retry_at) <= moment),
            )
            .limit(LIMIT)
        )
        return [(row.id, row.urgency) for row in rows]


def _unprepared_files(parts: Parts) -> list[tuple[Job, str]]:
    with parts.db.reading() as session:
        return purse.owed(session, limit=LIMIT)


def _unrouted(parts: Parts) -> list[tuple[str, str | None]]:
    with parts.db.read() as connection:
        rows = connection.execute(
            select(col(Tip.id), col(Tip.urgency))
            .where(col(Tip.status) == Status.PREPARED, or_(col(Tip.retry_at).is_(None), col(Tip.retry_at) <= now()))
            .limit(LIMIT)
        )
        return [(row.id, row.urgency) for row in rows]


def _unerased(parts: Parts) -> list[tuple[str, str | None]]:
    moment = now()
    with parts.db.read() as connection:
        # Recordings and files first: a call cannot go before them, nor a message.
        rows = connection.execute(
            select(col(ProviderCopy.id))
            .where(
                col(ProviderCopy.due_at) <= moment,
                col(ProviderCopy.erased_at).is_(None),
                or_(col(ProviderCopy.retry_at).is_(None), col(ProviderCopy.retry_at) <= moment),
            )
            .order_by(case((col(ProviderCopy.kind).in_(_WHOLES), 1), else_=0), col(ProviderCopy.due_at))
            .limit(LIMIT)
        )
        return [(row.id, None) for row in rows]


def _unexplained_calls(parts: Parts) -> list[tuple[str, str | None]]:
    """Calls that ended without a tip: is there a recording nobody told us of?"""
    moment = now()
    before = moment - timedelta(minutes=parts.settings.call_silence_minutes)
    with parts.db.read() as connection:
        rows = connection.execute(
            select(col(ProviderCopy.id))
            .outerjoin(Tip, col(Tip.conversation_key) == col(ProviderCopy.conversation_key))
            .where(
                col(ProviderCopy.kind) == ledger.CALL,
                col(ProviderCopy.due_at).is_(None),
                col(ProviderCopy.heard_at) < before,
                col(Tip.id).is_(None),
                or_(col(ProviderCopy.retry_at).is_(None), col(ProviderCopy.retry_at) <= moment),
            )
            .limit(LIMIT)
        )
        return [(row.id, None) for row in rows]
