"""A correction where a tip was given on, in the figures, and on every database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from ivr import casework, corrections
from ivr.console.access import Reach
from ivr.console.counting import count
from ivr.console.periods import periods
from ivr.corrected import Change, Seen, change_in
from ivr.parts import Parts
from models.database import Database
from models.lifecycle import Status
from models.tables import Officer
from tests.ivr.console.correcting import (
    AS_ROUTED,
    BARRA,
    EAST,
    GAMBLING,
    MISCONDUCT,
    OTHER_ZONE,
    correct,
    row,
    send_on,
    units,
)
from tests.ivr.console.desk import OFFICE, RANGE, STATION, Desk, an_officer, lay_tip, trail_of
from tests.ivr.console.test_counting import TODAY

pytestmark = pytest.mark.usefixtures("jobs")


def test_a_station_that_was_given_a_tip_gives_it_back_with_the_place(sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to", RANGE: "copy", STATION: "assigned"}, **GAMBLING)
    correct(sho, tip, kind="extortion")
    send_on(parts, tip)
    assert units(parts, tip)[STATION] == "assigned"  # it is its own still
    correct(sho, tip, place=BARRA)
    send_on(parts, tip)
    assert units(parts, tip) == {OFFICE: "to", RANGE: "copy"}


def test_a_unit_that_the_catalogue_has_no_more_corrects_nothing(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {"GONE": "to", OFFICE: "to"}, **GAMBLING)
    with parts.db.session() as session:
        session.exec(select(Officer).where(Officer.unit == OFFICE)).one().unit = "GONE"
    assert 'id="correct"' not in officer.get(f"/console/tips/{tip}").text
    sent = {"seen": f"opened/gambling/KNP/{STATION}/0", "place": BARRA, "reason": "x"}
    assert officer.post(f"/console/tips/{tip}/correction", **sent).status_code == 400


def test_a_correction_is_the_same_on_every_database_and_counted_where_the_tip_stands(
    db: Database, parts: Parts
) -> None:
    there = replace(parts, db=db)
    an_officer(there, STATION)
    with db.reading() as session:
        officer = session.exec(select(Officer)).one()
    tip = lay_tip(there, AS_ROUTED, ago=timedelta(days=9), **GAMBLING)
    seen = str(Seen("opened", "gambling", "KNP", STATION, 0))
    with pytest.raises(casework.Overtaken):
        corrections.correct(there, officer, tip, "", OTHER_ZONE, seen.replace("opened", "working"), "x")
    for _ in range(2):
        corrections.correct(there, officer, tip, "mining_overload", OTHER_ZONE, seen, "दूसरे इलाके की है")
    assert trail_of(there, tip) == ["correct"]
    assert not corrections.receipt(there, officer, tip).is_sent
    send_on(there, tip)
    receipt = corrections.receipt(there, officer, tip)
    assert (
        dict(receipt.units) == units(there, tip) == {OTHER_ZONE: "to", EAST: "to", RANGE: "copy"} and not receipt.mine
    )
    with pytest.raises(casework.NotThere):
        casework.open_tip(there, officer, tip)

    def counted(unit: str) -> list[tuple[str | None, bool, bool]]:
        found = count(db, parts.catalogue, Reach(unit, False, True), periods("week", 8, TODAY), TODAY)
        return [(one.key, one.is_new, one.is_sent) for one in found.places]

    assert [counted(unit) for unit in (STATION, OFFICE)] == [[], []]
    assert counted(EAST) == counted(RANGE) == [(OTHER_ZONE, True, True)]


def test_forms_that_come_at_the_same_moment_correct_once_on_every_database(db: Database, parts: Parts) -> None:
    there = replace(parts, db=db)
    an_officer(there)
    with db.reading() as session:
        officer = session.exec(select(Officer)).one()
    tip = lay_tip(there, AS_ROUTED, **GAMBLING)
    seen = str(Seen("opened", "gambling", "KNP", STATION, 0))

    def send(place: str) -> str:
        try:
            corrections.correct(there, officer, tip, "", place, seen, "सुनकर देखा")
        except casework.NotThere:
            return ""
        return place

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(send, (BARRA, OTHER_ZONE) * 4))
    assert set(taken) == {"", row(there, tip).station} and taken.count("") == 4
    assert trail_of(there, tip) == ["correct"]


def test_what_the_trail_says_of_a_correction_is_read_as_it_was_written() -> None:
    for kind in (None, ("", "other"), ("gambling", MISCONDUCT)):
        for place in (None, (("", ""), ("KNP", "")), (("KNP", STATION), ("OUT", ""))):
            change = Change(kind, place, "क्योंकि a>b / c\nऔर\n- -")
            assert change_in(str(change)) == change
    assert [change_in(note) for note in (None, "", "words")] == [None] * 3


def test_every_status_in_which_officers_have_a_tip_in_hand_can_be_corrected(officer: Desk, parts: Parts) -> None:
    found = {}
    for status in (Status.OPENED, Status.WORKING, Status.REPORTED):
        tip = lay_tip(parts, AS_ROUTED, **GAMBLING | {"status": status})
        found[status] = correct(officer, tip, place=BARRA).status_code
    assert set(found.values()) == {303}
