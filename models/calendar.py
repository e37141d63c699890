"""Indian days and weeks. PURE.

Never does: read a clock.
"""

from datetime import date, datetime, timedelta, timezone

INDIA = timezone(timedelta(hours=5, minutes=30), "IST")  # no summer time, so no time-zone tables are needed


def week_of(hour: datetime) -> date:
    """The Monday of the Indian week in which an hour (aware) lies."""
    day = hour.astimezone(INDIA).date()
    return day - timedelta(days=day.weekday())
