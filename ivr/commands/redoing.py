"""`./hotline models redo`: which transcripts are to be made again, and the hand-over to the workers.

Never does: make one itself, or name a tip.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from models.database import Database
from models.lifecycle import Status
from models.recording import Recording, Transcript
from models.tip import Tip
from settings import Settings
from workers import embedded
from workers.outside.speech import LANGUAGES, model_name
from workers.queues import Job, JobQueue, connect


@dataclass(frozen=True)
class Redone:
    """How many transcripts: handed to the workers, without an original, up to date, not taken by the queue."""

    sent: int
    lost: int
    current: int
    unsent: int


def redo_all(settings: Settings) -> Redone:
    """Hand every transcript made with another model than the one in use to the workers, if its original is there."""
    in_use = {language: model_name(settings.model_folder(language))[:80] for language in LANGUAGES}
    db = Database(settings.database)
    with db.read() as connection:
        rows = connection.execute(
            select(
                col(Recording.id), col(Recording.original).is_not(None).label("kept"),
                col(Transcript.language), col(Transcript.model),
            )
            .join(Transcript, col(Transcript.recording_id) == col(Recording.id))
            .join(Tip, col(Tip.id) == col(Recording.tip_id))
            .where(col(Tip.status) != Status.DISCARDED.value)
        ).all()  # fmt: skip
    db.dispose()
    outdated = [row for row in rows if row.model != in_use.get(row.language)]
    wanted = [row.id for row in outdated if row.kept]
    with connect(embedded.url(settings)) as client:
        queue = JobQueue(client)
        waiting = queue.waiting() if wanted else set()
        handed = 0
        for recording_id in wanted:
            if (Job.REDO_TRANSCRIPT, recording_id) in waiting or queue.enqueue(Job.REDO_TRANSCRIPT, recording_id):
                handed += 1
            else:
                break  # the queue does not answer; each further try would wait as long
    return Redone(handed, len(outdated) - len(wanted), len(rows) - len(outdated), len(wanted) - handed)
