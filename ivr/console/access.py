"""Who may see which tip, and which moves are theirs. PURE: decided from values, without database, clock or web.

The rule: a tip is seen by the units it was routed to, once its content is ready, and by nobody else. A station writes
what it did, and an office that must act closes: closing destroys the way back to the informant at once and the words
later, and one clerk must not be able to end a tip before anybody above has seen it. An administrator also sees which
work is stuck, without any content. Never does: tell "forbidden" from "not there"; to an officer
without access a tip does not exist.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.lifecycle import READABLE, Move, Status, Who, moves_from

OFFICER = "officer"
ADMINISTRATOR = "administrator"
ROLES = (OFFICER, ADMINISTRATOR)

ACTING = ("to", "assigned")  # routing roles that must act
INFORMED = "copy"  # routing role that only reads

OFFICES_ONLY = frozenset({"close", "reopen"})  # moves that a station may not make
NO_BUTTONS = frozenset({"open", "correct"})  # moves that are made otherwise: by reading, and by a form of their own
NEEDS_NOTE = frozenset({"report", "close"})  # moves that are nothing without words: what was done, or why no more


class Sight(StrEnum):
    """What a unit may do with a tip."""

    NONE = "none"
    READ = "read"
    ACT = "act"


def sight(status: Status | str, routing_role: str | None) -> Sight:
    """What a unit with this routing role (None: the tip was not routed to it) may do with a tip in this status."""
    if routing_role is None or status not in READABLE:
        return Sight.NONE
    if routing_role in ACTING:
        return Sight.ACT
    return Sight.READ if routing_role == INFORMED else Sight.NONE


def moves_open_to(status: Status | str, routing_role: str | None, *, at_station: bool) -> list[Move]:
    """The moves an officer may choose by a button."""
    if sight(status, routing_role) is not Sight.ACT:
        return []
    barred = NO_BUTTONS | OFFICES_ONLY if at_station else NO_BUTTONS
    return [move for move in moves_from(status, Who.OFFICER) if move.name not in barred]


def may_ask(status: Status | str, routing_role: str | None, *, at_station: bool) -> bool:
    """Whether an officer may ask the informant something: who may report on the tip."""
    return any(move.name == "report" for move in moves_open_to(status, routing_role, at_station=at_station))


def may_correct(status: Status | str, routing_role: str | None) -> bool:
    """Whether an officer may say that a tip's kind or place was understood wrongly: who must act on it."""
    is_open = any(move.name == "correct" for move in moves_from(status, Who.OFFICER))
    return is_open and sight(status, routing_role) is Sight.ACT


def may_lift(routing_role: str | None, *, at_station: bool) -> bool:
    """Whether an officer may say of a complaint about police that it is none: the office to which such complaints are
    routed. Not one that was given it, as it may be about its own people, and never a station."""
    return routing_role == "to" and not at_station


def opens_by_reading(status: Status | str, routing_role: str | None) -> bool:
    """Whether a tip counts as opened when this unit reads it."""
    return status == Status.ROUTED and sight(status, routing_role) is Sight.ACT


def sees_stuck_work(officer_role: str) -> bool:
    """Whether this officer has the list of stuck work (never its content) and may have it tried again."""
    return officer_role == ADMINISTRATOR


def is_told_of_stuck_work(officer_role: str, unit_is_office: bool) -> bool:
    """Whether this officer is told how many tips are stuck: administrators and offices, not single stations."""
    return officer_role == ADMINISTRATOR or unit_is_office


@dataclass(frozen=True)
class Reach:
    """Whose tips an officer sees counted: those of `unit`, or `everything`. `compares`: station by station."""

    unit: str
    everything: bool
    compares: bool


def reach(unit: str, *, at_station: bool, is_reviewer: bool) -> Reach:
    """What is counted for an officer of a unit, whatever the officer's role: what was routed to that unit, all of it
    and nothing else, so that no number tells of a tip that is not in its list. The reviewer's office counts all."""
    return Reach(unit, everything=is_reviewer and not at_station, compares=not at_station)
