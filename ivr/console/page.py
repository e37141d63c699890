"""What every page has: its language, the signed-in officer, words, and names from the catalogue.

Never does: decide what may be seen, or query tips.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from flask import Response, make_response, render_template, request, url_for

from ivr.console.access import sees_stuck_work
from ivr.console.coarse import age, indian, part_of_day
from ivr.console.session import page_language, signed_in_officer
from ivr.console.words import load_words
from ivr.parts import parts
from ivr.readiness import starters_in_use
from models.catalogue import Catalogue
from models.database import now

STATIC = Path(__file__).with_name("static")


def render(template: str, status: int = 200, **values: Any) -> Response:
    """A page of templates/console/ in the reader's language."""
    language = page_language()
    officer = signed_in_officer()
    names = Names(parts().catalogue, language)
    common = {
        "lang": language,
        "say": partial(say, language=language),
        "said": partial(said, language=language),
        "officer": officer,
        "names": names,
        "starters": starters_in_use(parts()) if officer else (),
        "is_administrator": officer is not None and sees_stuck_work(officer.role),
        "here": request.full_path.rstrip("?") if request.method == "GET" else url_for("console.tips"),
        "asset": asset,
    }
    return make_response(render_template(f"console/{template}", **common, **values), status)


def say(key: str, language: str, **values: object) -> str:
    """The words of a key (see words.toml)."""
    return load_words().say(key, language, **values)


def said(prefix: str, code: str | None, language: str, otherwise: str | None = None) -> str:
    """The words of `prefix_code`; the code itself where nobody wrote words (a newer problem, another trail entry)."""
    key = f"{prefix}_{code}"
    if load_words().has(key):
        return say(key, language)
    return say(otherwise, language) if otherwise else str(code)


def asset(name: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it."""
    return url_for("entrance.static", filename=name, v=asset_versions()[name])


@cache
def asset_versions() -> dict[str, str]:
    """A short hash of each static file, by its name."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:12] for file in STATIC.iterdir() if file.is_file()
    }


class Names:
    """Names and coarse times in one language."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self._catalogue = catalogue
        self._language = language
        self._say: Callable[..., str] = partial(say, language=language)

    def category(self, code: str | None) -> str:
        """What a tip is about, in everyday words."""
        category = self._catalogue.categories.get(code or "")
        if category is None:
            return code or self._say("category_unknown")
        words = category.menu(self._language)
        return words[:1].upper() + words[1:]

    def unit(self, code: str) -> str:
        """An office or station; the code where the catalogue no longer has it."""
        return self._catalogue.unit_name(code, self._language)

    def place(self, station: str | None, district: str | None) -> str:
        """Station and district, as far as known."""
        found = []
        if station:
            named = self.unit(station)
            found.append(self._say("station_named", name=named) if _needs_thana(named) else named)
        area = self._catalogue.districts.get(district or "")
        if area is not None:
            found.append(area.name_en if self._language == "en" else area.name_hi)
        elif district == "OUT":
            found.append(self._say("district_outside"))
        return ", ".join(found) or self._say("place_unknown")

    def sorted_units(self, codes: Iterable[str]) -> list[str]:
        """Units in the order of their names."""
        return sorted(codes, key=self.unit)

    def question(self, name: str) -> str:
        """What officers may ask; the id where the catalogue no longer has it."""
        question = self._catalogue.questions.get(name)
        if question is None:
            return name
        return question.en if self._language == "en" else question.hi

    def helpline(self, number: str) -> str:
        """What a helpline is for."""
        helpline = self._catalogue.helplines[number]
        return helpline.for_en if self._language == "en" else helpline.for_hi

    def day(self, day: date) -> str:
        """22 November; with the year unless it is this one."""
        month = self._say(f"month_{day.month}")
        if day.year == indian(now()).year:
            return self._say("day", day=day.day, month=month)
        return self._say("day_of_year", day=day.day, month=month, year=day.year)

    def days(self, first: date, last: date) -> str:
        """From one day to another: October; 9-15 November; 26 October to 1 November; with the year where needed."""
        month, year = self._say(f"month_{last.month}"), indian(now()).year
        if (first.year, first.month) != (last.year, last.month) or last.year != year:
            is_month = (first.month, first.day) == (last.month, 1) and (last + timedelta(days=1)).day == 1
            if is_month and first.year == last.year:
                return self._say("month_of_year", month=month, year=last.year)
            return self._say("span_of_days", first=self.day(first), last=self.day(last))
        if first.day == 1 and (last + timedelta(days=1)).day == 1:
            return month
        return self._say("span_in_month", first=first.day, last=self.day(last))

    def heard(self, hour: datetime) -> str:
        """When a tip came in, coarsely."""
        when = part_of_day(hour)
        return self._say("day_and_part", day=self.day(when.day), part=self._say(f"part_{when.part}"))

    def age(self, hour: datetime) -> str:
        """How long a tip has waited, coarsely."""
        waited = age(hour, now())
        return self._say(f"age_{waited.unit}", n=waited.n)

    def moment(self, at: datetime) -> str:
        """The exact time of what an officer did."""
        local = indian(at)
        return self._say("moment", day=self.day(local.date()), time=f"{local:%H:%M}")


def _needs_thana(name: str) -> bool:
    # "कोतवाली कानपुर" and "महिला थाना" say themselves that they are police stations.
    return not any(word in name.lower() for word in ("थाना", "कोतवाली", "thana", "kotwali"))
