"""Which browsers an officer has signed in with before: a signed cookie that says whose browser it is, and nothing else.

With it an officer signs in while strangers use up the tries that are everybody's (see throttle). A station's officers
share a computer, so that it names the last few of them, each with the time of the sign-in. It opens no page.
Never does: stand in for a password or a session, keep anything in the database, or count for anybody but the officer
who once gave the right password there.
"""

from datetime import datetime, timedelta

from flask import Request, Response
from itsdangerous import BadData, URLSafeSerializer

from models.officer import Officer
from models.secrecy import Keys

LASTS = timedelta(days=180)  # since the officer's last sign-in there
MOST = 8  # officers of one browser


def known_as(request: Request, keys: Keys, officer: Officer | None, at: datetime, *, secure: bool) -> str | None:
    """Under what to count tries from this browser, if it is known as one of this officer's; else None."""
    seen = _seen(request, keys, at, secure=secure)
    if officer is None or officer.id not in seen:
        return None
    # Not the cookie as it came: base64 can be written in many ways, and each would be a device of its own.
    return f"{officer.id}:{seen[officer.id]}"


def remember(response: Response, request: Request, keys: Keys, officer: Officer, at: datetime, *, secure: bool) -> None:
    """Make this browser known as one of the officer's from now on."""
    seen = _seen(request, keys, at, secure=secure) | {officer.id: int(at.timestamp())}
    latest = dict(sorted(seen.items(), key=lambda one: one[1])[-MOST:])
    response.set_cookie(
        _name(secure), _signed(keys).dumps(latest), max_age=LASTS, path="/", secure=secure, httponly=True,
        samesite="Lax",
    )  # fmt: skip


def _seen(request: Request, keys: Keys, at: datetime, *, secure: bool) -> dict[str, int]:
    """Officer's id -> when (seconds), as we signed it and not too old."""
    try:
        found = _signed(keys).loads(request.cookies.get(_name(secure), ""))
    except BadData:  # none, not ours, or altered
        return {}
    oldest = (at - LASTS).timestamp()
    return {officer_id: when for officer_id, when in found.items() if when > oldest}


def _signed(keys: Keys) -> URLSafeSerializer:
    return URLSafeSerializer(keys.derived("console device"), salt="device")


def _name(secure: bool) -> str:
    return "__Host-hotline-device" if secure else "hotline-device"
