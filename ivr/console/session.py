"""Who is signed in: a signed cookie that says who and since when, checked against the officer's row each time.

The guards of the officers' doors are here: `require_officer`, `require_administrator`.
Never does: look at a password, or trust the cookie for what an officer may see.
"""

from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlsplit

from flask import Response, abort, g, make_response, redirect, request, session, url_for

from ivr.console.access import sees_stuck_work
from ivr.parts import Parts, parts
from models.database import now
from models.officer import Officer

LANGUAGES = ("hi", "en")


def require_officer() -> Response | None:
    """Guard: lets a signed-in officer pass, sends anybody else to the sign-in page."""
    if signed_in_officer() is not None:
        return None
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return make_response(redirect(url_for("entrance.sign_in", next=local_path(back)), code=303))


def require_administrator() -> Response | None:
    """Guard: lets an administrator pass; to other officers the page does not exist."""
    answer = require_officer()
    if answer is None and not sees_stuck_work(the_officer().role):
        abort(404)
    return answer


def begin_session(officer: Officer) -> None:
    """Sign in: whatever the browser held before is thrown away (no session can be planted beforehand)."""
    session.clear()
    session["officer"] = officer.id
    session["epoch"] = officer.session_epoch
    session["issued"] = int(now().timestamp())
    g.officer = officer


def end_session() -> None:
    """Forget who was signed in, in this browser."""
    session.clear()
    g.pop("officer", None)


def signed_in_officer() -> Officer | None:
    """The officer of this request's session while it is valid, read from the database once a request."""
    if "officer" not in g:
        g.officer = _officer_of_session(parts())
    return cast(Officer | None, g.officer)


def the_officer() -> Officer:
    """The signed-in officer, behind a guard."""
    officer = signed_in_officer()
    if officer is None:
        abort(404)
    return officer


def page_language() -> str:
    """hi or en: the officer's own, else what was chosen on the sign-in page, else Hindi."""
    officer = signed_in_officer()
    chosen = officer.language if officer else session.get("language")
    return chosen if chosen in LANGUAGES else "hi"


def local_path(path: str | None) -> str | None:
    """The path if it is a page of this console, else None: nobody is sent elsewhere after signing in."""
    if not path or not path.startswith("/") or "\\" in path or ".." in path or any(ord(letter) < 32 for letter in path):
        return None
    try:
        pieces = urlsplit(path)
    except ValueError:  # "//[" is no address at all
        return None
    home = url_for("console.tips")
    inside = pieces.path == home or pieces.path.startswith(home.rstrip("/") + "/")
    return path if inside and not pieces.scheme and not pieces.netloc else None


def _officer_of_session(of: Parts) -> Officer | None:
    officer_id, epoch, issued = session.get("officer"), session.get("epoch"), session.get("issued")
    if not isinstance(officer_id, str) or not isinstance(epoch, int) or not isinstance(issued, int):
        return None
    if not _fresh(issued, of.settings.session_hours, now()):
        return None
    with of.db.reading() as reading:
        officer = reading.get(Officer, officer_id)
    return officer if officer and officer.active and officer.session_epoch == epoch else None


def _fresh(issued: int, hours: int, at: datetime) -> bool:
    age = timedelta(seconds=at.timestamp() - issued)
    return timedelta(minutes=-1) <= age < timedelta(hours=hours)
