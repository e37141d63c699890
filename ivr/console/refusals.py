"""The pages of what cannot be done: not there, form too old, too many tries, our own fault.

Never does: tell "forbidden" from "not there", or show the error itself.
"""

import logging

from flask import abort, g
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from ivr.console.blueprints import BLUEPRINTS, entrance
from ivr.console.page import render
from ivr.console.words import load_words
from models.discreet import where

log = logging.getLogger(__name__)


@entrance.route("/<path:_unknown>")
def unknown(_unknown: str) -> Response:
    """Any other address under /console, so that it too gets a page, and its headers."""
    abort(404)


def refuse(fault: HTTPException) -> Response:
    """The page of an HTTP error."""
    if fault.code is None or fault.code < 400:
        return fault.get_response()  # a redirect in the shape of an error
    if fault.code >= 500:
        g.officer = None  # what failed may be the database: do not ask it again
    key = f"error_{fault.code}" if load_words().has(f"error_{fault.code}") else "error_other"
    return render("refusal.html", fault.code, key=key)


def refuse_form(fault: CSRFError) -> Response:
    """A form without a valid token: most often a page left open until its session ended."""
    return render("refusal.html", 400, key="error_form")


def refuse_fault(fault: Exception) -> Response:
    """A fault of ours; the log has where."""
    log.error("a page of the console failed: %s", where(fault))
    return refuse(InternalServerError())


for _blueprint in BLUEPRINTS:
    _blueprint.register_error_handler(HTTPException, refuse)
    _blueprint.register_error_handler(CSRFError, refuse_form)
    _blueprint.register_error_handler(Exception, refuse_fault)
