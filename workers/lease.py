"""A tip belongs to one worker at a time: an atomic lease on its row, renewed while the worker lives.

What a worker stores is fenced: a worker that lost its lease (it hung, its clock stood still) stores nothing.
Never does: work on the tip, or hold the lease of a worker that is gone (it runs out, or reclaim() ends it).
"""

import os
import secrets
import threading
from datetime import timedelta
from types import TracebackType

from sqlalchemy import Connection, CursorResult, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from models.database import Database, now
from models.lifecycle import Status
from models.tip import Tip
from workers.problems import JobProblem, pause

_CREW = secrets.token_hex(4)  # made in the parent before it forks: which process holds a lease, on which host


class LeaseLost(Exception):
    """Another worker holds the tip now."""


class Lease:
    """One worker's hold on one tip. As a context it renews itself in a thread until left."""

    def __init__(self, db: Database, tip_id: str, token: str, seconds: int) -> None:
        self.tip_id = tip_id
        self._db, self._token, self._seconds = db, token, seconds
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
            update(Tip).where(col(Tip.id) == self.tip_id, col(Tip.lease) == self._token).values(lease_until=self._end())
        )
        if not isinstance(held, CursorResult) or held.rowcount != 1:
            raise LeaseLost

    def check(self) -> None:
        """Between steps: LeaseLost when the renewing thread found the tip in other hands."""
        if self._lost.is_set():
            raise LeaseLost

    def release(self) -> None:
        """Give the tip back undone; at once free for others."""
        with self._db.begin() as connection:
            connection.execute(
                update(Tip)
                .where(col(Tip.id) == self.tip_id, col(Tip.lease) == self._token)
                .values(lease=None, lease_until=None)
            )

    def fail(self, problem: JobProblem) -> None:
        """Give the tip back with a problem, to be tried again after a pause that grows. LeaseLost changes nothing."""
        with self._db.session() as session:
            self.fence(session)
            _set_back(session.get_one(Tip, self.tip_id), problem)

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
    token = f"{_CREW}-{os.getpid()}-{secrets.token_hex(4)}"
    moment = now()
    with db.begin() as connection:
        taken = connection.execute(
            update(Tip)
            .where(
                col(Tip.id) == tip_id,
                col(Tip.status).not_in((Status.TELLING, Status.DISCARDED)),
                or_(col(Tip.lease).is_(None), col(Tip.lease_until) < moment),
            )
            .values(lease=token, lease_until=moment + timedelta(seconds=seconds))
        )
    return Lease(db, tip_id, token, seconds) if taken.rowcount == 1 else None


def reclaim(db: Database, pid: int) -> list[str]:
    """End the leases of a worker of this crew that is known to be dead; the tips that may be tried again at once.

    Its death is written down like any failure: a recording that kills every worker is tried more and more seldom.
    """
    again = []
    with db.session() as session:
        for tip in session.scalars(select(Tip).where(col(Tip.lease).startswith(f"{_CREW}-{pid}-"))):
            if tip.attempts == 0:
                again.append(tip.id)
            _set_back(tip, JobProblem("worker_died"))
    return again


def _set_back(tip: Tip, problem: JobProblem) -> None:
    tip.attempts += 1
    tip.retry_at = now() + timedelta(seconds=pause(tip.attempts))
    tip.problem, tip.problem_detail = problem.code, problem.detail or None
    tip.lease = tip.lease_until = None
