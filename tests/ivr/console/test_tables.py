"""From true numbers to tables and a map."""

import random
from collections import Counter
from datetime import date

import pytest

from ivr.console.access import Reach
from ivr.console.counting import Counted, Row
from ivr.console.district_map import WIDTH, draw
from ivr.console.periods import periods
from ivr.console.rounding import ERROR, HIDDEN, Rounding
from ivr.console.tables import Line, Tables, tabulate
from models.catalogue import load
from tests.ivr.console.test_rounding import keyed

WEEKS = periods("week", 8, date(2026, 11, 23))
OFFICE = Reach("KNP-DCP-SOUTH", everything=False, compares=True)


def tables(came: dict[tuple[str, int], int], key: str = "key", english: int = 0) -> Tables:
    """Of how many came by station and week."""
    places = [Row(week, station, True, False, False, n) for (station, week), n in came.items()]
    n = sum(came.values())
    counted = Counted(
        places, [Row(0, "gambling", True, False, False, n)], Counter(voice=n), Counter(hi=n - english, en=english),
        Counter(night=n), Counter({"208021": n, "208001": 4}), Counter(), None,
    )  # fmt: skip
    return tabulate(counted, WEEKS, WEEKS, Rounding(keyed(key)), OFFICE, "")


def test_a_station_below_five_has_no_row_and_is_among_the_others() -> None:
    found = tables({("KNP-NBS", 3): 40, ("KNP-BRR", 3): 4, ("KNP-KOT", 5): 3})
    assert [line.key for line in found.stations] == ["KNP-NBS", None]
    assert found.stations[-1].came in (5, 10)
    assert [line.key for line in found.pins] == ["208021"]


def test_a_station_with_clearly_more_than_before_is_said_to_rise() -> None:
    found = tables({("KNP-NBS", 1): 20, ("KNP-NBS", 6): 60, ("KNP-BRR", 1): 30, ("KNP-BRR", 6): 31})
    assert [(rise.key, rise.earlier, rise.later) for rise in found.rising] == [("KNP-NBS", 20, 60)]


@pytest.mark.parametrize("seed", range(40))
def test_no_table_says_of_a_hidden_number_that_it_is_not_nothing(seed: int) -> None:
    chance = random.Random(seed)
    stations = ["KNP-NBS", "KNP-BRR", "KNP-KOT", "KNP-GWL"]
    came = {(station, week): chance.choice((0, 1, 4, 4, 9)) for station in stations for week in range(8)}
    found = tables(came, key=str(seed), english=chance.choice((0, 1, 4)))
    for table in (found.trend, found.channels, found.languages, found.parts):
        rows = [row.came for row in table]
        for at, row in enumerate(rows):
            others = sum(other + ERROR for place, other in enumerate(rows) if place != at)
            assert row != HIDDEN or found.total.came - ERROR <= others
    whole = {line.key: line.came for line in found.stations}
    for rise in found.rising:
        if rise.earlier == HIDDEN:
            assert whole[rise.key] - ERROR <= rise.later + ERROR


def test_what_an_office_sees_of_some_tips_is_not_rounded_as_another_sees_them() -> None:
    rounding, numbers = Rounding(keyed("key")), set()
    for unit in ("KNP-DCP-SOUTH", "KNP-CP", "HQ", "JNP-SP", "GZP-SP", "CHD-SP"):
        counted = Counted([Row(3, "KNP-NBS", True, False, False, 13)], [], *(Counter() for _ in range(5)), None)
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
