"""One worker at a time, on SQLite and PostgreSQL."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.database import Database, hour, now
from models.message import Attachment, Message
from models.tip import Tip
from workers.lease import LeaseLost, claim, claim_file, reclaim
from workers.problems import JobProblem
from workers.queues import Job


@pytest.fixture
def tip(db: Database) -> str:
    tip = Tip(status="received", language="hi", received_hour=hour(now()))
    with db.session() as session:
        session.add(tip)
    return tip.id


def _row(db: Database, tip_id: str) -> Tip:
    with db.reading() as session:
        return session.get_one(Tip, tip_id)


def test_of_many_claims_at_once_one_wins(db: Database, tip: str) -> None:
    gate = threading.Barrier(4)

    def take(_: int) -> bool:
        gate.wait()
        return claim(db, tip, 60) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(4))) == 1


def test_a_lease_that_ran_out_is_taken_over_and_the_late_worker_stores_nothing(db: Database, tip: str) -> None:
    late = claim(db, tip, 1)
    assert late is not None and claim(db, tip, 60) is None
    time.sleep(1.05)
    assert claim(db, tip, 60) is not None
    with pytest.raises(LeaseLost), db.session() as session:
        session.get_one(Tip, tip).category = "stolen"
        late.fence(session)
    assert _row(db, tip).category is None
    late.release()
    assert _row(db, tip).lease is not None
    assert not late.fail(JobProblem("disk_full"))
    assert (_row(db, tip).problem, _row(db, tip).attempts) == (None, 0)


def test_while_a_worker_lives_its_lease_is_renewed(db: Database, tip: str) -> None:
    lease = claim(db, tip, 1)
    assert lease is not None
    with lease:
        time.sleep(1.5)
        lease.check()
        assert claim(db, tip, 60) is None


def test_a_worker_whose_tip_was_taken_notices(db: Database, tip: str) -> None:
    lease = claim(db, tip, 1)
    assert lease is not None
    with db.session() as session:
        session.get_one(Tip, tip).lease = "another"
    with lease:
        time.sleep(0.6)
        with pytest.raises(LeaseLost):
            lease.check()


def test_the_lease_of_a_dead_process_ends_at_once(db: Database, tip: str) -> None:
    assert claim(db, tip, 600) is not None
    assert reclaim(db, 1) == []
    assert reclaim(db, os.getpid()) == [(Job.PREPARE_TIP, tip)]
    assert (_row(db, tip).problem, _row(db, tip).attempts) == ("worker_died", 1)
    assert claim(db, tip, 600) is not None
    assert reclaim(db, os.getpid()) == []  # the second time it waits for its hour, like any failure
    assert _row(db, tip).lease is None and _row(db, tip).attempts == 2


def test_a_file_is_leased_by_itself_and_its_tip_stays_free(db: Database, tip: str) -> None:
    message = Message(tip_id=tip, position=1, language="hi")
    file = Attachment(tip_id=tip, message_id=message.id, position=0, status="later")
    with db.session() as session:
        for row in (message, file):
            session.add(row)
            session.flush()
    assert claim_file(db, file.id, 600) is not None and claim_file(db, file.id, 600) is None
    assert claim(db, tip, 600) is not None
    assert sorted(reclaim(db, os.getpid())) == sorted([(Job.PREPARE_TIP, tip), (Job.PREPARE_FILE, file.id)])
    with db.session() as session:
        row = session.get_one(Attachment, file.id)
        assert (row.problem, row.attempts, row.lease) == ("worker_died", 1, None)
        row.status = "held"
    assert claim_file(db, file.id, 600) is None  # nobody has asked for it
