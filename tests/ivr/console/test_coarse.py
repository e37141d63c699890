"""Times of calls: coarse enough that no list of calls can be matched with them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ivr.console.coarse import Age, PartOfDay, age, indian, minutes_since, part_of_day

NOON = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)  # twelve o'clock in India


@pytest.mark.parametrize(
    ("indian_hour", "part"),
    [
        (5, "morning"),
        (11, "morning"),
        (12, "afternoon"),
        (15, "afternoon"),
        (16, "evening"),
        (19, "evening"),
        (20, "night"),
    ],
)
def test_a_call_is_shown_with_the_part_of_the_indian_day(indian_hour: int, part: str) -> None:
    at = datetime(2026, 11, 21, indian_hour, tzinfo=UTC) - timedelta(hours=5, minutes=30)
    assert part_of_day(at) == PartOfDay(date(2026, 11, 21), part)


def test_the_small_hours_belong_to_the_night_before() -> None:
    two_at_night = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
    assert indian(two_at_night).hour == 2
    assert part_of_day(two_at_night) == PartOfDay(date(2026, 11, 21), "night")


@pytest.mark.parametrize(
    ("days", "waited"),
    [
        (0, Age("today", 0)), (1, Age("yesterday", 1)), (2, Age("days", 2)), (13, Age("days", 13)),
        (14, Age("weeks", 2)), (60, Age("weeks", 8)), (61, Age("months", 2)), (400, Age("months", 13)),
    ],
)  # fmt: skip
def test_waiting_is_told_in_days_weeks_or_months(days: int, waited: Age) -> None:
    assert age(NOON - timedelta(days=days), NOON) == waited


def test_all_calls_of_one_day_have_waited_equally_long() -> None:
    calls = [NOON - timedelta(days=3, hours=hour) for hour in range(6)]
    assert {age(at, NOON) for at in calls} == {Age("days", 3)}


def test_a_clock_that_runs_ahead_does_not_make_a_call_of_tomorrow() -> None:
    assert age(NOON + timedelta(days=1), NOON) == Age("today", 0)
    assert minutes_since(NOON + timedelta(hours=1), NOON) == 0
    assert minutes_since(NOON, NOON + timedelta(minutes=12, seconds=59)) == 12
