"""Bring a prepared tip to the offices that must act, and again when facts arrive late.

Never does: decide which (classify and route do), take a tip away from somebody it was assigned to, or guess a place
against what the caller said.
"""

from sqlalchemy import delete, select
from sqlmodel import Session, col

from models.catalogue import Catalogue
from models.database import now
from models.lifecycle import READABLE, Status, Who, move
from models.officer import Trail
from models.recording import Recording, Transcript
from models.tip import Routing, Tip
from workers import classify, ledger
from workers import route as rules
from workers.parts import Parts

ROUTABLE = (Status.PREPARED, *READABLE)
_NOWHERE = "OUT"  # a district outside the range the hotline serves


def route(parts: Parts, tip_id: str) -> bool:
    """Route or re-route one tip; False when it is not (or no longer) prepared. Safe to run twice."""
    with parts.db.session() as session:
        tip = session.get(Tip, tip_id, with_for_update=True)
        if tip is None or tip.status not in ROUTABLE:
            return False
        _complete(session, tip, parts.catalogue)
        _address(session, tip, parts)
        if tip.status == Status.PREPARED:
            tip.status = move(tip.status, "route", Who.SYSTEM)
            session.add(Trail(tip_id=tip.id, what="route", at=ledger.hour(now())))
        # The conversation is over: from here on nothing may tell when it was, but the hour.
        tip.last_turn_at = tip.ended_at = None
    return True


def _complete(session: Session, tip: Tip, catalogue: Catalogue) -> None:
    """Fill in what the caller did not say by keys. Officers' corrections stay."""
    texts = session.scalars(
        select(col(Transcript.text))
        .join(Recording)
        .where(col(Transcript.tip_id) == tip.id)
        .order_by(col(Recording.take))
    )
    guess = classify.by_words("\n".join(texts), tip.language, catalogue)
    if tip.category_by in (None, "words") and guess.category:
        tip.category, tip.category_by = guess.category, "words"
    category = catalogue.categories.get(tip.category or "")
    urgencies = [urgency for urgency in (category.urgency if category else None, guess.urgency) if urgency]
    tip.urgency = min(urgencies, default=tip.urgency)
    if tip.pin_code and tip.district is None:
        place = catalogue.place_of(tip.pin_code)
        served = [district for district in place.districts if district != _NOWHERE] if place else []
        if place and len(place.districts) == 1 and served:
            tip.district, tip.place_by = served[0], "caller"
            tip.station = place.stations[0].code if len(place.stations) == 1 else tip.station
    if tip.place_by in (None, "words") and (guess.district or guess.station):
        tip.district, tip.station, tip.place_by = guess.district, guess.station, "words"


def _address(session: Session, tip: Tip, parts: Parts) -> None:
    wanted = {
        one.unit: one.role
        for one in rules.units(tip.category, tip.district, tip.station, parts.catalogue, parts.settings.reviewer_office)
    }
    present = {row.unit: row for row in session.scalars(select(Routing).where(col(Routing.tip_id) == tip.id))}
    gone = [unit for unit, row in present.items() if row.role != "assigned" and unit not in wanted]
    session.execute(delete(Routing).where(col(Routing.tip_id) == tip.id, col(Routing.unit).in_(gone)))
    for unit, role in wanted.items():
        if unit not in present:
            session.add(Routing(tip_id=tip.id, unit=unit, role=role))
        elif present[unit].role != "assigned":
            present[unit].role = role
