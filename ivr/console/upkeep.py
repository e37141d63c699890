"""Work that stands still: stuck tips, copies at the provider that should be gone, silent background parts.

Never does: load anything of a tip's content, category or place; mend by itself ("try again" only hands the tip to
the workers once more).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from ivr.casework import TIP, TRAIL, AnyRow, NotThere
from ivr.exhibits import FILE
from ivr.parts import Parts
from models.database import Database, now
from models.lifecycle import Status
from models.message import OWED
from models.officer import Beat, Officer
from models.recording import ProviderCopy
from models.recording import overdue as is_overdue
from models.tip import stuck as is_stuck
from workers.queues import Job

COPY = ProviderCopy.__table__  # type: ignore[attr-defined]
BEAT = Beat.__table__  # type: ignore[attr-defined]
AT_MOST = 200  # rows of one page; more stuck tips than these have one cause

# With a tip that officers have already something is stuck that was added: that is to be prepared.
_JOB = {Status.RECEIVED.value: Job.PREPARE_TIP, Status.PREPARED.value: Job.ROUTE_TIP}


@dataclass(frozen=True)
class Upkeep:
    """What an administrator sees. `stuck` rows: id, status, problem, problem_detail, attempts, retry_at.
    `files` rows: problem, n, of files that are prepared by themselves.
    `waiting`: tips without a problem that are not with an office yet. `overdue` rows: kind, n, problem.
    `beats` rows: part, at."""

    stuck: Sequence[AnyRow]
    files: Sequence[AnyRow]
    waiting: int
    overdue: Sequence[AnyRow]
    beats: Sequence[AnyRow]


def count_stuck(db: Database) -> int:
    """How many tips are stuck, anywhere."""
    with db.read() as connection:
        return int(connection.execute(select(func.count()).select_from(TIP).where(is_stuck())).scalar_one())


def look(db: Database, overdue_hours: int) -> Upkeep:
    """Everything that stands still."""
    with db.read() as connection:
        stuck = connection.execute(
            select(TIP.c.id, TIP.c.status, TIP.c.problem, TIP.c.problem_detail, TIP.c.attempts, TIP.c.retry_at)
            .where(is_stuck())
            .order_by(TIP.c.problem, TIP.c.retry_at, TIP.c.id)
            .limit(AT_MOST)
        ).all()
        files = connection.execute(
            select(FILE.c.problem, func.count().label("n"))
            .where(FILE.c.status.in_(OWED) & FILE.c.problem.is_not(None))
            .group_by(FILE.c.problem)
            .order_by(func.count().desc(), FILE.c.problem)
        ).all()
        waiting = connection.execute(
            select(func.count()).select_from(TIP).where(TIP.c.status.in_(_JOB) & TIP.c.problem.is_(None))
        ).scalar_one()
        overdue = connection.execute(
            select(COPY.c.kind, COPY.c.problem, func.count().label("n"))
            .where(is_overdue(overdue_hours))
            .group_by(COPY.c.kind, COPY.c.problem)
            .order_by(func.count().desc(), COPY.c.kind)
        ).all()
        # Rows with a dot are the parts' own business: whose turn it is, with which models.
        ours = ~BEAT.c.part.contains(".")
        beats = connection.execute(select(BEAT.c.part, BEAT.c.at).where(ours).order_by(BEAT.c.part)).all()
    return Upkeep(stuck, files, int(waiting), overdue, beats)


def try_again(of: Parts, officer: Officer, tip_id: str, at: datetime | None = None) -> None:
    """Let the workers try a stuck tip at once. NotThere when it is not stuck (any more)."""
    with of.db.begin() as connection:
        tip = connection.execute(
            update(TIP)
            .where((TIP.c.id == tip_id) & is_stuck())
            .values(retry_at=at or now())
            .returning(TIP.c.status, TIP.c.urgency)
        ).first()
        if tip is None:
            raise NotThere
        connection.execute(insert(TRAIL).values(at=now(), tip_id=tip_id, officer_id=officer.id, what="try_again"))
    of.courier.enqueue(_JOB.get(tip.status, Job.PREPARE_TIP), tip_id, urgency=tip.urgency)
