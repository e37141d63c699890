"""What is ours and has been kept long enough is destroyed: sound, files, words, contacts, pseudonym keys, ledger rows.

An original goes before the row that names it: if the second step fails, the next run does both again. Of a tip that is
emptied the names are written down (`Doomed`) in the transaction that deletes its rows, and then destroyed. What needs
the database alone goes first, and a media store that refuses holds up no other part.
Never does: touch a tip that is still owed work, or anything at the provider (forget does).
"""

import logging
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select, update
from sqlmodel import col

from models.calendar import week_of
from models.database import now
from models.lifecycle import Status
from models.message import OWED, QUARANTINED, READY, WAITING, Attachment, Conversation, Message
from models.officer import THROWN_AWAY, Attempt, DayKey, Trail
from models.question import Asked
from models.recording import Doomed, ProviderCopy, Recording, Transcript
from models.tip import Contact, Tip
from workers import count
from workers.forget import ORPHAN_DAYS
from workers.parts import Parts
from workers.strays import BATCH, OBJECTS, destroy_doomed, destroy_strays
from workers.unannounced import DAYS as MESSAGE_DAYS

log = logging.getLogger(__name__)

# For so long the provider is searched for what no webhook told of, and what is erased, or told already, must be known
# again. After it no row says any more which call, or whose recording, a tip was.
LEDGER_DAYS = max(ORPHAN_DAYS, MESSAGE_DAYS) + 1
EMPTY_WITH_CODE = timedelta(days=40)
CONTACTS = timedelta(days=30)  # after routing: nothing calls back yet, and a number is not kept for nobody
# Evidence only beside the sealed original: later it would prove on a suspect's telephone who sent the file.
_OF_ORIGINAL: dict[type[Recording] | type[Attachment], dict[str, Any]] = {
    Recording: {"sha256": ""}, Attachment: {"sha256": None, "size": None},
}  # fmt: skip
PSEUDONYMS_OVERLAP = timedelta(hours=2)  # past midnight, for which yesterday's pseudonyms still mean somebody
_OWED = (Status.TELLING, Status.RECEIVED)
_CLOSING = ("close", "late_take")  # what was added after the closing has its own days


def run(parts: Parts) -> dict[str, int]:
    """All of it once; how many of each were destroyed. When every part had its turn, raises the first one's fault."""
    done: dict[str, int] = {}
    first: Exception | None = None
    for what, part in (
        ("small_things", forget_small_things),
        ("originals", destroy_originals),
        ("closed_tips", empty_closed_tips),
        ("strays", destroy_strays),
    ):
        try:
            done[what] = part(parts)
        except Exception as fault:
            log.warning("retention of %s: %s", what.replace("_", " "), type(fault).__name__)
            first = first or fault
    parts.db.forget_log()
    if first is not None:
        raise first
    return done


def destroy_originals(parts: Parts) -> int:
    """Sealed originals of prepared tips older than keep_original_days: sound, files, messages as they were written; and
    their checksums, which are evidence only beside them.

    Of a file that is not prepared there is nothing but its original: it goes with its tip.
    """
    before = now() - timedelta(days=parts.settings.keep_original_days)
    old = (col(Tip.status).not_in(_OWED), col(Tip.received_hour) < before)
    with parts.db.begin() as connection:
        written = select(col(Message.id)).join(Tip, col(Tip.id) == col(Message.tip_id))
        sealed = written.where(col(Message.sealed).is_not(None), col(Message.text).is_not(None), *old).limit(BATCH)
        destroyed = connection.execute(update(Message).where(col(Message.id).in_(sealed)).values(sealed=None)).rowcount
    is_opened = col(Attachment.status).in_((READY, QUARANTINED))
    # A voice note may be added to a tip of any age: until it is heard there is nothing but its original.
    is_heard = select(col(Transcript.recording_id)).where(col(Transcript.recording_id) == col(Recording.id)).exists()
    is_note = select(col(Attachment.id)).where(col(Attachment.recording_id) == col(Recording.id)).exists()
    for table, done in ((Recording, (is_heard | ~is_note,)), (Attachment, (is_opened,))):
        with parts.db.read() as connection:
            rows = connection.execute(
                select(col(table.id), col(table.original))
                .join(Tip, col(Tip.id) == col(table.tip_id))
                .where(col(table.original).is_not(None), *old, *done)
                .limit(BATCH)
            ).all()
        for row in rows:
            parts.vault.destroy(row.original)
        with parts.db.begin() as connection:
            gone = update(table).where(col(table.id).in_([row.id for row in rows]))
            connection.execute(gone.values(original=None, **_OF_ORIGINAL[table]))
        destroyed += len(rows)
    return destroyed


def empty_closed_tips(parts: Parts) -> int:
    """Content of tips closed, and not added to, for longer than keep_closed_days, with what officers wrote on them; the
    tip's row stays, for its reference code's sake."""
    before = now() - timedelta(days=parts.settings.keep_closed_days)
    closed = (
        select(col(Trail.tip_id)).where(col(Trail.what).in_(_CLOSING)).group_by(col(Trail.tip_id))
        .having(func.max(col(Trail.at)) < before)
    )  # fmt: skip
    has_content = or_(
        *(select(col(table.id)).where(col(table.tip_id) == col(Tip.id)).exists() for table in (Recording, Message)),
        select(col(Trail.id)).where(col(Trail.tip_id) == col(Tip.id), col(Trail.note).is_not(None)).exists(),
    )
    is_owed = or_(
        select(col(Message.id)).where(
            col(Message.tip_id) == col(Tip.id), col(Message.text).is_(None), col(Message.sealed).is_not(None)
        ).exists(),
        select(col(Attachment.id)).where(
            col(Attachment.tip_id) == col(Tip.id), col(Attachment.status).in_((WAITING, *OWED))
        ).exists(),
    )  # fmt: skip
    done_with = select(col(Tip.id)).where(
        col(Tip.status) == Status.CLOSED, col(Tip.id).in_(closed), has_content, ~is_owed
    )
    refused = _destroyed(parts)  # left by a run that was killed
    with parts.db.read() as connection:
        ids = connection.scalars(done_with.limit(BATCH)).all()
    emptied = 0
    for tip_id in ids:
        with parts.db.begin() as connection:
            # It may be open again by now, or closed anew: then nothing of it is lost.
            if connection.scalar(done_with.where(col(Tip.id) == tip_id).with_for_update(of=Tip)) is None:
                continue
            _empty(parts, connection, tip_id)
        # Words go even while the media store refuses; once it has, it is not asked again for each tip.
        refused = refused or _destroyed(parts)
        emptied += 1
    if refused is not None:
        raise refused
    return emptied


def _destroyed(parts: Parts) -> Exception | None:
    try:
        destroy_doomed(parts)
    except Exception as fault:
        return fault
    return None


def _empty(parts: Parts, connection: Connection, tip_id: str) -> None:
    """Its words and the rows of its objects go at once; what those named is doomed."""
    names = {
        name
        for table, columns in OBJECTS
        for row in connection.execute(select(*columns).where(col(table.tip_id) == tip_id))
        for name in row
        if name
    }
    if names:
        connection.execute(parts.db.insert_once(Doomed).values([{"name": name} for name in sorted(names)]))
    for table in (Attachment, Message, Recording):
        connection.execute(delete(table).where(col(table.tip_id) == tip_id))
    connection.execute(delete(Asked).where(col(Asked.tip_id) == tip_id))
    # Officers quote the tip in what they write. Who did what, and when, stays.
    connection.execute(update(Trail).where(col(Trail.tip_id) == tip_id).values(note=None))
    # Where an officer said of which kind it is, the mark alone tells that somebody complained about police since then:
    # like the kind it stays, or what is added later would go to the station.
    marked = col(Tip.accuses) & (func.coalesce(col(Tip.category_by), "") == "officer")
    connection.execute(update(Tip).where(col(Tip.id) == tip_id).values(pin_code=None, station=None, accuses=marked))


def forget_small_things(parts: Parts) -> int:
    """Contacts of tips closed, or routed a month ago; keys and pseudonyms of earlier days; ledger rows, empty tips and
    conversations' keys long done with."""
    moment = now()
    # A conversation in writing that began before midnight may go on after it.
    today, long_ago = (moment - PSEUDONYMS_OVERLAP).date(), moment - timedelta(days=LEDGER_DAYS)
    closed = select(col(Tip.id)).where(col(Tip.status).in_((Status.CLOSED, Status.DISCARDED)))
    routed = select(col(Trail.tip_id)).where(col(Trail.what) == "route", col(Trail.at) < moment - CONTACTS)
    with parts.db.begin() as connection:
        results = [
            connection.execute(
                delete(Contact).where(or_(col(Contact.tip_id).in_(closed), col(Contact.tip_id).in_(routed)))
            ),
            connection.execute(delete(DayKey).where(col(DayKey.day) < today)),
            connection.execute(delete(Attempt).where(col(Attempt.day) < today)),
            connection.execute(delete(ProviderCopy).where(col(ProviderCopy.erased_at) < long_ago)),
            connection.execute(
                update(Tip)
                .where(col(Tip.conversation_key).is_not(None), col(Tip.status).not_in(_OWED), *_done_with(long_ago))
                .values(conversation_key=None)
            ),
        ]
        empty = _forget_empty_tips(connection, moment, long_ago)
    return sum(result.rowcount for result in results) + empty


def _forget_empty_tips(connection: Connection, moment: datetime, long_ago: datetime) -> int:
    """Tips without content: in the same moment as the row goes its week counts one more, so that it is always counted
    once, by the one or by the other."""
    gone = connection.scalars(
        delete(Tip)
        .where(
            col(Tip.status) == Status.DISCARDED,
            # Whoever was told a code hears for a while that nothing could be heard.
            or_(col(Tip.code_hash).is_(None), col(Tip.received_hour) < moment - EMPTY_WITH_CODE),
            *_done_with(long_ago),
        )
        .returning(col(Tip.received_hour))
    ).all()
    for week, n in sorted(Counter(map(week_of, gone)).items()):
        count.add(connection, THROWN_AWAY, n, day=week)
    return len(gone)


def _done_with(long_ago: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions that no webhook, recording or message of a tip's conversation can come any more."""
    its = col(Tip.conversation_key)
    its_copies = select(col(ProviderCopy.id)).where(col(ProviderCopy.conversation_key) == its)
    unerased = its_copies.where(col(ProviderCopy.erased_at).is_(None)).exists()
    goes_on = select(col(Conversation.id)).where(col(Conversation.id) == its).exists()
    return col(Tip.received_hour) < long_ago, ~unerased, ~goes_on
