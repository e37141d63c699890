"""Officers put right of which kind a tip is and where it belongs; it goes there, and is new to whoever has it then."""

import re

import pytest
from flask import Flask

from ivr.parts import Parts
from tests.ivr.console.correcting import (
    AS_ROUTED,
    BARRA,
    GAMBLING,
    correct,
    desk_of,
    facts,
    row,
    say,
    send_on,
    units,
)
from tests.ivr.console.desk import OFFICE, RANGE, STATION, Desk, lay_tip, status_of, trail_of
from workers.queues import Job

pytestmark = pytest.mark.usefixtures("jobs")


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


def test_a_kind_that_the_catalogue_has_no_more_stays_until_somebody_chooses(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING | {"category": "an_older_kind"})
    kinds = re.search(r'<select id="kind".*?</select>', officer.get(f"/console/tips/{tip}").text, re.S)
    assert kinds and '<option value="">' in kinds[0] and "selected" not in kinds[0]
    correct(officer, tip, place=BARRA)
    assert facts(parts, tip)[:4] == ("an_older_kind", "caller", "KNP", BARRA)
