"""The administrator's page of work that stands still.

Never does: show anything told in a tip, or where it happened.
"""

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from ivr.casework import NotThere
from ivr.console import upkeep
from ivr.console.blueprints import administration
from ivr.console.coarse import minutes_since
from ivr.console.page import render
from ivr.console.session import the_officer
from ivr.parts import parts
from models.database import now


@administration.get("/stuck")
def stuck() -> Response:
    """Stuck tips, copies overdue at the provider, and the last sign of life of each background part."""
    of = parts()
    hours, at = of.settings.erasure_overdue_hours, now()
    return render(
        "stuck.html",
        seen=upkeep.look(of.db, hours),
        hours=hours,
        minutes_until=lambda moment: minutes_since(at, moment),
        minutes_since=lambda moment: minutes_since(moment, at),
    )


@administration.post("/stuck/<tip_id>/again")
def again(tip_id: str) -> Response:
    """Hand a stuck tip to the workers at once."""
    try:
        upkeep.try_again(parts(), the_officer(), tip_id)
    except NotThere:
        abort(404)
    flash("will_be_tried")
    return redirect(url_for("administration.stuck"), code=303)
