"""The list of tips.

Never does: show a word of any tip; that is the tip's own page, where a look is noted.
"""

from dataclasses import asdict
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from ivr.console.access import is_told_of_stuck_work
from ivr.console.blueprints import console
from ivr.console.page import Names, render
from ivr.console.session import page_language, the_officer
from ivr.console.transcript import is_doubtful
from ivr.console.upkeep import count_stuck
from ivr.console.worklist import GROUPS, Filters, list_tips
from ivr.parts import parts


@console.get("/")
def tips() -> Response:
    """The officer's tips under the filters of the address."""
    of, officer = parts(), the_officer()
    group = request.args.get("group", "open")
    filters = Filters(
        group=group if group in GROUPS else "open",
        category=request.args.get("category", "")[:32],
        station=request.args.get("station", "")[:12],
    )
    found = list_tips(of.db, officer.unit, filters, request.args.get("page", 1, type=int))
    told = is_told_of_stuck_work(officer.role, officer.unit in of.catalogue.offices)
    names = Names(of.catalogue, page_language())
    return render(
        "tips.html",
        found=found,
        filters=filters,
        categories=sorted(((code, names.category(code)) for code in found.categories), key=_by_name),
        stations=sorted(((code, names.unit(code)) for code in found.stations), key=_by_name),
        groups=[(name, found.counts[name], _address(filters, group=name)) for name in GROUPS],
        newer=_address(filters, page=found.page - 1) if found.page > 1 else None,
        older=_address(filters, page=found.page + 1) if found.page < found.pages else None,
        stuck=count_stuck(of.db) if told else 0,
        is_doubtful=is_doubtful,
    )


def _address(filters: Filters, **changed: Any) -> str:
    wanted = {**asdict(filters), **changed}
    return url_for("console.tips", **{name: value for name, value in wanted.items() if value})


def _by_name(entry: tuple[str, str]) -> str:
    return entry[1]
