"""The overview: who sees which numbers, and what nobody can read out of them."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from ivr.console import counting
from ivr.console.access import reach
from ivr.console.kept import Kept
from ivr.console.sheet import written
from ivr.parts import Parts
from models.database import now
from models.officer import THROWN_AWAY
from models.tables import Tally, Tip, Trail
from models.tip import Routing
from tests.ivr.console.desk import ELSEWHERE, OFFICE, RANGE, STATION, Desk, an_officer, lay_many, put

HERE = "/console/overview"
KEPT: dict[str, Any] = {"category": "extortion"}  # no station is sent these, and offices see in whose area they were


def as_tomorrow(desk: Desk) -> None:
    """Forget what was made today: the tips are the same."""
    desk.client.application.extensions["hotline.overview"] = Kept()


def shown(desk: Desk, path: str = HERE) -> str:
    """What a reader sees of the page."""
    as_tomorrow(desk)
    page = re.search(r"<main.*</main>", desk.get(path).text, re.S)
    assert page is not None
    return re.sub(r"\s+", " ", re.sub(r'<input type="hidden"[^>]*>|<[^>]*>', " ", page[0]))


def sheet(desk: Desk, query: str = "") -> list[list[str]]:
    as_tomorrow(desk)
    answer = desk.get(f"{HERE}.csv{query}")
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def in_all(desk: Desk, query: str = "") -> str:
    """How many came, as shown."""
    return next(row[1] for row in sheet(desk, query) if row and row[0] in ("कुल", "In all"))


def signed_in(app: Flask, parts: Parts, unit: str, role: str = "officer") -> Desk:
    desk = Desk(app)
    desk.sign_in(an_officer(parts, unit, role))
    return desk


# --- whose
def test_nobody_sees_numbers_without_signing_in(desk: Desk) -> None:
    for path in (HERE, f"{HERE}.csv"):
        assert desk.get(path).status_code == 303


def test_a_station_sees_its_own_numbers_and_neither_others_nor_a_comparison(
    officer: Desk, sho: Desk, parts: Parts
) -> None:
    lay_many(parts, 20, {OFFICE: "to", STATION: "to"})
    lay_many(parts, 200, {OFFICE: "to"}, category="drugs_liquor", station="KNP-BRR")
    assert in_all(sho) == "20" and int(in_all(officer)) >= 215
    page = shown(sho)
    assert "थानों की तुलना" in shown(officer) and "थानों की तुलना" not in page and "पिन कोड" not in page
    assert "बर्रा" in shown(officer) and "बर्रा" not in page


def test_an_office_sees_its_own_district_and_the_range_its_districts(app: Flask, parts: Parts, officer: Desk) -> None:
    lay_many(parts, 30, {OFFICE: "to", RANGE: "copy"})
    lay_many(parts, 50, {"JNP-SP": "to", "VNS-RANGE": "copy"}, district="JNP", station="JNP-KOT", **KEPT)
    lay_many(parts, 70, {"GZP-SP": "to", "VNS-RANGE": "copy"}, district="GZP", station="GZP-KRD", **KEPT)
    desks = {unit: signed_in(app, parts, unit) for unit in (RANGE, "JNP-SP", "GZP-SP", "VNS-RANGE", "HQ")}
    assert [in_all(desk) for desk in desks.values()] == ["30", "50", "70", "120", "150"]
    page = shown(desks["VNS-RANGE"])
    assert "कोतवाली जौनपुर" in page and "करंडा" in page and "नौबस्ता" not in page


def test_complaints_about_police_never_show_to_a_station_not_even_as_a_number(
    app: Flask, sho: Desk, officer: Desk, parts: Parts
) -> None:
    lay_many(parts, 40, {RANGE: "to", OFFICE: "copy"}, category="police_misconduct")
    assert in_all(sho) == "5 से कम"
    assert "police_misconduct" not in sho.get(HERE).text
    assert sheet(sho, "?kind=police_misconduct") == sheet(sho)
    # The office knows of them, by their kind; its table of stations, which stations are shown, does not.
    rows = sheet(officer)
    menu = parts.catalogue.categories["police_misconduct"].menu("hi")
    assert in_all(officer) == "40"
    assert not [row for row in rows if row and row[0] == "नौबस्ता"]
    assert [row[1] for row in rows if row and row[0] == menu] == ["40"]


@pytest.mark.parametrize(
    ("unit", "at_station", "is_reviewer", "everything", "compares"),
    [
        (STATION, True, False, False, False),
        (STATION, True, True, False, False),  # whatever a setting says
        (OFFICE, False, False, False, True),
        ("HQ", False, True, True, True),
    ],
)
def test_how_far_an_officer_sees(
    unit: str, at_station: bool, is_reviewer: bool, everything: bool, compares: bool
) -> None:
    seen = reach(unit, at_station=at_station, is_reviewer=is_reviewer)
    assert (seen.unit, seen.everything, seen.compares) == (unit, everything, compares)


@pytest.mark.parametrize("unit", [STATION, OFFICE, RANGE])
def test_an_administrator_sees_the_numbers_of_the_officers_of_the_unit_and_no_others(
    app: Flask, parts: Parts, cheap_passwords: None, unit: str
) -> None:
    lay_many(parts, 20, {OFFICE: "to", STATION: "to", RANGE: "copy"})
    lay_many(parts, 40, {ELSEWHERE: "to"}, district="JNP", station="JNP-KOT")
    lay_many(parts, 40, {"HQ": "to"}, district=None, station=None)
    administrator = signed_in(app, parts, unit, "administrator")
    assert in_all(administrator) == "20" and sheet(administrator) == sheet(signed_in(app, parts, unit))


def test_what_was_thrown_away_is_told_to_the_reviewer_alone(app: Flask, administrator: Desk, parts: Parts) -> None:
    week = (now() - timedelta(days=21)).date()
    put(parts, Tally(day=week - timedelta(days=week.weekday()), what=THROWN_AWAY, n=35))
    reviewer = signed_in(app, parts, "HQ")
    for few in (True, False):
        page = shown(reviewer)
        assert "हटाई गई 35" in page and ("इतनी कम सूचनाएँ" in page) is few
        assert [row[1] for row in sheet(reviewer) if row and "हटाई गई" in row[0]] == ["35"]
        lay_many(parts, 20, {OFFICE: "to"})
    assert "हटाई गई" not in shown(administrator)


# --- what can be read out of them
@pytest.mark.parametrize("query", ["", "?by=fortnight", "?by=month&span=12", "?kind=gambling"])
def test_one_tip_or_four_in_a_place_look_like_none(officer: Desk, parts: Parts, query: str) -> None:
    lay_many(parts, 40, {OFFICE: "to"}, category="drugs_liquor")
    lay_many(parts, 1, {OFFICE: "to", STATION: "to"}, station="KNP-BRR", pin_code="208027")
    rows = [sheet(officer, query), sheet(officer, f"{query or '?'}&kind=gambling")]
    for tips in range(1, 4):
        lay_many(parts, 1, {OFFICE: "to"}, station="KNP-BRR", pin_code="208027", language="en", channel="sms")
        for found in (sheet(officer, query), sheet(officer, f"{query or '?'}&kind=gambling")):
            words = [cell for row in found for cell in row]
            assert not any("बर्रा" in cell or "208027" in cell for cell in words), tips
            numbers = [int(cell) for row in found[4:] for cell in row[1:] if cell.isdecimal()]
            assert all(number % 5 == 0 and number for number in numbers)
    # With the whole filter on, nothing at all has changed.
    assert sheet(officer, "?kind=gambling") == sheet(officer, "?kind=gambling")
    assert rows[1][4:] == sheet(officer, f"{query or '?'}&kind=gambling")[4:]


def test_what_comes_today_changes_nothing_until_tomorrow(officer: Desk, parts: Parts) -> None:
    lay_many(parts, 23, {OFFICE: "to", STATION: "to"})
    before = sheet(officer)
    lay_many(parts, 30, {OFFICE: "to", STATION: "to"}, received_hour=now())
    assert sheet(officer) == before


def test_a_page_that_is_asked_for_again_is_not_counted_again_and_nobody_is_shown_anothers(
    officer: Desk, sho: Desk, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_many(parts, 20, {OFFICE: "to"})
    before, own = officer.get(HERE).text, shown(sho)
    times, count = [], counting.count
    monkeypatch.setattr(counting, "count", lambda *asked: times.append(asked) or count(*asked))
    lay_many(parts, 50, {OFFICE: "to"}, status="opened")
    as_tomorrow(officer)
    for query in ("", "?kind=gambling", "?by=month", "", "?kind=gambling", "?by=month"):
        officer.get(f"{HERE}{query}")
        officer.get(f"{HERE}.csv{query}")
    assert len(times) == 3
    page = re.search(r"<main.*</main>", sho.get(HERE).text, re.S)
    assert page is not None and "इतनी कम सूचनाएँ" in page[0] and "इतनी कम सूचनाएँ" in own and "70" not in page[0]
    assert len(times) == 4 and officer.get(HERE).text != before


def test_no_id_no_hour_and_no_exact_number_is_on_the_page(officer: Desk, parts: Parts) -> None:
    ids = lay_many(parts, 23, {OFFICE: "to", STATION: "to"})
    page, rows = officer.get(HERE).text, sheet(officer)
    main = re.sub(r'<input type="hidden"[^>]*>', "", page[page.index("<main") :])
    assert not any(tip_id in page or tip_id[:6].upper() in page for tip_id in ids)
    assert not re.search(r"[0-9a-f]{32}", main) and not re.search(r"\d\d:\d\d", main)
    assert not re.search(r"\b23\b", shown(officer)) and not any("23" in row[1:] for row in rows[3:])


def test_the_sheet_has_the_numbers_of_the_page(officer: Desk, parts: Parts) -> None:
    for n, station in enumerate(("KNP-NBS", "KNP-BRR", "KNP-KOT")):
        lay_many(parts, 20 * (n + 1), {OFFICE: "to"}, category="extortion", station=station, days_ago=5 + 9 * n)
    page = re.findall(r"<td[^>]*>([^<%]*)</td>", officer.get(HERE).text)
    found = [cell for row in sheet(officer) for cell in row[1:]]
    assert [cell for cell in page if cell.strip() and cell.isdecimal() and cell not in found] == []


def test_how_soon_tips_were_opened_is_said_in_steps_that_exclude_each_other(officer: Desk, parts: Parts) -> None:
    for tip_id in lay_many(parts, 25, {OFFICE: "to"}, status="opened"):
        put(parts, Trail(tip_id=tip_id, what="open", at=now() - timedelta(days=8)))
    rows = sheet(officer)
    at = rows.index(["कितने दिन में पढ़ी गईं", "पढ़ी गईं"])
    assert rows[at + 1 : at + 5] == [
        ["एक दिन में", "5 से कम"], ["1 से 3 दिन में", "25"], ["3 से 7 दिन में", "5 से कम"], ["उसके बाद", "5 से कम"]
    ]  # fmt: skip


def test_no_cell_of_the_sheet_is_a_formula_to_a_spreadsheet() -> None:
    for evil in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '=HYPERLINK("http://x")'):
        ((cell,),) = csv.reader(io.StringIO(written([[evil]]).decode("utf-8-sig"), newline=""))
        assert cell == f"'{evil}"
    assert written([["नौबस्ता", 5]]).decode("utf-8-sig") == "नौबस्ता,5\r\n"


# --- the page itself
def test_too_few_tips_are_said_to_be_too_few(officer: Desk, parts: Parts) -> None:
    lay_many(parts, 3, {OFFICE: "to"})
    page = shown(officer)
    assert "इतनी कम सूचनाएँ" in page
    assert "<svg" not in officer.get(HERE).text


def test_strange_addresses_show_the_overview_and_break_nothing(officer: Desk, parts: Parts) -> None:
    lay_many(parts, 20, {OFFICE: "to"})
    for query in ("?by=year", "?span=9999999999999999999999", "?span=-1&by=month", "?kind=<script>", "?kind=%00"):
        answer = officer.get(f"{HERE}{query}")
        assert answer.status_code == 200 and "<script>" not in answer.text


def test_the_change_against_the_period_before_is_said_in_words(officer: Desk, parts: Parts) -> None:
    today = now() + timedelta(hours=5.5)
    to_last_week = today.weekday() + 3.5  # the middle of the last full week
    lay_many(parts, 60, {OFFICE: "to"}, days_ago=to_last_week, **KEPT)
    lay_many(parts, 20, {OFFICE: "to"}, days_ago=to_last_week + 7, **KEPT)
    lay_many(parts, 20, {OFFICE: "to"}, days_ago=to_last_week + 14, **KEPT)
    page = shown(officer)
    assert "करीब 40 ज़्यादा" in page and "लगभग उतनी ही" in page
    assert "नौबस्ता" in page


def test_the_district_is_drawn_with_its_stations_and_says_whose_the_points_are(officer: Desk, parts: Parts) -> None:
    lay_many(parts, 30, {OFFICE: "to", STATION: "to"})
    page = officer.get(HERE).text
    assert page.count('class="tips-there"') == 1 and page.count('class="dot"') > 40
    assert "GeoNames" in page and "OpenStreetMap" in page


def test_a_tip_whose_content_is_destroyed_is_still_counted_and_its_place_is_not_looked_for_any_more(
    officer: Desk, parts: Parts
) -> None:
    lay_many(parts, 30, {OFFICE: "to"}, days_ago=300, status="closed", station=None)  # as retention leaves it
    rows = sheet(officer, "?by=month&span=12")
    assert in_all(officer, "?by=month&span=12") == "30"
    (head,) = [row for row in rows if row and row[0] == "थानों की तुलना"]
    assert head[1] != rows[1][0]  # stations are compared over a shorter time, which is said


def test_a_tip_brought_to_its_offices_again_is_counted_once(officer: Desk, parts: Parts) -> None:
    ids = lay_many(parts, 25, {OFFICE: "to"}, category="drugs_liquor")
    before = sheet(officer)
    for tip_id in ids:
        put(parts, Routing(tip_id=tip_id, unit=STATION, role="assigned"))
    with parts.db.session() as session:
        for tip_id in ids:
            session.get_one(Tip, tip_id).category_by = "officer"
    assert sheet(officer) == before


def test_the_units_of_another_office_change_nothing_here(officer: Desk, parts: Parts) -> None:
    lay_many(parts, 25, {OFFICE: "to"})
    before: Any = sheet(officer)
    lay_many(parts, 99, {ELSEWHERE: "to"}, district="JNP", station="JNP-KOT")
    assert sheet(officer) == before
