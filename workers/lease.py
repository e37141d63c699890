"""A tip, or a file that costs much, belongs to one worker at a time: an atomic lease on its row, renewed while that
worker lives.

What a worker stores is fenced: a worker that lost its lease (it hung, its clock stood still) stores nothing.
Never does: work on the tip or file, or hold the lease of a worker that is gone (it runs out, or reclaim() ends it).
"""

import os
import secrets
import threading
from datetime import timedelta
from types import TracebackType

from sqlalchemy import ColumnElement, Connection, CursorResult, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from models.database import Database, now
from models.lifecycle import Status
from models.message import OWED, Attachment
from models.tip import Tip
from workers.problems import JobProblem, pause
from workers.queues import Job

_CREW = secrets.token_hex(4)  # made in the parent before it forks: which process holds a lease, on which host


class LeaseLost(Exception):
    """Another worker holds the row now, or it is gone."""


class Lease:
    """One worker's hold on one tip or file (`row_id`). As a context it renews itself in a thread until left."""

    def __init__(
        self, db: Database, row_id: str, token: str, seconds: int, table: type[Tip] | type[Attachment] = Tip
    ) -> None:
        self.row_id = row_id
        self._db, self._token, self._seconds = db, token, seconds
        self._table: type[Tip] | type[Attachment] = table
        self._left = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> "Lease":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, _: TracebackType | None) -> None:
        self._left.set()
        self._thread.join(timeout=5)

    def fence(self, session: Session | Connection) -> None:
        """Inside a transaction, before storing: renews and locks the row, or raises LeaseLost."""
        held = session.execute(
            update(self._table)
            .where(col(self._table.id) == self.row_id, col(self._table.lease) == self._token)
            .values(lease_until=self._end())
        )
        if not isinstance(held, CursorResult) or held.rowcount != 1:
            raise LeaseLost

    def check(self) -> None:
        """Between steps: LeaseLost when the renewing thread found the row in other hands."""
        if self._lost.is_set():
            raise LeaseLost

    def release(self, *, settled: bool = False) -> None:
        """Give it back undone; at once free for others. `settled`: nothing is owed to it, nor stands in its way."""
        given_back: dict[str, object] = {"lease": None, "lease_until": None}
        if settled:
            given_back |= {"problem": None, "problem_detail": None, "retry_at": None, "attempts": 0}
        with self._db.begin(durable=False) as connection:
            connection.execute(
                update(self._table)
                .where(col(self._table.id) == self.row_id, col(self._table.lease) == self._token)
                .values(given_back)
            )

    def fail(self, problem: JobProblem) -> bool:
        """Give it back with a problem, to be tried again after a pause that grows. False: it is another worker's by
        now, or gone, and nothing was changed."""
        try:
            with self._db.session() as session:
                self.fence(session)
                of = self._table
                row = session.get_one(Tip, self.row_id) if of is Tip else session.get_one(Attachment, self.row_id)
                _set_back(row, problem)
                row.lease = row.lease_until = None
        except LeaseLost:
            return False
        return True

    def _end(self) -> object:
        return now() + timedelta(seconds=self._seconds)

    def _renew(self) -> None:
        while not self._left.wait(self._seconds / 3):
            try:
                with self._db.begin() as connection:
                    self.fence(connection)
            except LeaseLost:
                self._lost.set()
                return
            except SQLAlchemyError:
                continue  # the next beat may get through; if none does, the lease runs out and the fence holds


def claim(db: Database, tip_id: str, seconds: int) -> Lease | None:
    """Take the tip if nobody holds it and it has been told to its end; None otherwise."""
    return _claim(db, Tip, tip_id, col(Tip.status).not_in((Status.TELLING, Status.DISCARDED)), seconds)


def claim_file(db: Database, file_id: str, seconds: int) -> Lease | None:
    """Take a file that is owed work of its own if nobody holds it; None otherwise."""
    return _claim(db, Attachment, file_id, col(Attachment.status).in_(OWED), seconds)


def is_free(table: type[Tip] | type[Attachment]) -> ColumnElement[bool]:
    """The condition that nobody holds a row."""
    return or_(col(table.lease).is_(None), col(table.lease_until) < now())


def reclaim(db: Database, pid: int) -> list[tuple[Job, str]]:
    """End the leases of a worker of this crew that is known to be dead; the jobs that may be tried again at once.

    Its death is written down like any failure: a recording that kills every worker is tried more and more seldom.
    """
    again: list[tuple[Job, str]] = []
    with db.session() as session:
        for table, job in ((Tip, Job.PREPARE_TIP), (Attachment, Job.PREPARE_FILE)):
            held: list[Tip | Attachment] = list(
                session.scalars(select(table).where(col(table.lease).startswith(f"{_CREW}-{pid}-")))
            )
            again += [(job, row.id) for row in held if row.attempts == 0]
            for row in held:
                _set_back(row, JobProblem("worker_died"))
                row.lease = row.lease_until = None
    return again


def set_back(db: Database, tip_id: str, problem: JobProblem) -> None:
    """Write down what stands in the way of a tip that nobody need hold for it; who holds it goes on."""
    with db.session() as session:
        if (tip := session.get(Tip, tip_id, with_for_update=True)) is not None:
            _set_back(tip, problem)


def try_again(db: Database, problem: str) -> None:
    """What stood in the way of some tips and files is gone: the sweep may send them at once."""
    with db.begin() as connection:
        for table in (Tip, Attachment):
            connection.execute(update(table).where(col(table.problem) == problem).values(retry_at=now()))


def _claim(
    db: Database, table: type[Tip] | type[Attachment], row_id: str, can_be_done: ColumnElement[bool], seconds: int
) -> Lease | None:
    token = f"{_CREW}-{os.getpid()}-{secrets.token_hex(4)}"
    with db.begin(durable=False) as connection:  # a power cut ends the work, too
        taken = connection.execute(
            update(table)
            .where(col(table.id) == row_id, can_be_done, is_free(table))
            .values(lease=token, lease_until=now() + timedelta(seconds=seconds))
        )
    return Lease(db, row_id, token, seconds, table) if taken.rowcount == 1 else None


def _set_back(row: Tip | Attachment, problem: JobProblem) -> None:
    row.attempts += 1
    row.retry_at = now() + timedelta(seconds=pause(row.attempts))
    row.problem, row.problem_detail = problem.code, problem.detail or None
