"""Officers put right of which kind a tip is and where it belongs; it goes there, and to nobody whom it is about."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask
from sqlmodel import select

from ivr import casework, corrections
from ivr.console.access import Reach
from ivr.console.counting import count
from ivr.console.periods import periods
from ivr.corrected import Change, Seen, change_in
from ivr.intake import Call
from ivr.parts import Parts
from models.database import Database, now
from models.lifecycle import Status
from models.tables import Asked, Officer, Routing, Tip, Trail, Transcript
from tests.ivr.console.desk import OFFICE, RANGE, STATION, Desk, an_officer, lay_tip, put, status_of, trail_of
from tests.ivr.console.test_counting import TODAY
from workers.queues import Job
from workers.routing import route

EAST, BARRA, OTHER_ZONE = "KNP-DCP-EAST", "KNP-BRR", "KNP-CHK"
GAMBLING = {"category": "gambling", "category_by": "caller", "status": "opened"}
AS_ROUTED = {STATION: "to", OFFICE: "to", RANGE: "copy"}
MISCONDUCT = "police_misconduct"


@pytest.fixture(autouse=True)
def jobs(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Job, str]]]:
    """What is sent to the workers; nobody listens at the queue's address."""
    sent: list[tuple[Job, str]] = []
    monkeypatch.setattr(parts.courier, "enqueue", lambda job, subject, **_: sent.append((job, subject)))
    yield sent


def send_on(parts: Parts, tip: str) -> None:
    """What the job does (of its parts it needs those that both have)."""
    assert route(cast(Any, parts), tip)


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*/[^"]*)"', page)
    assert found, "the page has no form to correct by"
    return found[1]


def form(desk: Desk, tip: str, **changed: str) -> dict[str, str]:
    page = desk.get(f"/console/tips/{tip}").text
    return {"seen": seen_on(page), "kind": "", "place": "", "reason": "सुनकर देखा", **changed}


def correct(desk: Desk, tip: str, **changed: str) -> Any:
    """As the page's own form does."""
    return desk.post(f"/console/tips/{tip}/correction", **form(desk, tip, **changed))


def row(parts: Parts, tip: str) -> Tip:
    with parts.db.reading() as session:
        return session.get_one(Tip, tip)


def units(parts: Parts, tip: str) -> dict[str, str]:
    with parts.db.reading() as session:
        return {one.unit: one.role for one in session.exec(select(Routing).where(Routing.tip_id == tip))}


def say(parts: Parts, tip: str, text: str) -> None:
    """What the tip says, in other words."""
    with parts.db.session() as session:
        session.exec(select(Transcript).where(Transcript.tip_id == tip)).one().text = text


def desk_of(app: Flask, parts: Parts, unit: str) -> Desk:
    desk = Desk(app)
    desk.sign_in(an_officer(parts, unit))
    return desk


def facts(parts: Parts, tip: str) -> tuple[Any, ...]:
    found = row(parts, tip)
    return (found.category, found.category_by, found.district, found.station, found.place_by, found.urgency)


BEFORE = ("gambling", "caller", "KNP", STATION, "caller", "U3")


# --- a wrong place


def test_a_tip_of_another_station_goes_there_and_is_new_there(
    app: Flask, sho: Desk, parts: Parts, jobs: list[tuple[Job, str]]
) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING | {"pin_code": "208005"})
    answer = correct(sho, tip, place=BARRA)
    assert (answer.status_code, answer.location) == (303, f"/console/tips/{tip}/correction")
    assert (
        facts(parts, tip) == ("gambling", "caller", "KNP", BARRA, "officer", "U3") and row(parts, tip).pin_code is None
    )
    assert (status_of(parts, tip), jobs) == ("prepared", [(Job.ROUTE_TIP, tip)])
    assert trail_of(parts, tip) == ["read", "correct"]
    on_its_way = sho.get(answer.location).text
    assert "सही दफ़्तर को जा रही है" in on_its_way and 'http-equiv="refresh"' in on_its_way
    send_on(parts, tip)
    there = sho.get(answer.location).text
    assert "थाना बर्रा" in there and "कार्रवाई के लिए" in there and "refresh" not in there
    assert sho.get(f"/console/tips/{tip}").status_code == 404 and tip not in sho.get("/console/").text
    assert units(parts, tip) == {BARRA: "to", OFFICE: "to", RANGE: "copy"}
    new = desk_of(app, parts, BARRA)
    assert f'unread" href="/console/tips/{tip}"' in new.get("/console/?group=new").text
    page = new.get(f"/console/tips/{tip}").text
    assert "अफसर ने ठीक किया" in page and "सुनकर देखा" in page and "थाना नौबस्ता, कानपुर नगर → थाना बर्रा, कानपुर नगर" in page


def test_who_does_not_know_the_station_lets_the_district_office_decide(sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    assert correct(sho, tip, place="KNP").status_code == 303
    say(parts, tip, "काकादेव में जुआ होता है")  # words do not guess against an officer
    send_on(parts, tip)
    assert facts(parts, tip)[2:5] == ("KNP", None, "officer") and units(parts, tip) == {RANGE: "to"}
    assert row(parts, tip).pin_code == "208021"  # it is of that district still


def test_an_office_gives_back_what_is_not_in_its_districts_and_headquarters_sends_it_where_it_belongs(
    app: Flask, officer: Desk, parts: Parts
) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    assert "हमारे इलाके का नहीं, स्वतंत्र समीक्षक तय करे" in officer.get(f"/console/tips/{tip}").text
    correct(officer, tip, place="OUT")
    send_on(parts, tip)
    assert units(parts, tip) == {"HQ": "to"}
    headquarters = desk_of(app, parts, "HQ")
    page = headquarters.get(f"/console/tips/{tip}").text
    assert (
        "पहले ज़िला चुनें" in page
        and "JNP-KOT" not in page
        and "<details open" not in page.replace(' class="narrowing"', "")
    )
    assert 'value="OUT"' not in page
    page = headquarters.get(f"/console/tips/{tip}?district=JNP").text
    assert 'value="JNP-KOT"' in page and BARRA not in page and '<details class="narrowing" open>' in page
    correct(headquarters, tip, place="JNP-KOT")
    send_on(parts, tip)
    assert set(units(parts, tip)) == {"JNP-KOT", "JNP-SP", "VNS-RANGE"}


def test_a_station_chooses_among_those_of_its_own_district(sho: Desk, parts: Parts) -> None:
    page = sho.get(f"/console/tips/{lay_tip(parts, AS_ROUTED, **GAMBLING)}").text
    offered = set(re.findall(r'<option value="([A-Z-]+)"', page))
    assert offered == {"KNP"} | {
        code for code, one in parts.catalogue.stations.items() if one.district == "KNP" and one.type == "territorial"
    }
    assert "<optgroup" in page and "डी सी पी साउथ" in page and "पहले ज़िला चुनें" not in page


def test_a_place_that_was_told_stays_with_its_pin_code_where_both_agree(officer: Desk, parts: Parts) -> None:
    stations = parts.catalogue.pins["208001"].stations
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING | {"pin_code": "208001"})
    correct(officer, tip, place=stations[0].code)
    assert row(parts, tip).pin_code == "208001"


# --- a wrong kind


def test_another_kind_brings_its_urgency_and_the_offices_it_is_for(sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    correct(sho, tip, kind="illegal_arms")
    say(parts, tip, "सट्टा चलता है")
    send_on(parts, tip)
    assert facts(parts, tip) == ("illegal_arms", "officer", "KNP", STATION, "caller", "U2")
    assert units(parts, tip) == {OFFICE: "to", RANGE: "copy"}  # such tips go to no station


def test_urgency_is_the_corrected_kinds_not_of_words_that_were_misunderstood_but_danger_stays(
    officer: Desk, parts: Parts
) -> None:
    for before, after in (("U2", "U3"), ("U1", "U1")):
        tip = lay_tip(parts, AS_ROUTED, category="extortion", category_by="words", status="opened", urgency=before)
        say(parts, tip, "रंगदारी माँग रहे हैं")
        correct(officer, tip, kind="other")
        send_on(parts, tip)
        assert facts(parts, tip)[0] == "other" and row(parts, tip).urgency == after


def test_who_keeps_the_tip_sees_it_again_with_what_was_put_right(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    answer = correct(officer, tip, kind="mining_overload", place=BARRA, reason="<b>ट्रैक्टर</b>")
    send_on(parts, tip)
    back = officer.get(answer.location)
    assert (back.status_code, back.location) == (303, f"/console/tips/{tip}")
    page = officer.get(back.location).text
    assert "सूचना ठीक कर दी गई" in page and "&lt;b&gt;ट्रैक्टर" in page and page.count("अफसर ने ठीक किया") == 2
    assert trail_of(parts, tip)[-2:] == ["route", "open"]  # new to it, too: somebody has to begin again


def test_kinds_are_the_catalogues_fourteen(officer: Desk, parts: Parts) -> None:
    page = officer.get(f"/console/tips/{lay_tip(parts, AS_ROUTED, **GAMBLING)}").text
    form = page[page.index('id="kind"') : page.index('id="kind-help"')]
    assert re.findall(r'value="(\w+)"', form) == list(parts.catalogue.categories) and form.count(" selected") == 1


# --- what is not taken


@pytest.mark.parametrize("place", ["KNP-XXX", "JNP-KOT", "JNP", "GZP", "OUT", "HQ", OFFICE, "KNP-BRR ", "'; --", "BRR"])
def test_a_place_that_a_station_may_not_choose_is_refused(sho: Desk, parts: Parts, place: str) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    answer = correct(sho, tip, place=place, reason="मेरा कारण")
    assert answer.status_code == 400 and "सूची में से चुनें" in answer.text and "मेरा कारण" in answer.text
    assert facts(parts, tip) == BEFORE and trail_of(parts, tip) == ["read"]


def test_a_women_or_cyber_station_is_chosen_by_nobody_as_no_place_is_theirs(officer: Desk, parts: Parts) -> None:
    (cyber,) = [one.code for one in parts.catalogue.stations.values() if (one.district, one.type) == ("KNP", "cyber")]
    assert correct(officer, lay_tip(parts, AS_ROUTED, **GAMBLING), place=cyber).status_code == 400


@pytest.mark.parametrize("kind", ["murder", "GAMBLING", "gambling>other", "x" * 5000])
def test_a_kind_that_the_catalogue_has_not_is_refused(officer: Desk, parts: Parts, kind: str) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    assert correct(officer, tip, kind=kind).status_code == 400
    assert facts(parts, tip) == BEFORE


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"place": BARRA, "reason": " \r\n\0"}, "क्यों बदल रहे हैं।"), ({}, "कुछ नहीं बदला"),
        ({"kind": "gambling", "place": STATION}, "कुछ नहीं बदला"),
    ],
)  # fmt: skip
def test_without_a_reason_or_a_change_nothing_is_written(
    officer: Desk, parts: Parts, jobs: list[tuple[Job, str]], changed: dict[str, str], words: str
) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    answer = correct(officer, tip, **changed)
    assert answer.status_code == 400 and words in answer.text
    assert (facts(parts, tip), trail_of(parts, tip), jobs) == (BEFORE, ["read"], [])


@pytest.mark.parametrize(
    "seen",
    ["", "opened", "opened/gambling/KNP/KNP-NBS/1", "working/gambling/KNP/KNP-NBS/0", "opened/other/KNP/KNP-NBS/0",
     "opened/gambling/KNP/KNP-NBS/-1", "opened/gambling/KNP/KNP-NBS/٠", "opened/gambling/KNP/KNP-NBS/0/0",
     "opened/gambling/KNP//0", "/" * 4, "9" * 30_000],
)  # fmt: skip
def test_a_form_of_something_else_than_what_is_there_changes_nothing(officer: Desk, parts: Parts, seen: str) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    answer = correct(officer, tip, seen=seen, place=BARRA)
    assert answer.status_code == 409 and "किसी और ने" in answer.text and f'value="{BARRA}" selected' in answer.text
    assert facts(parts, tip) == BEFORE and trail_of(parts, tip) == ["read"]


def test_to_an_officer_of_another_station_there_is_no_such_tip(app: Flask, sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    sent = form(sho, tip, place=BARRA)
    stranger = desk_of(app, parts, OTHER_ZONE)
    before = trail_of(parts, tip)
    for changed in (sent, sent | {"place": "JNP-KOT"}, sent | {"seen": "x"}, sent | {"reason": ""}):
        assert stranger.post(f"/console/tips/{tip}/correction", **changed).status_code == 404
    assert stranger.get(f"/console/tips/{tip}/correction").status_code == 404
    nowhere = stranger.post(f"/console/tips/{'0' * 32}/correction", **sent)
    assert nowhere.status_code == 404 and (facts(parts, tip), trail_of(parts, tip)) == (BEFORE, before)


def test_who_has_a_copy_corrects_nothing(app: Flask, officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    sent = form(officer, tip, place=BARRA)
    commissioner = desk_of(app, parts, RANGE)
    assert 'id="correct"' not in commissioner.get(f"/console/tips/{tip}").text
    assert commissioner.post(f"/console/tips/{tip}/correction", **sent).status_code == 409
    assert facts(parts, tip) == BEFORE


def test_what_is_closed_is_opened_again_before_it_is_corrected(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING | {"status": "closed"})
    assert 'id="correct"' not in officer.get(f"/console/tips/{tip}").text
    sent = {"seen": f"closed/gambling/KNP/{STATION}/0", "place": BARRA, "reason": "x"}
    assert officer.post(f"/console/tips/{tip}/correction", **sent).status_code == 409
    assert status_of(parts, tip) == "closed"


@pytest.mark.parametrize("token", ["", "x"])
def test_a_form_without_its_token_corrects_nothing(officer: Desk, parts: Parts, token: str) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    assert correct(officer, tip, place=BARRA, csrf_token=token).status_code == 400
    assert facts(parts, tip) == BEFORE


def test_nobody_who_is_not_signed_in_corrects_anything(officer: Desk, desk: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    sent = form(officer, tip, place=BARRA)
    desk.get("/console/sign-in")
    assert "/console/sign-in" in (desk.post(f"/console/tips/{tip}/correction", **sent).location or "")
    assert facts(parts, tip) == BEFORE


# --- twice, and at once


def test_a_form_that_is_sent_twice_corrects_once(sho: Desk, parts: Parts, jobs: list[tuple[Job, str]]) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    sent = form(sho, tip, place=BARRA)
    first = sho.post(f"/console/tips/{tip}/correction", **sent)
    second = sho.post(f"/console/tips/{tip}/correction", **sent)
    send_on(parts, tip)
    third = sho.post(f"/console/tips/{tip}/correction", **sent)
    assert [one.status_code for one in (first, second, third)] == [303] * 3 and len(
        {first.location, third.location}
    ) == 1
    assert trail_of(parts, tip) == ["read", "correct", "route"] and len(jobs) == 1
    # The same page once more with another choice is no repetition; and the tip is not theirs any more.
    assert sho.post(f"/console/tips/{tip}/correction", **sent | {"place": "KNP"}).status_code == 404


def test_of_two_officers_who_correct_at_once_the_second_is_told(app: Flask, officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    colleague = Desk(app)
    colleague.sign_in(an_officer(parts, username="colleague"))
    sent = form(officer, tip, place="KNP-GVN")
    correct(colleague, tip, place=BARRA)
    assert officer.post(f"/console/tips/{tip}/correction", **sent).status_code == 404  # it is on its way
    send_on(parts, tip)
    late = officer.post(f"/console/tips/{tip}/correction", **sent)
    assert late.status_code == 409 and "किसी और ने" in late.text
    assert facts(parts, tip)[3] == BARRA and trail_of(parts, tip).count("correct") == 1
    assert officer.get(f"/console/tips/{tip}/correction").status_code == 404  # it was not this officer


def test_a_correction_back_and_forth_is_two_corrections(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    first = form(officer, tip, place=BARRA)
    officer.post(f"/console/tips/{tip}/correction", **first)
    send_on(parts, tip)
    assert correct(officer, tip, place=STATION).status_code == 303
    send_on(parts, tip)
    officer.get(f"/console/tips/{tip}")
    # Status, kind and place are as the first form saw them, and yet it is an old one.
    assert officer.post(f"/console/tips/{tip}/correction", **first).status_code == 409
    assert facts(parts, tip)[3] == STATION


def test_a_move_by_somebody_who_still_has_the_old_page_finds_nothing(sho: Desk, officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    correct(officer, tip, place=BARRA)
    for path, sent in (("moves", {"move": "start_work", "seen": "opened"}), ("questions", {"question": "when"})):
        assert sho.post(f"/console/tips/{tip}/{path}", **sent).status_code == 404


# --- complaints about police


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
    silent = sho.get(where).text
    assert "सही दफ़्तर को चली गई" in silent and "डी सी पी साउथ" not in silent
    with parts.db.session() as session:
        session.get_one(Tip, tip).status = Status.RECEIVED  # it is prepared anew
    assert sho.get(where).status_code == 404
    with parts.db.session() as session:
        session.get_one(Tip, tip).status = Status.ROUTED
    put(parts, Trail(tip_id=tip, what="late_take"))
    assert sho.get(where).status_code == 404


def test_where_a_tip_went_is_told_for_some_minutes(sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    where = correct(sho, tip, place=BARRA).location
    send_on(parts, tip)
    with parts.db.session() as session:
        done = session.exec(select(Trail).where(Trail.what == "correct")).one()
        done.at = now() - corrections.RECEIPT - timedelta(seconds=1)
    assert sho.get(where).status_code == 404


# --- the informant


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


# --- who was given it, counted, on every database


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
