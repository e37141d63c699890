"""Complaints about police stay with their overseers, whatever is corrected; the informant hears where it stands."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import select

from ivr import corrections
from ivr.dialogue.turn import Keep, State
from ivr.intake import Call
from ivr.parts import Parts
from models.database import now
from models.lifecycle import Status
from models.tables import Asked, Tip, Trail
from tests.ivr.console.correcting import (
    AS_ROUTED,
    BARRA,
    GAMBLING,
    MISCONDUCT,
    correct,
    desk_of,
    facts,
    form,
    put_status,
    row,
    say,
    seen_on,
    send_on,
    units,
)
from tests.ivr.console.desk import OFFICE, RANGE, STATION, Desk, lay_tip, put, status_of, trail_of
from tests.ivr.console.test_counting import TODAY
from workers.queues import Job

pytestmark = pytest.mark.usefixtures("jobs")


def test_what_becomes_a_complaint_leaves_every_station_at_once_and_before_any_worker_ran(
    app: Flask, sho: Desk, parts: Parts
) -> None:
    tip = lay_tip(parts, AS_ROUTED | {BARRA: "assigned"}, **GAMBLING)
    other = desk_of(app, parts, BARRA)
    answer = correct(sho, tip, kind=MISCONDUCT, reason="दरोगा का नाम है")
    for desk in (sho, other):
        assert desk.get(f"/console/tips/{tip}").status_code == 404 and tip not in desk.get("/console/").text
    assert set(units(parts, tip)) == {OFFICE, RANGE} and row(parts, tip).accuses
    receipt = sho.get(answer.location).text
    assert "पुलिस की शिकायतें देखता है" in receipt and "कानपुर नगर" not in receipt.replace("थाना नौबस्ता, कानपुर नगर", "")
    send_on(parts, tip)
    assert units(parts, tip) == {RANGE: "to", OFFICE: "copy"}
    assert sho.get(answer.location).text.count("<li>") == 0  # who has it is told to no station
    commissioner = desk_of(app, parts, RANGE)
    page = commissioner.get(f"/console/tips/{tip}").text
    assert "दरोगा का नाम है" in page and "गोपनीय सूचना" in page


@pytest.mark.parametrize("role", ["to", "assigned"])  # however a station came by it
def test_that_it_is_no_complaint_only_the_office_says_that_oversees_it(
    sho: Desk, officer: Desk, parts: Parts, role: str
) -> None:
    complaint = {"category": MISCONDUCT, "category_by": "caller", "accuses": True, "status": "working"}
    tip = lay_tip(parts, {STATION: role, OFFICE: "assigned", RANGE: "to"}, **complaint)
    for desk in (sho, officer):
        page = desk.get(f"/console/tips/{tip}").text
        assert 'id="kind"' not in page and "वही दफ़्तर बदल सकता है" in page
        refused = correct(desk, tip, kind="gambling")
        assert refused.status_code == 409 and (row(parts, tip).category, row(parts, tip).accuses) == (MISCONDUCT, True)


def test_what_was_lifted_by_its_overseers_reaches_the_district_office_and_never_a_station(
    app: Flask, sho: Desk, parts: Parts
) -> None:
    complaint = {"category": MISCONDUCT, "category_by": "caller", "accuses": True, "status": "opened"}
    tip = lay_tip(parts, {RANGE: "to", OFFICE: "copy", BARRA: "assigned"}, **complaint)
    say(parts, tip, "रोज शाम को जुआ होता है")
    commissioner = desk_of(app, parts, RANGE)
    assert correct(commissioner, tip, kind="gambling", reason=" ").status_code == 400
    assert correct(commissioner, tip, kind="gambling").status_code == 303
    send_on(parts, tip)
    assert (row(parts, tip).category, row(parts, tip).accuses) == ("gambling", False)
    assert units(parts, tip) == {OFFICE: "to", RANGE: "copy"}  # the informant called it a complaint once
    assert trail_of(parts, tip)[-2:] == ["lift_complaint", "route"]
    office = desk_of(app, parts, OFFICE)
    page = office.get(f"/console/tips/{tip}").text
    assert "यह पुलिस की शिकायत नहीं" in page
    correct(office, tip, place=BARRA)
    send_on(parts, tip)
    correct(office, tip, kind="other", place=STATION)
    send_on(parts, tip)
    assert units(parts, tip) == {OFFICE: "to", RANGE: "copy"}
    assert sho.get(f"/console/tips/{tip}").status_code == 404


def test_words_that_accuse_keep_a_tip_with_its_overseers_whatever_kind_or_place_is_put_right(
    app: Flask, sho: Desk, parts: Parts
) -> None:
    told = {"category": MISCONDUCT, "category_by": "words", "accuses": True, "status": "opened"}
    tip = lay_tip(parts, {RANGE: "to", OFFICE: "copy"}, **told)
    say(parts, tip, "चौकी के सिपाही पैसे लेकर जुआ करवाते हैं")
    commissioner = desk_of(app, parts, RANGE)
    for changed in ({"kind": "gambling"}, {"place": BARRA}, {"kind": "other", "place": STATION}):
        correct(commissioner, tip, **changed)
        send_on(parts, tip)
        assert row(parts, tip).accuses and units(parts, tip) == {RANGE: "to", OFFICE: "copy"}
    assert facts(parts, tip)[:2] == ("other", "officer")
    assert sho.get(f"/console/tips/{tip}").status_code == 404


def test_a_tip_that_speaks_of_an_officer_is_not_corrected_into_any_station(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to", RANGE: "copy"}, **GAMBLING)
    say(parts, tip, "रोज जुआ होता है crime branch ke log")
    for changed in ({"place": BARRA}, {"kind": "other", "place": STATION}):
        correct(officer, tip, **changed)
        send_on(parts, tip)
        assert units(parts, tip) == {OFFICE: "to", RANGE: "copy"}


def test_whoever_lost_a_tip_learns_nothing_of_what_becomes_of_it(sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    where = correct(sho, tip, place=BARRA).location
    # The informant complains while it is on its way: nothing else is said than before.
    with parts.db.session() as session:
        session.get_one(Tip, tip).accuses = True
    on_its_way = sho.get(where).text
    assert "पुलिस की शिकायतें" not in on_its_way and "जा रही है" in on_its_way
    send_on(parts, tip)
    assert "डी सी पी साउथ" in sho.get(where).text
    with parts.db.session() as session:
        session.get_one(Tip, tip).accuses = True
    assert sho.get(where).status_code == 404  # as when more was told; another text would be a sign
    with parts.db.session() as session:
        session.get_one(Tip, tip).status = Status.RECEIVED  # it is prepared anew
    assert sho.get(where).status_code == 404
    with parts.db.session() as session:
        session.get_one(Tip, tip).status = Status.ROUTED
    put(parts, Trail(tip_id=tip, what="late_take"))
    assert sho.get(where).status_code == 404


def test_pressing_once_more_on_a_form_that_came_too_late_lifts_no_complaint(app: Flask, parts: Parts) -> None:
    tip = lay_tip(parts, {RANGE: "to", OFFICE: "copy"}, **GAMBLING)
    overseer = desk_of(app, parts, RANGE)
    late = form(overseer, tip, kind="gambling", place=BARRA)  # a browser sends the kind that nobody touched
    with parts.db.session() as session:
        complained = session.get_one(Tip, tip)
        complained.category, complained.accuses = MISCONDUCT, True
    page = overseer.post(f"/console/tips/{tip}/correction", **late)
    assert page.status_code == 409 and late["reason"] in page.text
    (kind,) = re.findall(r'<option value="(\w+)" selected', page.text)
    assert kind == MISCONDUCT
    overseer.post(f"/console/tips/{tip}/correction", **late | {"seen": seen_on(page.text), "kind": kind})
    assert row(parts, tip).accuses and "lift_complaint" not in trail_of(parts, tip)


def test_a_caller_who_complains_late_takes_the_tip_from_all_who_may_not_have_it_once(
    app: Flask, officer: Desk, parts: Parts, jobs: list[tuple[Job, str]]
) -> None:
    call, sho = Call("CA" + "a" * 32, ""), desk_of(app, parts, STATION)
    for corrected in (True, False):
        tip = lay_tip(parts, AS_ROUTED, **GAMBLING | {"conversation_key": parts.keys.sid_key(call.sid)})
        if corrected:
            correct(officer, tip, kind="other")
            send_on(parts, tip)
        complain = Keep(category=MISCONDUCT)
        parts.intake._keep(call, State("kinds", turn=4), complain, False, "")
        assert (status_of(parts, tip), jobs[-1]) == ("received", (Job.PREPARE_TIP, tip))
        assert sho.get(f"/console/tips/{tip}").status_code == 404
        put_status(parts, tip, Status.PREPARED)
        send_on(parts, tip)
        assert units(parts, tip).keys() == {RANGE, OFFICE} and units(parts, tip)[RANGE] == "to"
        put_status(parts, tip, Status.WORKING)
        parts.intake._keep(call, State("kinds", turn=4), complain, False, "")  # the same webhook again
        assert status_of(parts, tip) == "working"
        with parts.db.session() as session:
            session.get_one(Tip, tip).conversation_key = f"done-{corrected}"


def test_where_a_tip_went_is_told_for_some_minutes(sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    where = correct(sho, tip, place=BARRA).location
    send_on(parts, tip)
    with parts.db.session() as session:
        done = session.exec(select(Trail).where(Trail.what == "correct")).one()
        done.at = now() - corrections.RECEIPT - timedelta(seconds=1)
    assert sho.get(where).status_code == 404


def test_who_asks_by_the_code_hears_where_it_stands_and_nothing_is_asked_by_those_who_lost_it(
    sho: Desk, parts: Parts
) -> None:
    code = parts.keys.code_for("CA" + "2" * 32)
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING | {"status": "working", "code_hash": parts.keys.code_hash(code)})
    put(parts, Asked(tip_id=tip, question="when", unit=STATION, asked_on=TODAY))

    def heard() -> tuple[str, tuple[str, ...]]:
        found = parts.lookup.look(code, Call("CA" + "3" * 32, ""))
        return found.status, found.asks

    told = [heard()]
    correct(sho, tip, place=BARRA)
    told.append(heard())
    send_on(parts, tip)
    assert [*told, heard()] == [("working", ("when",)), ("received", ()), ("routed", ())]
