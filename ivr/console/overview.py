"""The overview: how many tips came, of which kind, where, and what became of them; as a page and as a sheet.

Never does: show a number that tables.tabulate has not rounded, an exact time, or any single tip.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from ivr.console import counting, page
from ivr.console.access import Reach, reach
from ivr.console.blueprints import console
from ivr.console.coarse import indian
from ivr.console.district_map import draw
from ivr.console.kept import Kept
from ivr.console.page import Names, render
from ivr.console.periods import SPANS, Period, ended, periods
from ivr.console.rounding import HIDDEN, Rounding
from ivr.console.session import page_language, the_officer
from ivr.console.sheet import written
from ivr.console.tables import CLEARLY, Line, Tables, tabulate
from ivr.parts import Parts, parts
from models.database import now

FIRST_STATIONS = 12  # so many are seen at once, the others when they are asked for


@dataclass(frozen=True)
class Asked:
    """What of the overview is wanted: periods of which length, how many of them, and of which kind ("": any)."""

    by: str
    span: int
    kind: str


@console.get("/overview")
def overview() -> Response:
    """The figures that the officer's unit may see."""
    of = parts()
    asked, seen = _asked(of), _reach(of)
    tables, names, say = _tables(of, seen, asked), Names(of.catalogue, page_language()), _say()
    return render(
        "overview.html",
        asked=asked,
        tables=tables,
        compares=seen.compares,
        lengths=[(by, _address(asked, by=by, span=spans[0])) for by, spans in SPANS.items()],
        spans=[(span, _address(asked, span=span)) for span in SPANS[asked.by]],
        kinds=sorted(((code, names.category(code)) for code in _kinds(of, seen)), key=lambda kind: kind[1]),
        maps=draw(of.catalogue, tables.stations, names.unit),
        sheet=_address(asked, "console.overview_sheet"),
        most=lambda lines: max([1, *(line.came for line in lines)]),
        number=partial(_number, say),
        first_stations=FIRST_STATIONS,
        change=partial(_change, say),
        span_of=names.days,
        name=partial(_name, names, say),
    )


@console.get("/overview.csv")
def overview_sheet() -> Response:
    """The same numbers for a spreadsheet."""
    of = parts()
    asked, seen = _asked(of), _reach(of)
    rows = _rows(_tables(of, seen, asked), asked, Names(of.catalogue, page_language()), _say(), seen.compares)
    answer = Response(written(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="overview-{asked.by}-{asked.span}.csv"'
    return answer


def _asked(of: Parts) -> Asked:
    by = request.args.get("by", "")
    by = by if by in SPANS else next(iter(SPANS))
    span = request.args.get("span", 0, type=int)
    kind = request.args.get("kind", "")
    return Asked(by, span if span in SPANS[by] else SPANS[by][0], kind if kind in _kinds(of, _reach(of)) else "")


def _reach(of: Parts) -> Reach:
    officer = the_officer()
    at_station = officer.unit not in of.catalogue.offices  # a unit that nobody knows any more compares nothing
    is_reviewer = officer.unit == of.settings.reviewer_office
    return reach(officer.unit, at_station=at_station, is_reviewer=is_reviewer)


def _kinds(of: Parts, seen: Reach) -> list[str]:
    """What can be asked for: the same whether there is such a tip or not."""
    return [kind.code for kind in of.catalogue.categories.values() if seen.compares or not kind.never]


def _tables(of: Parts, seen: Reach, asked: Asked) -> Tables:
    today = indian(now()).date()
    kept: Kept = current_app.extensions["hotline.overview"]
    return kept.tables(today, (seen, asked), partial(_made, of, seen, asked, today))


def _made(of: Parts, seen: Reach, asked: Asked, today: date) -> Tables:
    over = periods(asked.by, asked.span, today)
    kept = today - timedelta(days=of.settings.keep_closed_days)
    places = tuple(
        period for period in over[: ended(over)] if period.first >= kept
    )  # before it, closed tips' places are destroyed
    since = places[0].first if places else today
    counted = counting.count(of.db, of.catalogue, seen, over, today, asked.kind, since)
    return tabulate(counted, over, places, Rounding(of.keys.derived), seen, asked.kind)


def _address(asked: Asked, endpoint: str = "console.overview", **changed: Any) -> str:
    wanted = {"by": asked.by, "span": asked.span, "kind": asked.kind, **changed}
    return url_for(endpoint, **{name: value for name, value in wanted.items() if value})


def _say() -> Any:
    return partial(page.say, language=page_language())


def _number(say: Any, n: int | None) -> str:
    if n is None:
        return "–"
    return say("fewer_than_five") if n == HIDDEN else str(n)


def _change(say: Any, n: int | None) -> str:
    """A difference of two rounded numbers, in words."""
    if n is None:
        return ""
    if abs(n) < CLEARLY:
        return str(say("change_none"))
    return str(say("change_more" if n > 0 else "change_fewer", n=abs(n)))


def _name(names: Names, say: Any, what: str, key: str | None) -> str:
    """What a row is called."""
    if key is None:
        return str(say(f"others_{what}"))
    if what == "kind":
        return names.category(key)
    if what == "station":
        return names.unit(key)
    words = str(say("pin_code", pin=key) if what == "pin" else say(f"{what}_{key}"))
    return words[:1].upper() + words[1:]


def _rows(tables: Tables, asked: Asked, names: Names, say: Any, compares: bool) -> Iterator[list[str | int]]:
    """The page as rows: its tables one under the other."""

    def came(line: Line) -> str:
        return _number(say, line.came)

    def days(period: Period) -> str:
        return names.days(period.first, period.last)

    columns = [str(say(f"figure_{name}")) for name in ("came", "opened", "reported", "closed", "waiting")]

    def numbers(line: Line) -> list[str | int]:
        return [_number(say, n) for n in (line.came, line.opened, line.reported, line.closed, line.waiting)]

    yield [say("overview"), names.unit(the_officer().unit)]
    yield [days(tables.whole), say("rounded")]
    yield [say("category"), names.category(asked.kind) if asked.kind else say("any_category")]
    yield ["", *columns]
    yield [say("in_all"), *numbers(tables.total)]
    if tables.thrown_away is not None:
        yield [say("thrown_away"), _number(say, tables.thrown_away)]
    yield []
    yield [say("trend"), columns[0], say("change")]
    for bar in tables.trend:
        running = say("not_over") if bar.period.is_running else _change(say, bar.change)
        yield [days(bar.period), _number(say, bar.came), running]
    if compares and tables.places:
        yield []
        yield [say("stations"), days(Period(tables.places[0].first, tables.places[-1].end))]
        yield ["", *columns]
        for line in tables.stations:
            yield [_name(names, say, "station", line.key), *numbers(line)]
        yield []
        yield [say("rising"), say("earlier_half"), say("later_half")]
        for rise in tables.rising:
            yield [names.unit(rise.key), _number(say, rise.earlier), _number(say, rise.later)]
        yield []
        yield [say("pins"), columns[0]]
        for line in tables.pins:
            yield [_name(names, say, "pin", line.key), came(line)]
    for title, what, lines in (
        ("opened_within", "within", tables.opened_within), ("kinds", "kind", tables.kinds),
        ("channel", "channel", tables.channels), ("language", "language", tables.languages),
        ("parts_of_day", "part", tables.parts),
    ):  # fmt: skip
        if lines:
            yield []
            yield [say(title), columns[1 if what == "within" else 0]]
            for line in lines:
                yield [_name(names, say, what, line.key), came(line)]
