"""Signing in and out, and the language of the pages.

Never does: say whether a username exists, or log one.
"""

from flask import abort, current_app, make_response, redirect, request, session, url_for
from sqlalchemy import insert, update
from werkzeug.wrappers import Response

from ivr.console import device, throttle
from ivr.console.blueprints import console, entrance
from ivr.console.officers import LONGEST_PASSWORD, officer_named, raise_epoch
from ivr.console.page import render
from ivr.console.passwords import hash_password, is_outdated, password_matches
from ivr.console.session import (
    LANGUAGES,
    begin_session,
    end_session,
    local_path,
    signed_in_officer,
    the_officer,
)
from ivr.parts import parts
from models.database import Database, now
from models.officer import Officer, Trail

OFFICER = Officer.__table__  # type: ignore[attr-defined]
TRAIL = Trail.__table__  # type: ignore[attr-defined]


@entrance.get("/sign-in")
def sign_in() -> Response:
    """The form."""
    if signed_in_officer() is not None:
        return redirect(url_for("console.tips"), code=303)
    return render("sign_in.html", next=local_path(request.args.get("next")), username="", problem=None)


@entrance.post("/sign-in")
def try_sign_in() -> Response:
    """Check a username and password; the answer to a wrong one never says which of them was wrong."""
    db, keys, at = parts().db, parts().keys, now()
    username = request.form.get("username", "").strip().lower()[:40]
    password = request.form.get("password", "")[: LONGEST_PASSWORD + 1]
    onward = local_path(request.form.get("next"))
    address = request.remote_addr or ""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    officer = officer_named(db, username)
    known = device.known_as(request, keys, officer, at, secure=secure)
    if not throttle.may_try(db, keys, username, address, at, known):
        return render("sign_in.html", 429, next=onward, username=username, problem="sign_in_locked")
    stored = officer.password_hash if officer and officer.active else None
    if not password_matches(password, stored) or officer is None:
        return render("sign_in.html", 401, next=onward, username=username, problem="sign_in_wrong")
    throttle.give_back(db, keys, username, address, at, known)
    if is_outdated(officer.password_hash):
        _set(db, officer, password_hash=hash_password(password))
    _note(db, officer, "sign_in")
    begin_session(officer)
    answer = make_response(redirect(onward or url_for("console.tips"), code=303))
    device.remember(answer, request, keys, officer, at, secure=secure)
    return answer


@console.post("/sign-out")
def sign_out() -> Response:
    """End this session and, since a cookie may have been copied, every other one of the officer."""
    officer = the_officer()
    raise_epoch(parts().db, officer.id)
    _note(parts().db, officer, "sign_out")
    end_session()
    return redirect(url_for("entrance.sign_in"), code=303)


@entrance.post("/language")
def choose_language() -> Response:
    """Hindi or English, remembered with the officer (before signing in: with the browser)."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)
    officer = signed_in_officer()
    if officer is None:
        session["language"] = language
    else:
        _set(parts().db, officer, language=language)
    return redirect(local_path(request.form.get("next")) or url_for("console.tips"), code=303)


def _set(db: Database, officer: Officer, **values: str) -> None:
    with db.begin() as connection:
        connection.execute(update(OFFICER).where(OFFICER.c.id == officer.id).values(**values))


def _note(db: Database, officer: Officer, what: str) -> None:
    with db.begin() as connection:
        connection.execute(insert(TRAIL).values(at=now(), officer_id=officer.id, what=what))
