"""Who may knock at which door. Each blueprint has exactly one guard, named in app.DOORS.

`signed_by_twilio` is the only place where the provider's signature is checked.
Never does: read anything of an unsigned request beyond what the signature needs, or log it.
"""

from collections.abc import Callable

from flask import Request, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from ivr.console.session import require_administrator, require_officer
from ivr.parts import parts
from ivr.signatures import parse_form

MAX_FORM_BYTES = 64 * 1024

Guard = Callable[[], Response | None]


def anyone() -> None:
    """An open door: nothing behind it depends on who asks."""


officer = require_officer
administrator = require_administrator


def signed_by_twilio() -> Response | None:
    """403 unless the provider signed this request; then g.form holds its parameters, the last of doubled ones."""
    if "X-Twilio-Signature" not in request.headers:
        return _forbidden()  # not even read
    pairs = _pairs(request)
    if pairs is None or not parts().signatures.valid(
        request.headers.get("X-Twilio-Signature", ""),
        request.environ["PATH_INFO"],
        request.environ.get("QUERY_STRING", ""),
        pairs,
    ):
        return _forbidden()
    g.form = dict(pairs)
    return None


def _forbidden() -> Response:
    return Response("signature missing or wrong\n", 403, mimetype="text/plain")


def _pairs(asked: Request) -> list[tuple[str, str]] | None:
    if asked.method != "POST":
        return []
    asked.max_content_length = MAX_FORM_BYTES  # holds for chunked bodies too
    try:
        return parse_form(asked.get_data(cache=False).decode())
    except (ValueError, RequestEntityTooLarge):
        return None
