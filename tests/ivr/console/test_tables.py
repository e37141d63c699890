"""From true numbers to tables and a map."""

import random
from collections import Counter
from datetime import date

import pytest

from ivr.console.access import Reach
from ivr.console.counting import Counted, Row
from ivr.console.district_map import WIDTH, draw
from ivr.console.periods import Period, ended, periods
from ivr.console.rounding import ERROR, HIDDEN, Rounding
from ivr.console.tables import Line, Tables, tabulate
from models.catalogue import load
from tests.ivr.console.test_rounding import keyed

WEEKS = periods("week", 8, date(2026, 11, 23))
OFFICE = Reach("KNP-DCP-SOUTH", everything=False, compares=True)


def tables(
    came: dict[tuple[str, int], int],
    key: str = "key",
    english: int = 0,
    kept: dict[tuple[str, int], int] | None = None,
    over: tuple[Period, ...] = WEEKS,
    category: str = "",
) -> Tables:
    """Of how many came by station and week; and `kept` from that station."""
    n = sum(came.values())
    places = [Row(week, station, True, False, False, n, True) for (station, week), n in came.items()]
    places += [Row(week, station, True, False, False, n) for (station, week), n in (kept or {}).items()]
    pins = [Row(0, f"pin of {row.key}", False, False, False, row.n, row.is_sent) for row in places]
    pins += [Row(0, "208021", False, False, False, n, True), Row(0, "208001", False, False, False, 4, True)]
    counted = Counted(
        places, [Row(0, "gambling", True, False, False, n - n // 8), Row(0, "other", True, False, False, n // 8)],
        Counter(voice=n), Counter(hi=n - english, en=english),
        Counter(night=n), pins, Counter(), None,
    )  # fmt: skip
    return tabulate(counted, over, over[: ended(over)], Rounding(keyed(key)), OFFICE, category)


def test_a_station_below_five_has_no_row_and_is_among_the_others() -> None:
    found = tables({("KNP-NBS", 3): 40, ("KNP-BRR", 3): 4, ("KNP-KOT", 5): 3})
    assert [line.key for line in found.stations] == ["KNP-NBS", None]
    assert found.stations[-1].came in (5, 10)
    assert [line.key for line in found.pins] == ["208021", "pin of KNP-NBS"]


@pytest.mark.parametrize("seed", range(20))
def test_a_station_that_knows_its_own_list_reads_nothing_below_five_out_of_its_row(seed: int) -> None:
    own = {("KNP-NBS", 1): 13, ("KNP-NBS", 6): 38, ("KNP-BRR", 2): 20}
    seen = set()
    for kept in ({}, {("KNP-NBS", 6): 1}, {("KNP-NBS", 6): 4}, {("KNP-NBS", 1): 2, ("KNP-NBS", 6): 2}):
        found = tables(own, str(seed), kept=kept)
        seen.add((tuple(line for line in found.stations if line.key), found.rising, found.pins))
    assert len(seen) == 1
    many = tables(own, str(seed), kept={("KNP-NBS", 6): 30}).stations
    assert next(line.came for line in many if line.key == "KNP-NBS") in (80, 85)


def test_of_one_kind_there_is_nothing_that_would_undo_the_cap_of_its_total() -> None:
    came = {("KNP-NBS", week): 4 for week in range(8)}
    found = tables(came, category="gambling")
    assert found.total.came <= 8 * ERROR and [bar.came for bar in found.trend] == [HIDDEN] * 8
    assert [found.kinds, found.channels, found.languages, found.parts, found.opened_within] == [()] * 5


def test_what_runs_is_in_the_trend_alone() -> None:
    over = periods("week", 8, date(2026, 11, 26))
    assert over[-1].is_running
    came = {("KNP-NBS", 3): 40, ("KNP-BRR", 5): 20}
    found, later = (tables(more, over=over) for more in (came, {**came, ("KNP-NBS", 7): 50, ("KNP-KOT", 7): 50}))
    assert later.trend[-1].came == 100 and later.trend[:-1] == found.trend[:-1]
    assert (later.total, later.stations, later.rising) == (found.total, found.stations, found.rising)
    assert later.whole == Period(over[0].first, over[-2].end)


def test_a_station_with_clearly_more_than_before_is_said_to_rise() -> None:
    found = tables({("KNP-NBS", 1): 20, ("KNP-NBS", 6): 60, ("KNP-BRR", 1): 30, ("KNP-BRR", 6): 31})
    assert [(rise.key, rise.earlier, rise.later) for rise in found.rising] == [("KNP-NBS", 20, 60)]


@pytest.mark.parametrize("seed", range(40))
def test_no_table_says_of_a_hidden_number_that_it_is_not_nothing(seed: int) -> None:
    chance = random.Random(seed)
    stations = ["KNP-NBS", "KNP-BRR", "KNP-KOT", "KNP-GWL"]
    came = {(station, week): chance.choice((0, 1, 4, 4, 9)) for station in stations for week in range(8)}
    found = tables(came, key=str(seed), english=chance.choice((0, 1, 4)))
    for table in (found.trend, found.channels, found.languages, found.parts, found.kinds, found.stations):
        rows = [row.came for row in table]
        for at, row in enumerate(rows):
            others = sum(other + ERROR for place, other in enumerate(rows) if place != at)
            assert row != HIDDEN or found.total.came - ERROR <= others
    whole = {line.key: line.came for line in found.stations}
    for rise in found.rising:
        if rise.earlier == HIDDEN:
            assert whole[rise.key] - ERROR <= rise.later + ERROR


@pytest.mark.parametrize("seed", range(40))
def test_how_many_nobody_has_opened_is_off_by_four_at_most_or_not_said(seed: int) -> None:
    chance, said = random.Random(seed), 0
    for n in range(40):
        # Few in each week, so that the total is capped.
        new, read = ({week: chance.choice((0, 1, 2, 3, 4)) for week in range(8)} for _ in range(2))
        rows = [
            Row(week, "KNP-NBS", is_new, False, False, came[week], True)
            for came, is_new in ((new, True), (read, False)) for week in came
        ]  # fmt: skip
        counted = Counted(rows, [], *(Counter() for _ in range(3)), [], Counter(), None)
        found = tabulate(counted, WEEKS, WEEKS, Rounding(keyed(f"{seed} {n}")), OFFICE, "")
        for line in (found.total, *found.stations[:-1]):
            assert (line.waiting is None) == (line.opened == HIDDEN)
            assert abs(line.came - sum(new.values()) - sum(read.values())) <= ERROR or line.came == HIDDEN
            if line.waiting is not None:
                assert abs(line.waiting - sum(new.values())) <= ERROR
                said += 1
    assert said


def test_what_an_office_sees_of_some_tips_is_not_rounded_as_another_sees_them() -> None:
    rounding, numbers = Rounding(keyed("key")), set()
    for unit in ("KNP-DCP-SOUTH", "KNP-CP", "HQ", "JNP-SP", "GZP-SP", "CHD-SP"):
        counted = Counted(
            [Row(3, "KNP-NBS", True, False, False, 13)], [], *(Counter() for _ in range(3)), [], Counter(), None
        )
        reach = Reach(unit, everything=False, compares=True)
        numbers.add(tabulate(counted, WEEKS, WEEKS, rounding, reach, "").trend[3].came)
    assert numbers == {10, 15}


def test_circles_and_names_stay_on_the_map_and_apart() -> None:
    catalogue = load()
    lines = [Line(code, 5 * (n % 40 + 1)) for n, code in enumerate(catalogue.stations)]
    maps = draw(catalogue, lines, lambda code: catalogue.unit_name(code, "en"))
    assert [one.district for one in maps] == list(catalogue.districts)
    for one in maps:
        assert all(0 <= x <= WIDTH and 0 <= y <= one.height for x, y in one.dots)
        assert all(circle.r <= circle.x <= WIDTH - circle.r for circle in one.circles)
        assert all(circle.r <= circle.y <= one.height - circle.r for circle in one.circles)
    assert draw(catalogue, [Line(None, 500), Line("KNP-CYB", 50)], str) == ()
