"""What is kept of what was written and sent, as tests look at it, and the work on it done to the end.

Never does: stand in for a worker's own parts.
"""

import threading
from collections.abc import Callable
from datetime import timedelta

from models.database import now
from models.message import Attachment, Message
from models.recording import ProviderCopy
from tests.workers.telling import Teller
from workers import jobs
from workers.parts import Parts


def texts(teller: Teller) -> list[str | None]:
    return [one.text for one in sorted(teller.rows(Message), key=lambda one: one.position)]


def attachments(teller: Teller, tip_id: str | None = None) -> list[Attachment]:
    with teller.parts.db.reading() as session:
        place = {message.id: message.position for message in teller.rows(Message)}
        rows = [session.get_one(Attachment, row.id) for row in teller.rows(Attachment)]
    rows = [row for row in rows if tip_id in (None, row.tip_id)]
    return sorted(rows, key=lambda row: (place[row.message_id], row.position))


def states(teller: Teller, tip_id: str | None = None) -> list[str]:
    return [one.status for one in attachments(teller, tip_id)]


def copies(teller: Teller, kind: str) -> list[ProviderCopy]:
    return [one for one in teller.copies() if one.kind == kind]


def work_through(parts: Parts, rounds: int = 40) -> None:
    """Do everything that waits, as the workers of one host would."""
    jobs.use(parts)
    for _ in range(rounds):
        waiting = sorted(parts.jobs.waiting())
        parts.jobs.client.flushall()
        if not waiting:
            return
        for job, subject in waiting:
            getattr(jobs, job.value)(subject)
    raise AssertionError("it goes on for ever")


def until(what: Callable[[], object], seconds: float = 30) -> None:
    end = now() + timedelta(seconds=seconds)
    while not what():
        assert now() < end, "it did not happen"
        threading.Event().wait(0.2)
