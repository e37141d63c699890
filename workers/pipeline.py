"""The order of things after a call: prepare(tip), then route(tip).

Both may run twice, or at once on two machines, and leave one result: a lease says who works, a fence in the storing
transaction says who may store, and what is already there is not done again. Whatever fails is written into the tip's
row and tried again; nothing is dropped, and no provider copy becomes due before its content is safely ours.
Never does: decide rules (redact, classify and route do), erase at the provider (forget does), or wait.
"""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from models.database import now
from models.lifecycle import Status, Who, move
from models.officer import Trail
from models.recording import ProviderCopy, Recording, Transcript
from models.secrecy import CannotOpen
from models.tip import Contact, Tip
from workers import count, ledger
from workers.hearing import Heard, hear
from workers.lease import Lease, LeaseLost, claim
from workers.parts import Parts
from workers.problems import PROBLEMS, JobProblem
from workers.queues import Job
from workers.routing import route

__all__ = ["PROBLEMS", "Outcome", "prepare", "problem_of", "route"]

_DISK_FULL_WORDS = ("disk is full", "no space left", "disk full", "could not extend file")


@dataclass(frozen=True)
class Outcome:
    """What a job did ("prepared", "found_empty", "nothing", "lost") and how much sound it heard."""

    what: str
    audio_seconds: float = 0.0
    transcription_ms: int = 0


@dataclass(frozen=True)
class _Settled:
    """What the storing transaction decided: sound to destroy here, copies to erase at the provider."""

    what: str
    unwanted: list[str]
    erasable: list[str]


class _MoreTakes(Exception):
    """While we worked, another take of the same conversation became known."""


def prepare(parts: Parts, tip_id: str) -> Outcome:
    """Bring a received tip to prepared (or find it empty). JobProblem, already written down, when it must wait."""
    lease = claim(parts.db, tip_id, parts.settings.lease_seconds)
    if lease is None:
        return Outcome("nothing")
    with lease:
        try:
            outcome = _work(parts, lease)
        except LeaseLost:
            return Outcome("lost")
        except Exception as fault:
            problem = problem_of(fault)
            lease.fail(problem)
            raise problem from None
        except BaseException:
            lease.release()  # asked to stop: the next worker need not wait for the lease to run out
            raise
    if outcome.what == "prepared":
        route(parts, tip_id)
    return outcome


def problem_of(fault: Exception) -> JobProblem:
    """The problem behind an exception, in words without ids or content."""
    if isinstance(fault, JobProblem):
        return fault
    code = getattr(fault, "problem", None)
    if code in PROBLEMS:
        return JobProblem(code, str(fault))
    if isinstance(fault, CannotOpen):
        return JobProblem("key_missing", str(fault))
    if isinstance(fault, DBAPIError):
        full = any(words in str(fault.orig).lower() for words in _DISK_FULL_WORDS)
        return JobProblem("disk_full" if full else "database_unreachable", type(fault.orig).__name__)
    if type(fault).__name__ == "JobTimeoutException":
        return JobProblem("took_too_long")
    return JobProblem("unexpected", _where(fault))


def _where(fault: BaseException) -> str:
    """The kind of a fault and the line it came from; never its text, which may hold what was said."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
    return f"{type(fault).__name__}{place}"


def _work(parts: Parts, lease: Lease) -> Outcome:
    heard: dict[int, Heard] = {}
    asked = False
    while True:
        with parts.db.reading() as session:
            tip = session.get_one(Tip, lease.tip_id)
            takes = _unheard(session, tip)
            call = ledger.call_of(session, tip)
            known = any(ledger.counts(tip, copy.take) for copy in ledger.recordings(session, tip))
        if not takes and tip.status != Status.RECEIVED:
            lease.release()
            return Outcome("nothing")
        if not known and not asked:
            asked = True
            if _ask_provider(parts, call):
                continue
        for copy in takes:
            if copy.take not in heard:
                heard[copy.take] = hear(parts, lease, copy.language or tip.language, copy)
        if not asked and _is_empty(tip, heard):
            # The silence may be a first try, and the webhooks of the real telling lost: not thrown away unasked.
            asked = True
            if _ask_provider(parts, call):
                continue
        try:
            return _store(parts, lease, heard)
        except _MoreTakes:
            continue


def _unheard(session: Session, tip: Tip) -> list[ProviderCopy]:
    """Recordings that count and have no transcript yet."""
    done = set(session.scalars(select(col(Recording.take)).join(Transcript).where(col(Recording.tip_id) == tip.id)))
    return [
        copy
        for copy in ledger.recordings(session, tip)
        if ledger.counts(tip, copy.take) and copy.take not in done and copy.erased_at is None
    ]


def _ask_provider(parts: Parts, call: ProviderCopy | None) -> bool:
    """Look for recordings of a call of which no webhook reached us; True when something new was found."""
    if call is None or call.sid is None:
        return False
    found = [one for one in parts.telephony.recordings_of_call(call.sid) if ledger.has_sound(one)]
    return ledger.adopt(parts.db, parts.keys, call.sid, found) is not None


def _store(parts: Parts, lease: Lease, heard: dict[int, Heard]) -> Outcome:
    """Everything at once, in one transaction: transcripts, status, what may be erased."""
    written: dict[int, str] = {}
    try:
        for take, one in heard.items():
            written[take] = parts.vault.put_listening(one.listening)
        with parts.db.session() as session:
            settled = _settle(session, lease, heard, written)
    except BaseException:
        for name in written.values():
            parts.vault.destroy(name)
        raise
    for name in settled.unwanted:
        parts.vault.destroy(name)
    for copy_id in settled.erasable:
        parts.jobs.enqueue(Job.ERASE_COPY, copy_id)
    return Outcome(
        settled.what,
        sum(one.seconds for one in heard.values()),
        sum(one.transcription_ms for one in heard.values()),
    )


def _settle(session: Session, lease: Lease, heard: dict[int, Heard], written: dict[int, str]) -> _Settled:
    """The storing transaction itself. Raises LeaseLost or _MoreTakes, and then nothing may be committed."""
    lease.fence(session)
    tip = session.get_one(Tip, lease.tip_id)
    copies = ledger.recordings(session, tip)
    if any(copy.take not in heard for copy in _unheard(session, tip)):
        raise _MoreTakes
    what, unwanted = "prepared", []
    if _is_empty(tip, heard):
        what, unwanted = "found_empty", [*written.values(), *_discard(session, tip)]
        count.add(session.connection(), "silent")
    else:
        _prepared(session, tip, heard, written)
    tip.lease = tip.lease_until = tip.retry_at = tip.problem = tip.problem_detail = None
    tip.attempts = 0
    # Superseded and discarded takes go too, unfetched; the call itself goes when they are gone (see forget).
    call = ledger.call_of(session, tip)
    ledger.make_due(session, [copy.id for copy in (*copies, call) if copy is not None])
    left = [copy.id for copy in copies if copy.erased_at is None]
    return _Settled(what, unwanted, left or ([call.id] if call is not None else []))


def _is_empty(tip: Tip, heard: dict[int, Heard]) -> bool:
    told_by_keys = tip.category or tip.pin_code or tip.district or tip.station
    nothing_heard = all(one.silent and not one.words for one in heard.values())
    return tip.status == Status.RECEIVED and not told_by_keys and nothing_heard


def _prepared(session: Session, tip: Tip, heard: dict[int, Heard], written: dict[int, str]) -> None:
    for take, one in heard.items():
        session.add(one.transcript(tip.id))
        session.get_one(Recording, one.recording_id).listening = written[take]
    late = tip.status != Status.RECEIVED  # a take that became known after the tip was prepared
    if not late:
        tip.status = move(tip.status, "prepare", Who.SYSTEM)
    # The trail stays for ever: its time is cut to the hour, or it would tell when the call was.
    session.add(Trail(tip_id=tip.id, what="late_take" if late else "prepare", at=ledger.hour(now())))


def _discard(session: Session, tip: Tip) -> list[str]:
    """Nothing was said: the row stays, so that a late webhook finds it, without content. Names of sound to destroy."""
    recordings = list(session.scalars(select(Recording).where(col(Recording.tip_id) == tip.id)))
    session.execute(delete(Recording).where(col(Recording.tip_id) == tip.id))
    session.execute(delete(Contact).where(col(Contact.tip_id) == tip.id))
    tip.status = move(tip.status, "find_empty", Who.SYSTEM)
    tip.follow_up = tip.last_turn_at = tip.ended_at = None
    session.add(Trail(tip_id=tip.id, what="find_empty", at=ledger.hour(now())))
    return [name for one in recordings for name in (one.original, one.listening) if name]
