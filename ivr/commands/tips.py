"""`./hotline tips`: tips as rows, anonymised.

Never does: show a reference code, anything of the provider's, a time finer than the hour, or what would know a file
again on somebody's telephone (its checksum, its exact size).
"""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from ivr.exhibits import megabytes
from models.database import Database
from models.lifecycle import Status
from models.message import Attachment, Message
from models.recording import Recording, Transcript
from models.tip import Routing, Tip
from settings import Settings

_SHOWN = (
    "id", "status", "channel", "language", "category", "urgency", "pin_code", "district", "station", "follow_up",
    "problem",
)  # fmt: skip


def rows(settings: Settings, status: str | None = None) -> list[dict[str, Any]]:
    """Tips, oldest hour first: what is known by keys, the offices that see them, the anonymised words of each take and
    message, and what files came along."""
    db = Database(settings.database)
    wanted = select(Tip).where(col(Tip.status) != Status.DISCARDED.value)
    if status:
        wanted = wanted.where(col(Tip.status) == status)
    with db.reading() as session:
        found = []
        for tip in session.scalars(wanted.order_by(col(Tip.received_hour), col(Tip.id))):
            row: dict[str, Any] = {name: getattr(tip, name) for name in _SHOWN}
            row["received_hour"] = tip.received_hour.isoformat()
            routing = session.scalars(select(Routing).where(col(Routing.tip_id) == tip.id).order_by(col(Routing.unit)))
            row["units"] = {one.unit: one.role for one in routing}
            words = session.scalars(
                select(Transcript)
                .join(Recording, col(Recording.id) == col(Transcript.recording_id))
                .where(col(Transcript.tip_id) == tip.id)
                .order_by(col(Recording.take))
            )
            row["transcripts"] = [
                {
                    "language": one.language, "chosen_language": one.chosen_language or one.language,
                    "model": one.model, "confidence": one.confidence, "text": one.text,
                }
                for one in words
            ]  # fmt: skip
            row["messages"] = _messages(session, tip.id)
            found.append(row)
    db.dispose()
    return found


def _messages(session: Session, tip_id: str) -> list[dict[str, Any]]:
    """The messages of a tip in order: language, text (None: not prepared), files (facts, never a name in the vault)."""
    written = session.scalars(select(Message).where(col(Message.tip_id) == tip_id).order_by(col(Message.position)))
    files = session.scalars(
        select(Attachment).where(col(Attachment.tip_id) == tip_id).order_by(col(Attachment.position))
    )
    of_message: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        facts = {name: getattr(file, name) for name in ("kind", "status", "reason", "seconds", "place")}
        facts["megabytes"] = megabytes(file.size)  # 0: under one
        of_message.setdefault(file.message_id, []).append(facts)
    return [{"language": one.language, "text": one.text, "files": of_message.get(one.id, [])} for one in written]


def table(found: list[dict[str, Any]]) -> str:
    """The rows for people: one line a tip, without its words."""
    lines = [f"{'received (UTC)':<16} {'status':<10} {'lang':<4} {'category':<24} {'where':<10} with"]
    for row in found:
        where = row["station"] or row["district"] or row["pin_code"] or "-"
        units = ", ".join(row["units"]) or (f"stuck: {row['problem']}" if row["problem"] else "-")
        lines.append(
            f"{row['received_hour'][:13].replace('T', ' '):<13} h  {row['status']:<10} {row['language']:<4} "
            f"{row['category'] or '-':<24} {where:<10} {units}"
        )
    return "\n".join(lines if found else ["no tips"])
