"""What officers ask of an informant: questions of a fixed list, put to whoever asks about the tip by its code.

Who may report on a tip may ask; asking and taking back leave rows in the trail. What was asked is seen by everybody who
has the tip. Never does: send anything to anybody, take words of an officer's own, show the day on which a question was
heard before it is over, or that one is answered before the answer is prepared: who waits for it must not learn when the
informant calls.
"""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from ivr.answers import QUESTION
from ivr.casework import ROUTING, TIP, AnyRow, NotThere, note_down, tip_of
from ivr.console.access import ACTING, Sight, may_ask, sight
from ivr.console.coarse import indian
from ivr.message_writes import ATTACHMENT, MESSAGE
from ivr.parts import Parts
from models.database import now
from models.message import OWED, WAITING
from models.officer import Officer
from models.question import ANSWERED, ASKED, HEARD, MOST_OPEN, OPEN, WITHDRAWN

_NUMBER = re.compile(r"[0-9]{1,9}")
ASK, WITHDRAW = "ask_informant", "take_back"  # in the trail


class NotNow(Exception):
    """The question cannot be put: it is open already, there are enough, or nobody could hear it."""


@dataclass(frozen=True)
class Put:
    """One question as officers see it. `state` as of models.question; `answer`: what marks the messages that answer it,
    once it is prepared; `mine`: the officer's unit may take it back."""

    id: int
    question: str
    unit: str
    state: str
    asked_on: date
    answer: str | None
    mine: bool


@dataclass(frozen=True)
class Questions:
    """All questions of a tip, and the ids of those the officer may ask now."""

    put: tuple[Put, ...]
    to_ask: tuple[str, ...]
    has_code: bool
    may_ask: bool


def questions_of(of: Parts, officer: Officer, tip: AnyRow, role: str) -> Questions:
    """What was asked about a tip that the officer has open, and what can be."""
    with of.db.read() as connection:
        return _questions(of, connection, officer, tip, role)


def ask(of: Parts, officer: Officer, tip_id: str, question: str) -> None:
    """Put a question. NotThere: the tip is not theirs, or there is no such question; NotNow."""
    if question not in of.catalogue.questions:
        raise NotThere
    with of.db.begin() as connection:
        # Locked, so that two officers do not ask more than one may.
        connection.execute(select(TIP.c.id).where(TIP.c.id == tip_id).with_for_update())
        tip, role = tip_of(connection, officer, tip_id)
        if question not in _questions(of, connection, officer, tip, role).to_ask:
            raise NotNow
        row = {"tip_id": tip_id, "question": question, "unit": officer.unit, "state": ASKED, "asked_on": _today()}
        connection.execute(insert(QUESTION).values(row))
        note_down(connection, officer, tip_id, ASK, question)


def withdraw(of: Parts, officer: Officer, tip_id: str, number: str) -> None:
    """Take back a question of the officer's unit that is open. NotThere: it is not theirs; NotNow: it is answered."""
    if not _NUMBER.fullmatch(number):
        raise NotThere
    with of.db.begin() as connection:
        tip, role = tip_of(connection, officer, tip_id)
        if sight(tip.status, role) is not Sight.ACT:
            raise NotThere
        its = (QUESTION.c.id == int(number)) & (QUESTION.c.tip_id == tip_id) & (QUESTION.c.unit == officer.unit)
        question = connection.scalar(select(QUESTION.c.question).where(its))
        if question is None:
            raise NotThere
        # One whose answer is on its way looks open: that it cannot be taken back would say that somebody calls now.
        looks_open = or_(QUESTION.c.state.in_(OPEN), (QUESTION.c.state == ANSWERED) & _on_its_way())
        taken = update(QUESTION).where(its & looks_open).values(state=WITHDRAWN)
        if connection.execute(taken).rowcount != 1:
            raise NotNow
        note_down(connection, officer, tip_id, WITHDRAW, question)


def _questions(of: Parts, connection: Connection, officer: Officer, tip: AnyRow, role: str) -> Questions:
    of_tip = select(QUESTION, _on_its_way().label("hidden")).where(QUESTION.c.tip_id == tip.id)
    rows = connection.execute(of_tip.order_by(QUESTION.c.id)).all()
    acts = sight(tip.status, role) is Sight.ACT
    has_code = connection.scalar(select(TIP.c.id).where(TIP.c.id == tip.id, TIP.c.code_hash.is_not(None))) is not None
    acting = select(ROUTING.c.unit).where(ROUTING.c.tip_id == tip.id, ROUTING.c.role.in_(ACTING))
    askers = set(connection.scalars(acting))
    states = {row.id: _seen(row, askers) for row in rows}
    still_open = [row.question for row in rows if states[row.id] in OPEN]
    may = _may_ask(of, officer, tip, role)
    can = may and has_code and len(still_open) < MOST_OPEN
    return Questions(
        put=tuple(
            Put(
                row.id, row.question, row.unit, states[row.id], row.asked_on, None if row.hidden else row.answer,
                mine=acts and row.unit == officer.unit and states[row.id] in OPEN,
            )
            for row in rows
        ),
        to_ask=tuple(one for one in of.catalogue.questions if one not in still_open) if can else (),
        has_code=has_code,
        may_ask=may,
    )  # fmt: skip


def _may_ask(of: Parts, officer: Officer, tip: AnyRow, role: str) -> bool:
    return may_ask(tip.status, role, at_station=officer.unit in of.catalogue.stations)


def _on_its_way() -> ColumnElement[bool]:
    """The condition that a question has an answer that is not prepared: its informant may still be on the line."""
    file = (ATTACHMENT.c.message_id == MESSAGE.c.id) & ATTACHMENT.c.status.in_((WAITING, *OWED))
    # Without words, a file alone, there is nothing sealed to be read.
    unread = MESSAGE.c.text.is_(None) & MESSAGE.c.sealed.is_not(None)
    owed = or_(unread, select(ATTACHMENT.c.id).where(file).exists())
    return select(MESSAGE.c.id).where(MESSAGE.c.id == QUESTION.c.answer, owed).exists()


def _seen(row: AnyRow, askers: set[str]) -> str:
    state = HEARD if row.hidden and row.state == ANSWERED else row.state
    if state in OPEN and row.unit not in askers:  # who asked has lost the tip: it is put no more (ivr.lookup)
        return WITHDRAWN
    is_past = row.heard_on is not None and row.heard_on < _today()
    return str(ASKED if state == HEARD and not is_past else state)


def _today() -> date:
    return indian(now()).date()
