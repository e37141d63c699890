"""The life of a tip as one table of moves. PURE.

Never does: write to a database. Nothing else decides which status may follow which, or who may bring it about.
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a tip stands."""

    TELLING = "telling"  # the conversation goes on, or is not yet known to have ended
    RECEIVED = "received"  # told and kept; not yet prepared
    PREPARED = "prepared"  # transcribed, anonymised, stored
    ROUTED = "routed"  # lies with the right offices
    OPENED = "opened"  # an officer has read it
    WORKING = "working"  # somebody acts on it
    REPORTED = "reported"  # what was done is written down
    CLOSED = "closed"
    DISCARDED = "discarded"  # thrown away by the caller, or nothing was said; keeps no content


class Who(StrEnum):
    """Who brings a move about."""

    CALLER = "caller"
    SYSTEM = "system"
    OFFICER = "officer"


@dataclass(frozen=True)
class Move:
    """A named change of status: from any of `sources` to `target`, by `who`."""

    name: str
    sources: tuple[Status, ...]
    target: Status
    who: Who


class MoveRefused(Exception):
    """The move does not exist, or does not lead on from where the tip stands."""


# The statuses in which a tip's content is ready for officers.
READABLE = (Status.ROUTED, Status.OPENED, Status.WORKING, Status.REPORTED, Status.CLOSED)

_ALL_MOVES = (
    Move("send", (Status.TELLING,), Status.RECEIVED, Who.CALLER),
    Move("discard", (Status.TELLING,), Status.DISCARDED, Who.CALLER),
    # A further recording or message came late: the tip is prepared anew, and one that was done with is new again. One
    # that officers have in hand stays where it stands, and what came is prepared beside it;
    Move("tell_more", (Status.DISCARDED, Status.PREPARED, Status.CLOSED), Status.RECEIVED, Who.CALLER),
    # unless it is now chosen to be of a kind that is kept from some of them: nobody reads it until it is routed anew.
    Move("withdraw", READABLE, Status.RECEIVED, Who.CALLER),
    Move("find_empty", (Status.TELLING, Status.RECEIVED), Status.DISCARDED, Who.SYSTEM),
    Move("prepare", (Status.RECEIVED,), Status.PREPARED, Who.SYSTEM),
    Move("route", (Status.PREPARED,), Status.ROUTED, Who.SYSTEM),
    Move("open", (Status.ROUTED,), Status.OPENED, Who.OFFICER),
    Move("start_work", (Status.OPENED, Status.REPORTED), Status.WORKING, Who.OFFICER),
    Move("report", (Status.OPENED, Status.WORKING), Status.REPORTED, Who.OFFICER),
    Move("close", (Status.OPENED, Status.WORKING, Status.REPORTED), Status.CLOSED, Who.OFFICER),
    Move("reopen", (Status.CLOSED,), Status.WORKING, Who.OFFICER),
    # Its kind or place was understood wrongly: nobody reads it until it is routed anew, and then it is new to all.
    Move("correct", (Status.OPENED, Status.WORKING, Status.REPORTED), Status.PREPARED, Who.OFFICER),
)
MOVES: dict[str, Move] = {move.name: move for move in _ALL_MOVES}


def move(status: Status | str, name: str, who: Who) -> Status:
    """The status after the named move; MoveRefused when it may not be made from here or by this one."""
    step = MOVES.get(name)
    if step is None or Status(status) not in step.sources or step.who is not who:
        raise MoveRefused(f"a {who} cannot {name} a tip that is {status}")
    return step.target


def moves_from(status: Status | str, who: Who) -> list[Move]:
    """The moves open to `who` from `status`, in table order."""
    return [step for step in _ALL_MOVES if Status(status) in step.sources and step.who is who]
