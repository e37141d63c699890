"""The order of things after a call or a message: prepare(tip), then route(tip).

Both may run twice, or at once on two machines, and leave one result: a lease says who works, a fence in the storing
transaction says who may store, and what is already there is not done again. Whatever fails is written into the tip's
row and tried again; nothing is dropped, and no provider copy becomes due before its content is safely ours.
Never does: decide rules (redact, classify and route do), erase at the provider (forget does), or wait.
"""

from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from models.lifecycle import Status
from models.recording import ProviderCopy
from models.secrecy import CannotOpen
from models.tip import Tip
from workers import ledger, reading
from workers.hearing import hear
from workers.lease import Lease, LeaseLost, claim, set_back
from workers.media import purse
from workers.media.bring import bring
from workers.parts import Parts
from workers.problems import PROBLEMS, JobProblem
from workers.rescue import rescue
from workers.routing import route
from workers.storing import Done, MoreTold, is_empty, let_go, store, unheard

__all__ = ["PROBLEMS", "Outcome", "prepare", "problem_of", "route", "send_on"]

_DISK_FULL_WORDS = ("disk is full", "no space left", "disk full", "could not extend file")


@dataclass(frozen=True)
class Outcome:
    """What a job did ("prepared", "found_empty", "nothing", "lost") and how much sound it heard."""

    what: str
    audio_seconds: float = 0.0
    transcription_ms: int = 0


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
            if not lease.fail(problem):
                return Outcome("lost")
            raise problem from None
        except BaseException:
            lease.release()  # asked to stop: the next worker need not wait for the lease to run out
            raise
    if outcome.what == "prepared":
        try:
            send_on(parts, tip_id)
        finally:
            hurry_files(parts, tip_id)  # owed, whatever stands between the tip and its offices
        return outcome
    hurry_files(parts, tip_id)
    return outcome


def send_on(parts: Parts, tip_id: str) -> bool:
    """route(tip); JobProblem, already written into the tip's row, when it must wait."""
    try:
        return route(parts, tip_id)
    except Exception as fault:
        problem = problem_of(fault)
        set_back(parts.db, tip_id, problem)
        raise problem from None


def hurry_files(parts: Parts, tip_id: str) -> None:
    """Send what is owed to a tip's files by themselves into the queue."""
    with parts.db.reading() as session:
        jobs = purse.owed(session, tip_id=tip_id)
    for job, file_id in jobs:
        parts.jobs.enqueue(job, file_id)


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
    done = Done()
    asked = brought = False
    pays: purse.Purse | None = None
    while True:
        with parts.db.reading() as session:
            tip = session.get_one(Tip, lease.row_id)
            takes = unheard(session, tip)
            unread = reading.unread(session, tip)
            earlier = rescue(session, tip, done.heard).unheard
            nothing_told = is_empty(session, tip, done)
            call = ledger.call_of(session, tip)
            known = any(ledger.counts(tip, copy.take) for copy in ledger.recordings(session, tip))
        if not (takes or unread or earlier or done.heard or brought) and tip.status != Status.RECEIVED:
            if tip.status == Status.PREPARED or tip.problem is not None:
                route(parts, lease.row_id)  # what stood in the way may have stood between the tip and its offices
            let_go(parts, lease)
            return Outcome("nothing")
        if not known and not asked:
            asked = True
            if _ask_provider(parts, call):
                continue
        for message_id in unread.messages:
            if message_id not in done.read:
                done.read[message_id] = reading.read(parts, message_id)
        if unread.files:
            pays = pays or _purse(parts, tip, is_told=bool(takes or unread.messages))
            for attachment_id in unread.files:
                bring(parts, lease, attachment_id, pays)
            brought = True
            continue  # what was a voice note among them is a recording now
        ahead = [copy for copy in takes if copy.take not in done.heard] or ([earlier] if earlier else [])
        notes = [note for note in unread.notes if note.take not in done.heard]
        for copy in ahead:
            done.heard[copy.take] = hear(parts, lease, copy.language or tip.language, copy)
        for note in notes:
            done.heard[note.take] = reading.hear_note(parts, note)
        if ahead or notes:
            if all(one.silent for one in done.heard.values()):
                continue  # what was not heard decides what is to be heard next; else storing sees whether more was told
        elif not asked and nothing_told:
            # The silence may be a first try, and the webhooks of the real telling lost: not thrown away unasked.
            asked = True
            if _ask_provider(parts, call):
                continue
        try:
            what = store(parts, lease, done)
        except MoreTold:
            continue
        return Outcome(
            what,
            sum(one.seconds for one in done.heard.values()),
            sum(one.transcription_ms for one in done.heard.values()),
        )


def _purse(parts: Parts, tip: Tip, *, is_told: bool) -> purse.Purse:
    """What may be spent on files before the words are stored. Without a speech model, or while the provider hands out
    no file, what is told goes on alone; a tip that is nothing but a voice note waits for both, and is seen to wait."""
    with parts.db.reading() as session:
        left = 60 * parts.settings.max_media_minutes - purse.spent(session, tip.id)
    return purse.Purse(
        min(purse.AT_ONCE_SECONDS, left),
        sounds=parts.ears.are_open or not is_told,
        insists=not is_told or tip.attempts < purse.HICCUPS,
    )


def _ask_provider(parts: Parts, call: ProviderCopy | None) -> bool:
    """Look for recordings of a call of which no webhook reached us; True when something new was found."""
    if call is None or call.sid is None:
        return False
    found = [one for one in parts.telephony.recordings_of_call(call.sid) if ledger.has_sound(one)]
    return ledger.adopt(parts.db, parts.keys, call.sid, found) is not None
