"""The form by which officers put right what a tip is about and where it belongs, and the page that says where it went.

Never does: show a tip to whoever has lost it, beyond what the same officer changed a moment ago.
"""

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ivr import casework, corrections
from ivr.console.blueprints import console
from ivr.console.page import render
from ivr.console.session import the_officer
from ivr.console.tip import page_of
from ivr.parts import parts
from models.lifecycle import MoveRefused


@console.post("/tips/<tip_id>/correction")
def correct(tip_id: str) -> Response:
    """Put right what was understood wrongly, and have the tip sent on."""
    form = request.form
    tried = {name: form.get(name, "") for name in ("kind", "place", "reason")}
    try:
        corrections.correct(parts(), the_officer(), tip_id, seen=form.get("seen", ""), **tried)
    except casework.NotThere:
        abort(404)
    except casework.Overtaken:
        # A browser sends the kind that nobody touched, too: to press once more must not bring the old one back.
        return page_of(tip_id, 409, problem="overtaken", tried=tried | {"kind": ""})
    except MoveRefused:
        return page_of(tip_id, 409, problem="move_refused", tried=tried)
    except (corrections.NotOffered, corrections.NothingChanged, casework.NoteMissing) as fault:
        return page_of(tip_id, 400, problem=_PROBLEMS[type(fault)], tried=tried)
    return redirect(url_for("console.corrected", tip_id=tip_id), code=303)


@console.get("/tips/<tip_id>/correction")
def corrected(tip_id: str) -> Response:
    """Where a tip went that the officer has just corrected; its own page if the officer's unit still has it."""
    try:
        receipt = corrections.receipt(parts(), the_officer(), tip_id)
    except casework.NotThere:
        abort(404)
    if receipt.mine:
        flash("corrected_here")
        return redirect(url_for("console.tip", tip_id=tip_id), code=303)
    return render("corrected.html", receipt=receipt)


_PROBLEMS: dict[type[Exception], str] = {
    corrections.NotOffered: "correction_not_offered",
    corrections.NothingChanged: "correction_changes_nothing",
    casework.NoteMissing: "correction_reason_missing",
}
