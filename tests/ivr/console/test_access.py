"""Who may see which tip and move it: every status, every routing role."""

import pytest

from ivr.console.access import (
    Sight,
    is_told_of_stuck_work,
    may_correct,
    may_lift,
    moves_open_to,
    opens_by_reading,
    sees_stuck_work,
    sight,
)
from models.lifecycle import Status

READY = (Status.ROUTED, Status.OPENED, Status.WORKING, Status.REPORTED, Status.CLOSED)
NOT_READY = (Status.TELLING, Status.RECEIVED, Status.PREPARED, Status.DISCARDED)


@pytest.mark.parametrize("status", Status)
def test_a_tip_routed_elsewhere_is_not_there(status: Status) -> None:
    assert sight(status, None) is Sight.NONE
    assert moves_open_to(status, None, at_station=False) == []


@pytest.mark.parametrize("status", NOT_READY)
@pytest.mark.parametrize("role", ["to", "assigned", "copy"])
def test_a_tip_that_is_not_ready_is_seen_by_nobody(status: Status, role: str) -> None:
    assert sight(status, role) is Sight.NONE
    assert moves_open_to(status, role, at_station=False) == []


@pytest.mark.parametrize("status", READY)
def test_units_with_a_copy_only_read(status: Status) -> None:
    assert sight(status, "copy") is Sight.READ
    assert moves_open_to(status, "copy", at_station=False) == []
    assert not opens_by_reading(status, "copy")


@pytest.mark.parametrize("role", ["to", "assigned"])
def test_acting_units_move_a_tip_along_its_life(role: str) -> None:
    moves = {status: [move.name for move in moves_open_to(status, role, at_station=False)] for status in READY}
    assert moves == {
        Status.ROUTED: [],  # reading it opens it
        Status.OPENED: ["start_work", "report", "close"],
        Status.WORKING: ["report", "close"],
        Status.REPORTED: ["start_work", "close"],
        Status.CLOSED: ["reopen"],
    }
    assert opens_by_reading(Status.ROUTED, role)
    assert not opens_by_reading(Status.OPENED, role)


@pytest.mark.parametrize("role", ["to", "assigned"])
def test_a_station_writes_what_it_did_and_an_office_closes(role: str) -> None:
    moves = {status: [move.name for move in moves_open_to(status, role, at_station=True)] for status in READY}
    assert moves == {
        Status.ROUTED: [],
        Status.OPENED: ["start_work", "report"],
        Status.WORKING: ["report"],
        Status.REPORTED: ["start_work"],
        Status.CLOSED: [],
    }


def test_who_must_act_corrects_what_is_in_hand_and_nobody_else_does() -> None:
    roles = ("to", "assigned", "copy", "friend", None)
    found = {(status, role) for status in Status for role in roles if may_correct(status, role)}
    in_hand = (Status.OPENED, Status.WORKING, Status.REPORTED)
    assert found == {(status, role) for status in in_hand for role in ("to", "assigned")}


def test_that_it_is_no_complaint_is_said_by_an_office_to_which_such_are_routed() -> None:
    roles = ("to", "assigned", "copy", None)
    assert [role for role in roles if may_lift(role, at_station=False)] == ["to"]
    assert not any(may_lift(role, at_station=True) for role in roles)


def test_a_routing_role_nobody_knows_sees_nothing() -> None:
    assert sight(Status.ROUTED, "friend") is Sight.NONE


def test_stuck_work_is_the_administrators_and_its_number_the_offices() -> None:
    assert sees_stuck_work("administrator")
    assert not sees_stuck_work("officer")
    assert is_told_of_stuck_work("officer", unit_is_office=True)
    assert is_told_of_stuck_work("administrator", unit_is_office=False)
    assert not is_told_of_stuck_work("officer", unit_is_office=False)
