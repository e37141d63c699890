"""Bring a prepared tip to the offices that must act, and again when facts arrive late.

Never does: decide which (classify and route do), guess against what the caller said or an officer put right, or take a
tip away from somebody it was assigned to, unless it accuses police or did.
"""

from sqlalchemy import delete, select
from sqlmodel import Session, col

from models.catalogue import Catalogue
from models.database import hour, now
from models.lifecycle import READABLE, Status, Who, move
from models.message import Message
from models.officer import LIFTED, Trail
from models.recording import Recording, Transcript
from models.tip import Routing, Tip
from workers import route as rules
from workers.classify import MISCONDUCT, Guess, both, by_words, by_writing
from workers.parts import Parts

ROUTABLE = (Status.PREPARED, *READABLE)


def route(parts: Parts, tip_id: str) -> bool:
    """Route or re-route one tip; False when it is not (or no longer) prepared. Safe to run twice."""
    with parts.db.session() as session:
        tip = session.get(Tip, tip_id, with_for_update=True)
        if tip is None or tip.status not in ROUTABLE:
            return False
        address(session, tip, parts)
        if tip.status == Status.PREPARED:
            tip.status = move(tip.status, "route", Who.SYSTEM)
            if tip.lease is None:  # else whoever holds it knows better whether anything is left to do
                tip.problem = tip.problem_detail = tip.retry_at = None
                tip.attempts = 0
            session.add(Trail(tip_id=tip.id, what="route", at=hour(now())))
        # The conversation is over: from here on nothing may tell when it was, but the hour.
        tip.last_turn_at = tip.ended_at = None
    return True


def address(session: Session, tip: Tip, parts: Parts) -> None:
    """Who has a tip by what is stored of it now, within the caller's transaction."""
    guess = _complete(session, tip, parts.catalogue)
    _address(session, tip, guess, parts)


def _complete(session: Session, tip: Tip, catalogue: Catalogue) -> Guess:
    """Fill in what the caller did not say by keys, and give what the words tell. Officers' corrections stay."""
    _read_pin(tip, catalogue)
    guess = _guess(session, tip, catalogue)
    if tip.category_by in (None, "words") and guess.category:
        tip.category, tip.category_by = guess.category, "words"
    category = catalogue.categories.get(tip.category or "")
    # Danger at this moment (U1) is told by the dialogue in writing, and stays.
    told = tip.urgency if tip.urgency == "U1" else None
    guessed = None if tip.category_by == "officer" else guess.urgency
    urgencies = [urgency for urgency in (told, category.urgency if category else None, guessed) if urgency]
    tip.urgency = min(urgencies, default=tip.urgency)
    # A place that brought the tip to its officers already is not moved by what is added: that may be another matter.
    is_open = tip.place_by is None or (tip.place_by == "words" and tip.station is None)
    if is_open and (guess.district or guess.station):
        tip.district, tip.station, tip.place_by = guess.district, guess.station, "words"
    elif tip.place_by == "caller" and tip.station is None and guess.district == tip.district:
        tip.station = guess.station  # the keys gave the district, the words name the place in it
    return guess


def _guess(session: Session, tip: Tip, catalogue: Catalogue) -> Guess:
    """What the words tell, heard and written."""
    district = _told_district(tip)
    heard = session.scalars(
        select(col(Transcript.text))
        .join(Recording)
        .where(col(Transcript.tip_id) == tip.id)
        .order_by(col(Recording.take))
    ).all()
    written = session.scalars(
        select(col(Message.text))
        .where(col(Message.tip_id) == tip.id, col(Message.text).is_not(None))
        .order_by(col(Message.position))
    ).all()
    by_ear = by_words("\n".join(heard), tip.language, catalogue, district=district)
    if not written:
        return by_ear
    return both(by_writing("\n".join(text or "" for text in written), catalogue, district=district), by_ear)


def _read_pin(tip: Tip, catalogue: Catalogue) -> None:
    """A PIN code of which only the digits are known: its district, and its station if there is but one."""
    place = catalogue.place_of(tip.pin_code) if tip.pin_code and tip.district is None else None
    served = [code for code in place.districts if code in catalogue.districts] if place else []
    if place and len(served) == 1:
        tip.district, tip.place_by = served[0], "caller"
        tip.station = place.stations[0].code if len(place.stations) == 1 else tip.station


def _told_district(tip: Tip) -> str | None:
    return None if tip.place_by == "words" else tip.district


def _address(session: Session, tip: Tip, guess: Guess, parts: Parts) -> None:
    # Words that accuse police keep a tip from the station, whatever key was pressed. An officer's kind stays, also when
    # the informant chooses afterwards to complain: that choice is known by the mark alone, and routing leaves it there.
    accusing = MISCONDUCT in (guess.category, tip.category) or (tip.accuses and tip.category_by == "officer")
    tip.accuses = accusing
    category = MISCONDUCT if accusing else tip.category
    units = rules.units(
        category, tip.district, tip.station, parts.catalogue, parts.settings.reviewer_office, accused=guess.accused
    )
    # An office says that it is no complaint, but whoever told it may have called it one: its station must not learn of
    # that, neither from the tip nor from what officers wrote on it.
    lifted = _was_lifted(session, tip)
    if guess.names_police or lifted:  # rather one office too high than one colleague too near
        units = tuple(one for one in units if one.unit not in parts.catalogue.stations)
    wanted = {one.unit: one.role for one in units}
    present = {row.unit: row for row in session.scalars(select(Routing).where(col(Routing.tip_id) == tip.id))}
    kept = {unit for unit, row in present.items() if row.role == "assigned"}
    if accusing or lifted:  # found after it was assigned
        kept -= parts.catalogue.stations.keys()
    gone = present.keys() - kept - wanted.keys()
    session.execute(delete(Routing).where(col(Routing.tip_id) == tip.id, col(Routing.unit).in_(gone)))
    for unit, role in wanted.items():
        if unit not in present:
            session.add(Routing(tip_id=tip.id, unit=unit, role=role))
        elif unit not in kept:
            present[unit].role = role


def _was_lifted(session: Session, tip: Tip) -> bool:
    """Whether it was a complaint about police until an officer said that it is none."""
    found = select(col(Trail.id)).where(col(Trail.tip_id) == tip.id, col(Trail.what) == LIFTED).limit(1)
    return session.scalar(found) is not None
