"""What officers do with a tip: each move only by whom and from where it may be made, with words where they are due."""

import pytest
from flask import Flask

from ivr.parts import Parts
from models.tables import Contact
from tests.ivr.console.desk import OFFICE, RANGE, STATION, Desk, an_officer, lay_tip, put, status_of, trail_of


def test_a_tip_goes_through_its_life_and_the_trail_tells_who_did_it(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"})
    officer.get(f"/console/tips/{tip}")
    for move, seen, note, after in (
        ("start_work", "opened", "", "working"),
        ("report", "working", "दो लोग पकड़े गए", "reported"),
        ("close", "reported", "चालान हुआ", "closed"),
        ("reopen", "closed", "नई बात", "working"),
    ):
        assert officer.post(f"/console/tips/{tip}/moves", move=move, seen=seen, note=note).status_code == 303
        assert status_of(parts, tip) == after
    assert trail_of(parts, tip) == ["open", "start_work", "report", "close", "reopen"]
    page = officer.get(f"/console/tips/{tip}").text
    assert "दो लोग पकड़े गए" in page
    assert f"officer of {OFFICE}" in page


@pytest.mark.parametrize("move", ["report", "close"])
def test_a_report_or_an_end_without_words_is_refused_and_nothing_moves(officer: Desk, parts: Parts, move: str) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, status="working")
    page = officer.get(f"/console/tips/{tip}").text
    assert "नोट ज़रूरी" in page.partition(f'value="{move}"')[2].partition("</button>")[0]
    refused = officer.post(f"/console/tips/{tip}/moves", move=move, seen="working", note="  ")
    assert refused.status_code == 400
    assert "पहले नोट में लिखें" in refused.text
    assert status_of(parts, tip) == "working"


@pytest.mark.parametrize(
    ("status", "move"),
    [
        ("opened", "reopen"), ("closed", "start_work"), ("reported", "report"), ("working", "open"),
        ("opened", "route"), ("working", "send"), ("working", "no such move"), ("working", ""),
    ],
)  # fmt: skip
def test_a_move_that_does_not_lead_on_is_refused(officer: Desk, parts: Parts, status: str, move: str) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, status=status)
    assert officer.post(f"/console/tips/{tip}/moves", move=move, seen=status, note="words").status_code == 409
    assert status_of(parts, tip) == status


def test_a_unit_with_a_copy_cannot_move_a_tip(sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to", STATION: "copy"}, status="working")
    assert sho.post(f"/console/tips/{tip}/moves", move="close", seen="working").status_code == 409
    assert status_of(parts, tip) == "working"


def test_a_move_on_a_tip_that_moved_meanwhile_is_refused_and_keeps_the_note(
    app: Flask, officer: Desk, parts: Parts
) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, status="opened")
    colleague = Desk(app)
    colleague.sign_in(an_officer(parts, username="colleague"))
    assert colleague.post(f"/console/tips/{tip}/moves", move="start_work", seen="opened").status_code == 303
    late = officer.post(f"/console/tips/{tip}/moves", move="close", seen="opened", note="मेरा नोट")
    assert late.status_code == 409
    assert "किसी और ने" in late.text
    assert "मेरा नोट" in late.text
    assert status_of(parts, tip) == "working"


def test_closing_a_tip_destroys_the_way_back_to_the_caller(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, status="reported")
    put(parts, Contact(tip_id=tip, sealed=b"sealed"))
    officer.post(f"/console/tips/{tip}/moves", move="close", seen="reported", note="हो गया")
    assert status_of(parts, tip) == "closed"
    with parts.db.reading() as session:
        assert session.get(Contact, tip) is None


@pytest.mark.parametrize("status", ["opened", "working", "reported"])
def test_a_clerk_of_a_station_ends_no_tip_and_its_office_does(
    sho: Desk, officer: Desk, parts: Parts, status: str
) -> None:
    tip = lay_tip(parts, {OFFICE: "to", STATION: "to", RANGE: "copy"}, status=status)
    put(parts, Contact(tip_id=tip, sealed=b"sealed"))

    def contact() -> Contact | None:
        with parts.db.reading() as session:
            return session.get(Contact, tip)

    page = sho.get(f"/console/tips/{tip}").text
    assert 'value="close"' not in page and "सूचना ऊपर का दफ़्तर बंद करता है" in page
    refused = sho.post(f"/console/tips/{tip}/moves", move="close", seen=status, note="झूठी सूचना")
    assert refused.status_code == 409 and "यह नहीं किया जा सकता" in refused.text
    assert (status_of(parts, tip), trail_of(parts, tip)) == (status, ["read"])
    if status != "reported":
        assert sho.post(f"/console/tips/{tip}/moves", move="report", seen=status, note="देखा").status_code == 303
    assert contact() is not None
    page = officer.get(f"/console/tips/{tip}").text
    assert 'value="close"' in page and "ऊपर का दफ़्तर" not in page
    closed = officer.post(f"/console/tips/{tip}/moves", move="close", seen="reported", note="पढ़ा, ठीक है")
    assert closed.status_code == 303 and status_of(parts, tip) == "closed" and contact() is None
