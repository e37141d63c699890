"""What officers do with a tip: open it, move it on, listen (with its files: see evidence).

Every look at content and every move leaves a row in the trail. What an officer may not see is `NotThere`, exactly as
if it did not exist.
Never does: answer a browser, load a reference code, or show an exact time of a call.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from ivr import exhibits
from ivr.console.access import NEEDS_NOTE, Sight, moves_open_to, opens_by_reading, sight
from ivr.parts import Parts
from models.database import now
from models.lifecycle import Move, MoveRefused, Status, Who
from models.lifecycle import move as status_after
from models.officer import ADDED, Officer, Trail
from models.recording import Recording, Transcript
from models.tip import Contact, Routing, Tip

LONGEST_NOTE = 2000
SAME_LOOK = timedelta(minutes=10)  # an officer who looks again so soon is still looking

LOOKS = ("open", "read")  # in the trail: an officer saw what was told

TIP = Tip.__table__  # type: ignore[attr-defined]
ROUTING = Routing.__table__  # type: ignore[attr-defined]
RECORDING = Recording.__table__  # type: ignore[attr-defined]
TRANSCRIPT = Transcript.__table__  # type: ignore[attr-defined]
TRAIL = Trail.__table__  # type: ignore[attr-defined]
OFFICER = Officer.__table__  # type: ignore[attr-defined]
CONTACT = Contact.__table__  # type: ignore[attr-defined]

# Everything of a tip an officer may see. The reference code's hash and the working times are not among it.
SHOWN = (
    TIP.c.id, TIP.c.status, TIP.c.channel, TIP.c.language, TIP.c.received_hour, TIP.c.category, TIP.c.category_by,
    TIP.c.urgency, TIP.c.pin_code, TIP.c.district, TIP.c.station, TIP.c.place_by, TIP.c.follow_up,
)  # fmt: skip
# The takes that count: not thrown away, not told again unless it was told in vain (as workers.ledger.counts).
COUNTING = (RECORDING.c.take > TIP.c.discarded_take) & (
    (RECORDING.c.take >= TIP.c.sent_take) | (RECORDING.c.take == TIP.c.rescued_take)
)


AnyRow = Row[*tuple[Any, ...]]


class NotThere(LookupError):
    """There is no such thing for this officer."""


class NoteMissing(ValueError):
    """This move needs words."""


class Overtaken(Exception):
    """Somebody else moved the tip since the officer saw it."""


@dataclass(frozen=True)
class Take:
    """One telling of the call: its words as of models.recording.Transcript, and whether there is sound to hear.
    `seconds`: of what is heard, the disguised copy, in tens (0: not known)."""

    recording_id: str
    seconds: float
    has_sound: bool
    language: str | None
    chosen_language: str | None
    model: str | None
    confidence: float
    words: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class OpenTip:
    """A tip as an officer sees it. `tip` has the columns of SHOWN; `others`: (unit, role) of everybody who has it."""

    tip: AnyRow
    role: str
    takes: tuple[Take, ...]
    letters: tuple[exhibits.Letter, ...]
    others: tuple[tuple[str, str], ...]
    moves: tuple[Move, ...]
    trail: Sequence[AnyRow]


def open_tip(of: Parts, officer: Officer, tip_id: str) -> OpenTip:
    """A tip with its content; an acting unit's first look moves it to "opened". NotThere if it is not theirs."""
    with of.db.begin() as connection:
        tip, role = tip_of(connection, officer, tip_id)
        if opens_by_reading(tip.status, role) and _set_status(connection, tip, "open"):
            note_down(connection, officer, tip_id, "open")
        else:
            note_look(connection, officer, tip_id, "read")
        tip, role = tip_of(connection, officer, tip_id)
        takes, letters = _takes(connection, tip_id), exhibits.letters_of(connection, tip_id)
        others = connection.execute(
            select(ROUTING.c.unit, ROUTING.c.role).where(ROUTING.c.tip_id == tip_id).order_by(ROUTING.c.unit)
        ).all()
        # Rows of the system are left out: their times would say when the call was.
        trail = connection.execute(
            select(TRAIL.c.at, TRAIL.c.what, TRAIL.c.note, OFFICER.c.name, OFFICER.c.unit)
            .select_from(TRAIL.join(OFFICER, OFFICER.c.id == TRAIL.c.officer_id))
            .where(TRAIL.c.tip_id == tip_id)
            .order_by(TRAIL.c.id)
        ).all()
    return OpenTip(
        tip=tip,
        role=role,
        takes=takes,
        letters=letters,
        others=tuple((unit, unit_role) for unit, unit_role in others),
        moves=tuple(_moves(of, officer, tip, role)),
        trail=trail,
    )


def move_tip(of: Parts, officer: Officer, tip_id: str, name: str, seen: str, note: str = "") -> Status:
    """Make a named move on a tip that the officer saw in status `seen`, and return the new status.

    NotThere: not theirs; MoveRefused: not theirs to make, or not from here; NoteMissing; Overtaken: it has moved on.
    """
    note = note.strip()[:LONGEST_NOTE]
    with of.db.begin() as connection:
        tip, role = tip_of(connection, officer, tip_id)
        if tip.status != seen:
            raise Overtaken
        if name not in [move.name for move in _moves(of, officer, tip, role)]:
            raise MoveRefused(f"{role} cannot {name} a tip that is {tip.status}")
        if name in NEEDS_NOTE and not note:
            raise NoteMissing(name)
        if not _set_status(connection, tip, name):
            raise Overtaken
        note_down(connection, officer, tip_id, name, note or None)
        target = status_after(tip.status, name, Who.OFFICER)
        if target is Status.CLOSED:
            connection.execute(delete(CONTACT).where(CONTACT.c.tip_id == tip_id))
    return target


def _moves(of: Parts, officer: Officer, tip: AnyRow, role: str) -> list[Move]:
    return moves_open_to(tip.status, role, at_station=officer.unit in of.catalogue.stations)


def listen(of: Parts, officer: Officer, recording_id: str) -> bytes:
    """The sound officers may hear (WAV bytes). NotThere if it is not theirs, or no longer kept."""
    with of.db.begin() as connection:
        take = connection.execute(
            select(RECORDING.c.tip_id, RECORDING.c.listening)
            .select_from(RECORDING.join(TIP, TIP.c.id == RECORDING.c.tip_id))
            .where((RECORDING.c.id == recording_id) & COUNTING)
        ).first()
        if take is None or take.listening is None:
            raise NotThere
        tip_of(connection, officer, take.tip_id)
        note_look(connection, officer, take.tip_id, "listen")
    return of.vault.listening(take.listening)


def tip_of(connection: Connection, officer: Officer, tip_id: str) -> tuple[AnyRow, str]:
    """The tip and the role in which the officer's unit has it, or NotThere."""
    row = connection.execute(
        select(*SHOWN, ROUTING.c.role)
        .select_from(TIP.join(ROUTING, ROUTING.c.tip_id == TIP.c.id))
        .where((TIP.c.id == tip_id) & (ROUTING.c.unit == officer.unit))
    ).first()
    if row is None or sight(row.status, row.role) is Sight.NONE:
        raise NotThere
    return row, str(row.role)


def _takes(connection: Connection, tip_id: str) -> tuple[Take, ...]:
    """The takes that count, in the order they were told."""
    recordings = RECORDING.join(TIP, TIP.c.id == RECORDING.c.tip_id)
    heard = TRANSCRIPT.c.recording_id == RECORDING.c.id
    rows = connection.execute(
        select(
            RECORDING,
            TRANSCRIPT.c.language,
            TRANSCRIPT.c.chosen_language,
            TRANSCRIPT.c.model,
            TRANSCRIPT.c.confidence,
            TRANSCRIPT.c.words,
        )
        .select_from(recordings.outerjoin(TRANSCRIPT, heard))
        .where((RECORDING.c.tip_id == tip_id) & COUNTING)
        .order_by(RECORDING.c.take)
    ).all()
    return tuple(
        Take(
            recording_id=row.id,
            seconds=row.seconds,
            has_sound=row.listening is not None,
            language=row.language,
            chosen_language=row.chosen_language,
            model=row.model,
            confidence=row.confidence or 0.0,
            words=row.words or [],
        )
        for row in rows
    )


def _set_status(connection: Connection, tip: AnyRow, name: str) -> bool:
    """Make the move if the tip still stands where it was seen; False if somebody was quicker."""
    moved = update(TIP).where((TIP.c.id == tip.id) & (TIP.c.status == tip.status))
    return connection.execute(moved.values(status=status_after(tip.status, name, Who.OFFICER).value)).rowcount == 1


def note_down(connection: Connection, officer: Officer, tip_id: str, what: str, note: str | None = None) -> None:
    """A row of the trail."""
    connection.execute(insert(TRAIL).values(at=now(), tip_id=tip_id, officer_id=officer.id, what=what, note=note))


def note_look(connection: Connection, officer: Officer, tip_id: str, what: str) -> None:
    """A look at content, noted once while the officer keeps looking (a player asks for sound piece by piece), and
    again when something was added."""
    since: datetime = now() - SAME_LOOK
    recent = connection.scalar(
        select(func.max(TRAIL.c.id))
        .where((TRAIL.c.tip_id == tip_id) & (TRAIL.c.officer_id == officer.id) & (TRAIL.c.at > since))
        .where(TRAIL.c.what.in_(LOOKS if what == "read" else (what,)))
    )
    added = connection.scalar(select(func.max(TRAIL.c.id)).where((TRAIL.c.tip_id == tip_id) & (TRAIL.c.what == ADDED)))
    if recent is None or recent < (added or 0):
        note_down(connection, officer, tip_id, what)
