"""Exchanges of messages that fell silent are over: what was written is sent on, and the exchange is forgotten.

With the conversation's row goes the last thing that says that two messages came from one telephone.
Never does: answer anybody, or send a tip that somebody may still be writing.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from models.database import hour, now
from models.lifecycle import Status, Who, move
from models.message import Conversation
from models.officer import Trail
from models.tip import Tip
from workers.parts import Parts

VOICE = "voice"
LIMIT = 500


def end_silent_conversations(parts: Parts) -> int:
    """Conversations silent for text_silence_minutes are ended, their tips sent; how many. Safe on several hosts."""
    moment = now()
    before = moment - timedelta(minutes=parts.settings.text_silence_minutes)
    with parts.db.session() as session:
        silent = session.scalars(
            select(Conversation).where(col(Conversation.last_at) < before).limit(LIMIT)
            .with_for_update(skip_locked=True)
        ).all()  # fmt: skip
        for conversation in silent:
            # Not by tip_id: that may be a tip told elsewhere, to which something was attached.
            own = select(Tip).where(col(Tip.conversation_key) == conversation.id).with_for_update()
            for tip in session.scalars(own):
                _send(session, tip, moment)
            session.delete(conversation)
        # A tip whose conversation is gone is waited for by nobody.
        going_on = select(col(Conversation.id)).where(col(Conversation.id) == col(Tip.conversation_key))
        left = select(Tip).where(
            col(Tip.status) == Status.TELLING, col(Tip.channel) != VOICE, col(Tip.last_turn_at) < before,
            ~going_on.exists(),
        )  # fmt: skip
        for tip in session.scalars(left.limit(LIMIT).with_for_update(skip_locked=True)):
            _send(session, tip, moment)
    return len(silent)


def _send(session: Session, tip: Tip, moment: datetime) -> None:
    if tip.status != Status.TELLING:
        return
    tip.status = move(tip.status, "send", Who.CALLER)
    tip.ended_at = moment
    session.add(Trail(tip_id=tip.id, what="send", at=hour(moment)))
