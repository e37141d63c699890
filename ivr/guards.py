"""Who may knock at which door. Each blueprint has exactly one guard, named in app.DOORS.

`signed_by_twilio` is the only place where the provider's signature is checked.
Never does: read anything of an unsigned request beyond what the signature needs, or log it.
"""

from collections.abc import Callable

from flask import Request, Response, g
from flask.globals import request_ctx
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
    asked = request_ctx.request
    environ = asked.environ
    signature = environ.get("HTTP_X_TWILIO_SIGNATURE", "")
    if not signature:
        return _forbidden()  # not even read
    pairs = _pairs(asked)
    if pairs is None or not parts().signatures.valid(
        signature, environ["PATH_INFO"], environ.get("QUERY_STRING", ""), pairs
    ):
        return _forbidden()
    g.form = dict(pairs)
    return None


def _forbidden() -> Response:
    return Response("signature missing or wrong\n", 403, mimetype="text/plain")


def _pairs(asked: Request) -> list[tuple[str, str]] | None:
    if asked.method != "POST":
        return []
    try:
        return parse_form(_body(asked).decode())
    except (ValueError, RequestEntityTooLarge):
        return None


def _body(asked: Request) -> bytes:
    """The bytes of a form; ValueError or RequestEntityTooLarge when they are not all there, or too many."""
    announced = asked.environ.get("CONTENT_LENGTH", "")
    if not announced:  # sent in chunks
        asked.max_content_length = MAX_FORM_BYTES
        return asked.get_data(cache=False)
    length = int(announced)
    if not 0 <= length <= MAX_FORM_BYTES:
        raise RequestEntityTooLarge
    body: bytes = asked.environ["wsgi.input"].read(length)
    if len(body) < length:
        raise ValueError("broken off")
    return body
