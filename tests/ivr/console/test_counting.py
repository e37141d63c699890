"""What is counted, once, for whom; on every database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
from sqlmodel import select

from ivr.casework import SHOWN
from ivr.commands.tips import rows
from ivr.console.access import Reach
from ivr.console.coarse import indian
from ivr.console.counting import Counted, count
from ivr.console.periods import Period, midnight, periods
from ivr.parts import Parts
from models.database import Database, now
from models.lifecycle import READABLE, Status
from models.officer import THROWN_AWAY
from models.tables import Routing, Tally, Tip, Trail
from tests.ivr.console.desk import ELSEWHERE, OFFICE, RANGE, STATION, lay_many, lay_tip, put
from workers.routing import route

TODAY = indian(now()).date()


def counted(parts: Parts, unit: str, everything: bool = False, category: str = "", span: int = 8) -> Counted:
    reach = Reach(unit, everything, compares=unit != STATION)
    return count(parts.db, parts.catalogue, reach, periods("week", span, TODAY), TODAY, category)


def total(found: Counted) -> int:
    return sum(row.n for row in found.places)


def test_a_unit_counts_what_was_routed_to_it_and_nothing_else(parts: Parts, db: Database) -> None:
    there = replace(parts, db=db)
    lay_many(there, 3, {OFFICE: "to", STATION: "to", RANGE: "copy"})
    lay_many(there, 2, {OFFICE: "to", RANGE: "copy"}, category="drugs_liquor")
    lay_many(there, 4, {ELSEWHERE: "to"}, district="JNP", station="JNP-KOT")
    assert [total(counted(there, unit)) for unit in (STATION, OFFICE, RANGE, ELSEWHERE)] == [3, 5, 5, 4]
    assert total(counted(there, "NOWHERE")) == 0
    assert total(counted(there, OFFICE, category="drugs_liquor")) == 2


def test_what_became_of_tips_and_how_they_came_is_counted_alike_on_every_database(parts: Parts, db: Database) -> None:
    there = replace(parts, db=db)
    morning = (datetime.now(UTC) - timedelta(days=9)).replace(hour=3, minute=0, second=0, microsecond=0)
    about: dict[str, Any] = {"received_hour": morning, "pin_code": "208021"}
    lay_many(there, 2, {OFFICE: "to", STATION: "to"}, **about)
    read = lay_many(there, 3, {OFFICE: "to", STATION: "to"}, status="reported", channel="whatsapp", **about)
    done = lay_many(there, 1, {OFFICE: "to", STATION: "to"}, status="closed", language="en", **about)
    for tip, hours in zip((*read, *done), (2, 30, 100, 200), strict=True):
        put(there, Trail(tip_id=tip, what="open", at=morning + timedelta(hours=hours)))
    put(there, Trail(tip_id=done[0], what="report"))
    found = counted(there, OFFICE)
    assert total(found) == 6
    assert sum(row.n for row in found.places if row.is_new) == 2
    assert sum(row.n for row in found.places if row.is_reported) == 4
    assert sum(row.n for row in found.places if row.is_closed) == 1
    assert found.within == {"day": 1, "three_days": 1, "week": 1, "later": 1}
    assert found.channels == {"voice": 3, "whatsapp": 3} and found.languages == {"hi": 5, "en": 1}
    assert found.parts == {"morning": 6} and [(row.key, row.is_sent, row.n) for row in found.pins] == [
        ("208021", True, 6)
    ]
    assert {row.key for row in found.places} == {STATION}
    assert {row.period for row in found.places} == {
        n for n, period in enumerate(periods("week", 8, TODAY)) if period.first <= indian(morning).date() < period.end
    }


def test_how_soon_they_were_opened_counts_only_what_is_still_opened(parts: Parts, db: Database) -> None:
    there = replace(parts, db=db)
    for status in ("routed", "opened"):
        (tip_id,) = lay_many(there, 1, {OFFICE: "to"}, status=status)
        put(there, Trail(tip_id=tip_id, what="open", at=now() - timedelta(days=9)))
    assert sum(counted(there, OFFICE).within.values()) == 1


def test_what_officers_may_not_read_yet_and_what_came_today_is_not_counted(parts: Parts) -> None:
    for status in set(Status) - set(READABLE):
        lay_many(parts, 1, {OFFICE: "to"}, status=status)
    lay_many(parts, 1, {OFFICE: "to"}, received_hour=now())
    assert total(counted(parts, OFFICE)) == 0


def test_a_complaint_about_police_names_no_place_and_is_not_counted_for_a_station(parts: Parts) -> None:
    lay_many(parts, 2, {RANGE: "to", OFFICE: "copy"}, category="police_misconduct", pin_code="208021")
    found = counted(parts, OFFICE)
    assert total(found) == 2 and {row.key for row in found.places} == {None} and found.pins == []
    assert counted(parts, STATION).places == []


@pytest.mark.parametrize(
    ("words", "category", "district", "station"),
    [("थाने के दरोगा जी हफ्ता वसूलते हैं", "extortion", "KNP", "KNP-NBS"),
     ("जौनपुर के एसपी साहब खुद पैसे लेते हैं", "drugs_liquor", "JNP", "JNP-KOT")],
)  # fmt: skip
def test_a_complaint_that_only_its_words_make_one_names_no_place_whatever_key_was_pressed(
    parts: Parts, words: str, category: str, district: str, station: str
) -> None:
    told: dict[str, Any] = {"category": category, "district": district, "station": station, "pin_code": "208021"}
    tips = {}
    for what in (words, "हफ्ता वसूलते हैं"):
        tips[what] = lay_tip(parts, {}, words=[{"w": what}], status="prepared", ago=timedelta(days=10), **told)
        assert route(cast(Any, parts), tips[what])
    with parts.db.reading() as session:
        found = {what: session.get_one(Tip, tip_id) for what, tip_id in tips.items()}
        assert [(tip.accuses, tip.category) for tip in found.values()] == [(True, category), (False, category)]
        units = set(session.exec(select(Routing.unit)))
    for unit in (*units, "HQ"):
        its = counted(parts, unit, everything=unit == "HQ")
        assert sum(row.n for row in its.places if row.key == station) <= 1 and sum(row.n for row in its.pins) <= 1
    office = counted(parts, "HQ", everything=True)
    assert {row.key: row.n for row in office.places} == {None: 1, station: 1}
    # For counting alone: nothing that is shown or given out has it.
    assert not any("accuses" in row for row in rows(parts.settings))
    assert "accuses" not in {column.name for column in SHOWN}


def test_what_was_kept_from_a_station_though_such_tips_go_there_is_not_counted_under_it(parts: Parts) -> None:
    lay_many(parts, 2, {OFFICE: "to"}, category="gambling", pin_code="208021")  # its words name somebody of the police
    lay_many(parts, 3, {OFFICE: "to"}, category="drugs_liquor")  # no station is ever sent these
    found = counted(parts, OFFICE)
    assert {row.key: row.n for row in found.places} == {None: 2, STATION: 3} and found.pins == []


def test_a_correction_of_kind_or_place_moves_the_tip_and_counts_it_once(parts: Parts) -> None:
    (tip_id,) = lay_many(parts, 1, {OFFICE: "to"}, category="drugs_liquor")
    before = counted(parts, OFFICE)
    with parts.db.session() as session:
        tip = session.get_one(Tip, tip_id)
        tip.category, tip.station = "extortion", "KNP-BRR"
    after = counted(parts, OFFICE)
    for found, kind, station in ((before, "drugs_liquor", STATION), (after, "extortion", "KNP-BRR")):
        assert [(row.key, row.n) for row in found.kinds] == [(kind, 1)]
        assert [(row.key, row.n) for row in found.places] == [(station, 1)]


def test_a_unit_counts_its_own_list_whole_and_the_reviewer_everything(parts: Parts) -> None:
    lay_many(parts, 1, {OFFICE: "to"})
    lay_many(parts, 2, {RANGE: "to"})  # of the same district, and kept from this office
    lay_many(parts, 4, {ELSEWHERE: "to"}, district="JNP", station="JNP-KOT")
    lay_many(parts, 8, {"VNS-RANGE": "to"}, district="JNP", category="police_misconduct")
    lay_many(parts, 16, {"HQ": "to"}, district=None, station=None)
    lay_many(parts, 32, {STATION: "assigned"}, category="police_misconduct")  # whatever it is: it stands in its list
    found = [total(counted(parts, unit)) for unit in (OFFICE, RANGE, ELSEWHERE, "VNS-RANGE", STATION)]
    assert found == [1, 2, 4, 8, 32]
    assert total(counted(parts, "HQ", everything=True)) == 63


@pytest.mark.parametrize(("days_ago", "n"), [(TODAY.weekday(), 4), (TODAY.weekday() + 7, 7), (20, 7)])
def test_tips_thrown_away_are_counted_for_the_reviewer_alone_and_by_weeks_that_are_over(
    parts: Parts, days_ago: int, n: int
) -> None:
    noon = midnight(TODAY - timedelta(days=days_ago)) + timedelta(hours=12)
    lay_many(parts, 3, {}, status="discarded", category=None, station=None, district=None, received_hour=noon)
    week = TODAY - timedelta(days=TODAY.weekday() + 21)
    put(parts, Tally(day=week, what=THROWN_AWAY, n=4), Tally(day=week, what="silent", n=90))
    put(parts, Tally(day=week - timedelta(days=700), what=THROWN_AWAY, n=50))
    assert counted(parts, "HQ", everything=True).thrown_away == n
    assert counted(parts, OFFICE).thrown_away is None
    assert counted(parts, "HQ", everything=True, category="gambling").thrown_away is None


def test_a_month_of_which_the_places_are_gone_has_no_pin_codes(parts: Parts) -> None:
    lay_many(parts, 3, {OFFICE: "to", STATION: "to"}, pin_code="208021")
    month = Period(date(2020, 1, 1), TODAY)
    reach = Reach(OFFICE, everything=False, compares=True)
    assert count(parts.db, parts.catalogue, reach, (month,), TODAY, places_since=TODAY).pins == []
    assert [row.n for row in count(parts.db, parts.catalogue, reach, (month,), TODAY).pins] == [3]
