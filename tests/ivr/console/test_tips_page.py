"""The list of tips: whose, in which order, how coarse."""

import re
from datetime import timedelta

from flask import Flask

from ivr.console.worklist import PAGE_SIZE, Filters, list_tips
from ivr.parts import Parts
from models.database import Database, now
from models.lifecycle import READABLE, Status
from models.officer import ADDED
from models.tables import Tip, Trail
from tests.ivr.console.desk import ELSEWHERE, OFFICE, RANGE, STATION, Desk, an_officer, lay_tip, put


def shown(page: str) -> list[str]:
    return re.findall(r'href="/console/tips/([0-9a-f]{32})"', page)


def test_an_officer_sees_the_tips_of_the_own_unit_and_no_others(officer: Desk, sho: Desk, parts: Parts) -> None:
    ours, both = lay_tip(parts, {OFFICE: "to"}), lay_tip(parts, {OFFICE: "to", STATION: "copy"})
    theirs = lay_tip(parts, {ELSEWHERE: "to"})
    assert set(shown(officer.get("/console/").text)) == {ours, both}
    assert shown(sho.get("/console/").text) == [both]
    assert theirs not in officer.get("/console/").text


def test_an_administrator_sees_no_content_of_other_units(administrator: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"})
    assert shown(administrator.get("/console/").text) == []
    assert administrator.get(f"/console/tips/{tip}").status_code == 404


def test_a_tip_that_is_not_ready_is_not_listed(officer: Desk, parts: Parts) -> None:
    for status in set(Status) - set(READABLE):
        lay_tip(parts, {OFFICE: "to"}, status=status)
    assert shown(officer.get("/console/?group=open").text) == []


def test_the_most_urgent_come_first_then_the_newest(officer: Desk, parts: Parts) -> None:
    old_u3 = lay_tip(parts, {OFFICE: "to"}, urgency="U3", ago=timedelta(days=5))
    unknown = lay_tip(parts, {OFFICE: "to"}, urgency=None, ago=timedelta(hours=1))
    new_u3 = lay_tip(parts, {OFFICE: "to"}, urgency="U3", ago=timedelta(days=1))
    u1 = lay_tip(parts, {OFFICE: "to"}, urgency="U1", ago=timedelta(days=30))
    assert shown(officer.get("/console/").text) == [u1, new_u3, old_u3, unknown]


def test_times_are_parts_of_days_and_never_hours(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, ago=timedelta(days=3))
    with parts.db.reading() as session:
        kept = session.get(Tip, tip)
        assert kept is not None
        hour = kept.received_hour
    page = officer.get("/console/").text
    (when,) = re.findall(r'<span class="when">(.*?)</span></span>', page)
    assert re.search(r"(सुबह|दोपहर|शाम|रात)", when)
    assert "दिन पहले" in when
    assert ":" not in re.sub(r"<[^>]*>", "", when)
    for exact in (f"{hour:%H:%M}", f"{hour.isoformat()}", str(int(hour.timestamp()))):
        assert exact not in page


def test_a_tip_the_machine_understood_badly_is_marked(officer: Desk, parts: Parts) -> None:
    lay_tip(parts, {OFFICE: "to"}, confidence=0.95)
    assert "आवाज़ साफ़ नहीं" not in officer.get("/console/").text
    lay_tip(parts, {OFFICE: "to"}, confidence=0.5)
    assert officer.get("/console/").text.count("आवाज़ साफ़ नहीं") == 1


def test_the_list_can_be_narrowed_and_counts_what_is_there(officer: Desk, parts: Parts) -> None:
    gambling = lay_tip(parts, {OFFICE: "to"}, category="gambling", station="KNP-BBP")
    closed = lay_tip(parts, {OFFICE: "to"}, status="closed")
    drugs = lay_tip(parts, {OFFICE: "to"}, status="working")
    assert set(shown(officer.get("/console/").text)) == {gambling, drugs}
    assert shown(officer.get("/console/?group=closed").text) == [closed]
    assert shown(officer.get("/console/?group=in_hand").text) == [drugs]
    assert shown(officer.get("/console/?category=gambling").text) == [gambling]
    assert shown(officer.get("/console/?station=KNP-BBP").text) == [gambling]
    nothing = officer.get("/console/?category=gambling&group=closed")
    assert shown(nothing.text) == []
    assert "ऐसी कोई सूचना नहीं मिली" in nothing.text
    counts = re.findall(r'<span class="count">(\d+)</span>', officer.get("/console/").text)
    assert counts == ["2", "2", "1", "0", "1"]  # what is in hand without anybody's reading is new too


def test_what_a_station_does_with_a_tip_leaves_it_new_to_the_office_that_has_not_read_it(
    officer: Desk, sho: Desk, parts: Parts
) -> None:
    tip = lay_tip(parts, {OFFICE: "to", STATION: "to", RANGE: "copy"})
    sho.get(f"/console/tips/{tip}")
    sho.post(f"/console/tips/{tip}/moves", move="report", seen="opened", note="कुछ नहीं मिला")
    for group in ("open", "new", "reported"):
        page = officer.get(f"/console/?group={group}").text
        assert shown(page) == [tip] and "आपके यहाँ किसी ने नहीं पढ़ी" in page, group
    assert shown(sho.get("/console/?group=new").text) == []
    officer.get(f"/console/tips/{tip}")
    assert shown(officer.get("/console/?group=new").text) == []
    page = officer.get("/console/").text
    assert shown(page) == [tip] and "किसी ने नहीं पढ़ी" not in page


def test_what_a_unit_only_has_for_information_is_not_new_to_it_when_others_act(
    app: Flask, officer: Desk, parts: Parts
) -> None:
    tip = lay_tip(parts, {OFFICE: "to", RANGE: "copy"})
    above = Desk(app)
    above.sign_in(an_officer(parts, RANGE))
    assert shown(above.get("/console/?group=new").text) == [tip]
    officer.get(f"/console/tips/{tip}")
    assert shown(above.get("/console/?group=new").text) == [] and shown(above.get("/console/").text) == [tip]


def test_strange_filters_show_the_open_tips_or_none_and_break_nothing(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"})
    assert shown(officer.get("/console/?group=x&page=-3").text) == [tip]
    assert shown(officer.get("/console/?page=9999999999999999999999").text) == [tip]
    assert shown(officer.get("/console/?page=abc").text) == [tip]
    assert officer.get("/console/?category='; DROP TABLE tip; --<script>").status_code == 200


def test_a_long_list_has_pages_and_every_tip_is_on_one(officer: Desk, parts: Parts) -> None:
    laid = {lay_tip(parts, {OFFICE: "to"}, with_sound=False) for _ in range(PAGE_SIZE + 3)}
    first, second = officer.get("/console/").text, officer.get("/console/?page=2").text
    assert len(shown(first)) == PAGE_SIZE
    assert set(shown(first)) | set(shown(second)) == laid
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    assert "पन्ना 2 / 2" in second


def test_an_empty_list_says_so(officer: Desk) -> None:
    assert "कोई सूचना बाकी नहीं है" in officer.get("/console/").text


def test_offices_are_told_how_many_tips_are_stuck_and_stations_are_not(
    app: Flask, officer: Desk, sho: Desk, parts: Parts
) -> None:
    put(parts, *(Tip(status="received", language="hi", received_hour=now(), problem="disk_full") for _ in range(3)))
    put(parts, Tip(status="discarded", language="hi", received_hour=now(), problem="disk_full"))
    assert "3 सूचनाएँ रुकी हुई हैं" in officer.get("/console/").text
    assert "रुकी हुई" not in sho.get("/console/").text
    english = Desk(app)
    english.sign_in(an_officer(parts, RANGE))
    english.post("/console/language", language="en")
    assert "3 tips are stuck" in english.get("/console/").text


def test_the_list_is_the_same_on_every_database(db: Database, parts: Parts) -> None:
    from dataclasses import replace

    there = replace(parts, db=db)
    urgent = lay_tip(there, {OFFICE: "to"}, urgency="U1", confidence=0.4)
    later = lay_tip(there, {OFFICE: "copy"}, urgency=None)
    working = lay_tip(there, {OFFICE: "to", STATION: "to"}, urgency="U2", status="working")
    lay_tip(there, {OFFICE: "copy"}, status="closed")
    lay_tip(there, {ELSEWHERE: "to"})
    found = list_tips(db, OFFICE, Filters())
    assert [(row.id, row.role) for row in found.rows] == [(urgent, "to"), (working, "to"), (later, "copy")]
    assert [bool(row.unread) for row in found.rows] == [True, True, False]
    assert found.confidence == {urgent: 0.4, working: 0.95, later: 0.95}
    assert found.counts == {"open": 3, "new": 3, "in_hand": 1, "reported": 0, "closed": 1}
    assert [row.id for row in list_tips(db, OFFICE, Filters("new")).rows] == [urgent, working, later]
    assert list_tips(db, ELSEWHERE + "X", Filters()).counts == dict.fromkeys(found.counts, 0)
    assert found.stations == (STATION,)


def test_a_tip_of_which_more_was_told_is_marked_until_somebody_of_the_unit_looks(
    officer: Desk, sho: Desk, parts: Parts
) -> None:
    def marked(desk: Desk) -> bool:
        return "कुछ नया जुड़ा है" in desk.get("/console/").text

    tip = lay_tip(parts, {OFFICE: "to", STATION: "copy"})
    put(parts, Trail(tip_id=tip, what=ADDED))
    assert not marked(officer)  # nobody has read it: all of it is new
    for desk in (officer, sho):
        desk.get(f"/console/tips/{tip}")
    assert not marked(officer)
    put(parts, Trail(tip_id=tip, what=ADDED))
    assert marked(officer) and marked(sho)
    officer.get(f"/console/tips/{tip}")
    assert not marked(officer) and marked(sho)
