"""A browser in which an officer has signed in before: strangers who use up all tries do not keep the officer out."""

import base64
from datetime import timedelta

import pytest
from flask import Flask

from ivr.console import device, sign_in, throttle
from ivr.parts import Parts
from models.database import now
from models.tables import Attempt
from tests.ivr.console.desk import OFFICE, PASSWORD, RANGE, Desk, an_officer

pytestmark = pytest.mark.usefixtures("cheap_passwords")
COOKIE, HOST = "__Host-hotline-device", "hotline.example"
WRONG = "not-the-password"


def cookie_of(desk: Desk) -> str:
    """What the browser was given."""
    cookie = desk.client.get_cookie(COOKIE, HOST)
    assert cookie is not None
    return cookie.value


def with_cookie(app: Flask, value: str) -> Desk:
    """Another browser that holds this."""
    desk = Desk(app)
    desk.client.set_cookie(COOKIE, value, domain=HOST, secure=True)
    return desk


def lock(parts: Parts, username: str) -> None:
    """Strangers use up the tries of this username."""
    for n in range(throttle.TRIES_PER_USERNAME):
        assert throttle.may_try(parts.db, parts.keys, username, f"192.0.2.{n}", now())


def test_an_officer_signs_in_while_strangers_have_used_up_the_tries_of_the_name(app: Flask, parts: Parts) -> None:
    username = an_officer(parts)
    known = Desk(app)
    known.sign_in(username)
    known.post("/console/sign-out")  # at the end of a day
    lock(parts, username)
    refused = Desk(app).sign_in(username)
    assert refused.status_code == 429 and "जिससे पहले साइन इन किया था" in refused.text
    assert known.sign_in(username).status_code == 303
    assert Desk(app).sign_in(username).status_code == 429  # and strangers got no new tries by it


def test_a_thousand_tries_from_everywhere_lock_out_no_officer_who_was_here_before(
    app: Flask, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "TRIES_IN_ALL", 20)
    monkeypatch.setattr(throttle, "TRIES_PER_CLIENT", 3)
    username, newcomer = an_officer(parts), an_officer(parts, username="new.here")
    known = Desk(app)
    known.sign_in(username)
    for n in range(throttle.TRIES_IN_ALL):
        assert throttle.may_try(parts.db, parts.keys, f"name{n}", f"2001:db8:{n:x}::1", now())
    assert Desk(app).sign_in(newcomer).status_code == 429
    assert known.sign_in(username).status_code == 303


def test_a_known_browser_has_tries_of_its_own_and_no_more(app: Flask, parts: Parts) -> None:
    username = an_officer(parts)
    known = Desk(app)
    known.sign_in(username)
    for _ in range(throttle.TRIES_PER_DEVICE):
        assert known.sign_in(username, WRONG).status_code == 401
    assert known.sign_in(username).status_code == 429
    assert Desk(app).sign_in(username).status_code == 303  # what it failed at is not held against other browsers


def test_writing_the_cookie_in_another_way_gives_no_further_tries(app: Flask, parts: Parts) -> None:
    username = an_officer(parts)
    known = Desk(app)
    known.sign_in(username)
    lock(parts, username)
    payload, _, signature = cookie_of(known).rpartition(".")
    answers = []
    for n in range(throttle.TRIES_PER_DEVICE + 5):
        same = f"{payload}.{signature[:5]}{'!' * 4 * n}{signature[5:]}"  # decodes to the same bytes
        answers.append(with_cookie(app, same).sign_in(username, WRONG).status_code)
    assert answers == [401] * throttle.TRIES_PER_DEVICE + [429] * 5


@pytest.mark.parametrize("value", ["", "x", "e30.e30", "{}", "a.b.c", "é", "0" * 3000])
def test_a_cookie_that_is_not_ours_is_no_known_browser(app: Flask, parts: Parts, value: str) -> None:
    username = an_officer(parts)
    lock(parts, username)
    assert with_cookie(app, value).sign_in(username).status_code == 429


def test_the_cookie_of_another_officer_or_another_use_is_worth_nothing(app: Flask, parts: Parts) -> None:
    username, other = an_officer(parts), an_officer(parts, RANGE)
    theirs = Desk(app)
    theirs.sign_in(other)
    session = theirs.client.get_cookie("__Host-hotline", HOST)
    assert session is not None
    lock(parts, username)
    for value in (cookie_of(theirs), session.value, cookie_of(theirs)[:-1]):
        assert with_cookie(app, value).sign_in(username).status_code == 429


def test_officers_who_share_a_computer_are_all_known_there(app: Flask, parts: Parts) -> None:
    names = [an_officer(parts, username=f"officer.{n}") for n in range(3)]
    shared = Desk(app)
    for name in names:
        shared.sign_in(name)
        shared.post("/console/sign-out")
    for name in names:
        lock(parts, name)
        assert shared.sign_in(name).status_code == 303
        shared.post("/console/sign-out")


def test_signing_in_oneself_gives_no_further_tries_at_a_colleagues_name(app: Flask, parts: Parts) -> None:
    name, own = an_officer(parts), an_officer(parts, username="colleague")
    shared = Desk(app)
    for one in (name, own):
        shared.sign_in(one)
        shared.post("/console/sign-out")
    lock(parts, name)
    for _ in range(throttle.TRIES_PER_DEVICE):
        assert shared.sign_in(name, WRONG).status_code == 401
    shared.sign_in(own)
    shared.post("/console/sign-out")
    assert shared.sign_in(name, WRONG).status_code == 429


def test_a_browser_is_forgotten_after_its_days(app: Flask, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    username = an_officer(parts)
    known = Desk(app)
    known.sign_in(username)
    lock(parts, username)
    monkeypatch.setattr(device, "LASTS", timedelta(seconds=-1))
    assert known.sign_in(username).status_code == 429
    monkeypatch.setattr(device, "LASTS", timedelta(days=180))
    assert known.sign_in(username).status_code == 303


def test_a_browser_knows_the_last_few_officers_only(app: Flask, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "MOST", 2)
    names = [an_officer(parts, username=f"officer.{n}") for n in range(3)]
    shared, moment = Desk(app), now()
    for n, name in enumerate(names):
        monkeypatch.setattr(sign_in, "now", lambda n=n: moment + timedelta(seconds=n))
        shared.sign_in(name)
        shared.post("/console/sign-out")
    for name in names:
        lock(parts, name)
    assert [shared.sign_in(name, WRONG).status_code for name in names] == [429, 401, 401]


def test_the_cookie_says_whose_browser_it_is_and_nothing_else(app: Flask, parts: Parts) -> None:
    desk = Desk(app)
    username = an_officer(parts)
    given = desk.sign_in(username).headers.getlist("Set-Cookie")
    (cookie,) = (one for one in given if one.startswith(f"{COOKIE}="))
    for needed in ("; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax", "; Max-Age=15552000"):
        assert needed in cookie
    assert "Domain" not in cookie
    payload = cookie_of(desk).split(".")[0]
    told = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    assert username not in told and OFFICE not in told and PASSWORD not in told
    assert len(told) < 60  # an id and the second of the sign-in
    assert desk.get("/console/").status_code == 200
    assert with_cookie(app, cookie_of(desk)).get("/console/").status_code == 303  # it opens no page


def test_a_known_browser_is_counted_without_its_cookie_or_its_officer(app: Flask, parts: Parts) -> None:
    username = an_officer(parts)
    known = Desk(app)
    known.sign_in(username)
    known.sign_in(username, WRONG)
    with parts.db.read() as connection:
        rows = connection.execute(Attempt.__table__.select()).all()  # type: ignore[attr-defined]
    (row,) = (row for row in rows if row.kind.startswith("device"))
    assert row.n == 1 and row.who not in cookie_of(known) and username not in str(rows)
