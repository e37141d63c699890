"""The last telling that can be heard counts when nothing can be heard in what was sent: saying it again must not be
how a tip is lost.

Decided from what is known now, before anything of a call is erased at the provider, and again with whatever becomes
known later: so that the order of webhooks does not matter.
Never does: listen (pipeline has it done), store, or bring back what the caller threw away.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from models.lifecycle import Status
from models.recording import ProviderCopy, Recording, Transcript
from models.tip import Tip
from workers import ledger
from workers.hearing import Heard


@dataclass(frozen=True)
class Rescue:
    """`take` counts after all; or `unheard` must be listened to before that can be said. Neither: all is well, or
    there is nothing to go back to."""

    take: int | None = None
    unheard: ProviderCopy | None = None


def rescue(session: Session, tip: Tip, heard: Mapping[int, Heard]) -> Rescue:
    """Which earlier take is to be gone back to. `heard`: what was listened to just now, and is not stored yet."""
    silent = _stored(session, tip) | {take: one.silent and not one.words for take, one in heard.items()}
    takes = ledger.recordings(session, tip)
    counting = [copy for copy in takes if ledger.counts(tip, copy.take)]
    # What counts and was not listened to yet may hold everything: it comes first.
    if any(not silent.get(copy.take, copy.erased_at is not None) for copy in counting):
        return Rescue()
    for copy in reversed(takes):
        if not tip.discarded_take < copy.take < tip.sent_take or silent.get(copy.take):
            continue
        if copy.take in silent:
            return Rescue(take=copy.take)
        # Past preparing, what is due was decided about, and may be gone in the next moment.
        if copy.erased_at is None and (copy.due_at is None or tip.status == Status.RECEIVED):
            return Rescue(unheard=copy)
    return Rescue()


def is_told(session: Session, tip: Tip) -> bool:
    """Whether any stored take that was not thrown away has words in it."""
    return any(not silent for take, silent in _stored(session, tip).items() if take > tip.discarded_take)


def _stored(session: Session, tip: Tip) -> dict[int, bool]:
    """Of each stored take whether it is silent: of what was heard earlier only its words are known."""
    stored = session.execute(
        select(col(Recording.take), col(Transcript.words))
        .join(Transcript, col(Transcript.recording_id) == col(Recording.id))
        .where(col(Recording.tip_id) == tip.id)
    )
    return {take: not words for take, words in stored}
