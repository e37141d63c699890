"""Signing in: who gets in, what the cookie is worth, how often one may try."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from ivr.console import throttle
from ivr.console.passwords import hash_password, password_matches
from ivr.parts import Parts
from models.database import Database, now
from models.secrecy import Keys
from models.tables import Attempt, DayKey
from tests.ivr.console.desk import OFFICE, PASSWORD, Desk, an_officer, lay_tip, set_officer

KEYS = Keys(hashing=b"h" * 32, vault=b"v" * 32, public=b"p" * 32)


def tries(parts: Parts, kind: str) -> int:
    with parts.db.read() as connection:
        rows = connection.execute(Attempt.__table__.select()).all()  # type: ignore[attr-defined]
    return sum(row.n for row in rows if row.kind.startswith(f"{kind} "))


def test_an_officer_signs_in_and_out(desk: Desk, parts: Parts) -> None:
    username = an_officer(parts)
    assert desk.get("/console/").status_code == 303
    assert desk.sign_in(username).location == "/console/"
    assert desk.get("/console/").status_code == 200
    assert desk.post("/console/sign-out").status_code == 303
    assert desk.get("/console/").status_code == 303


def test_a_wrong_password_and_an_unknown_username_get_the_same_answer(desk: Desk, parts: Parts) -> None:
    username = an_officer(parts)
    wrong = desk.sign_in(username, "not-the-password")
    unknown = desk.sign_in("nobody.at.all", "not-the-password")
    assert wrong.status_code == unknown.status_code == 401

    def plain(text: str, name: str) -> str:
        return "".join(line for line in text.replace(name, "").splitlines() if "csrf_token" not in line)

    assert plain(wrong.text, username) == plain(unknown.text, "nobody.at.all")


def test_an_unknown_username_costs_as_much_time_as_a_wrong_password() -> None:
    stored = hash_password(PASSWORD)
    password_matches("warm up", None)

    def cost(kept: str | None) -> float:
        begin = time.process_time()  # not by the clock: other programs would be counted too
        assert not password_matches("not-the-password", kept)
        return time.process_time() - begin

    tries = [(cost(None), cost(stored)) for _ in range(7)]
    unknown, wrong = (min(ones) for ones in zip(*tries, strict=True))
    assert 0.4 < unknown / wrong < 2.5


def test_an_officer_who_was_put_out_of_service_cannot_sign_in_and_is_out_at_once(
    app: Flask, desk: Desk, parts: Parts
) -> None:
    username = an_officer(parts)
    desk.sign_in(username)
    set_officer(parts, username, active=False)
    assert desk.get("/console/").status_code == 303
    assert Desk(app).sign_in(username).status_code == 401


def test_raising_the_epoch_ends_every_session(officer: Desk, parts: Parts) -> None:
    set_officer(parts, f"officer.{OFFICE.lower()}", session_epoch=7)
    assert officer.get("/console/").status_code == 303


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, officer: Desk) -> None:
    cookie = officer.client.get_cookie("__Host-hotline", "hotline.example")
    assert cookie is not None
    officer.post("/console/sign-out")
    thief = Desk(app)
    thief.client.set_cookie("__Host-hotline", cookie.value, domain="hotline.example", secure=True)
    assert thief.get("/console/").status_code == 303


def test_a_session_ends_after_its_hours(officer: Desk, parts: Parts) -> None:
    for hours, status in ((parts.settings.session_hours - 1, 200), (2, 303)):
        with officer.client.session_transaction("/console/", base_url=officer.base) as session:
            session["issued"] -= hours * 3600
        assert officer.get("/console/").status_code == status


def test_nothing_planted_before_signing_in_survives_it(desk: Desk, parts: Parts) -> None:
    username = an_officer(parts)
    desk.get("/console/sign-in")
    with desk.client.session_transaction("/console/", base_url=desk.base) as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    desk.sign_in(username)
    with desk.client.session_transaction("/console/", base_url=desk.base) as session:
        assert "planted" not in session
        assert session["csrf_token"] != before


def test_the_cookie_is_for_https_and_for_servers_only(desk: Desk) -> None:
    cookie = desk.get("/console/sign-in").headers["Set-Cookie"]
    name, _, attributes = cookie.partition("=")
    assert name == "__Host-hotline"
    for needed in ("; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax"):
        assert needed in attributes
    assert "Domain" not in attributes


def test_an_altered_cookie_is_no_session(app: Flask, officer: Desk) -> None:
    cookie = officer.client.get_cookie("__Host-hotline", "hotline.example")
    assert cookie is not None
    forger = Desk(app)
    forger.client.set_cookie("__Host-hotline", "e30" + cookie.value[3:], domain="hotline.example", secure=True)
    assert forger.get("/console/").status_code == 303


def test_after_ten_tries_a_username_is_locked_even_for_the_right_password(app: Flask, parts: Parts) -> None:
    username, other = an_officer(parts), an_officer(parts, username="other.officer")
    desk = Desk(app)
    for _ in range(throttle.TRIES_PER_USERNAME):
        assert desk.sign_in(username, "not-the-password").status_code == 401
    locked = desk.sign_in(username)
    assert locked.status_code == 429
    assert "एक घंटे बाद" in locked.text
    assert Desk(app).sign_in(other).status_code == 303  # others go on


def test_signing_in_forgives_the_failures_before_it(app: Flask, parts: Parts) -> None:
    username = an_officer(parts)
    for _ in range(3):
        for _ in range(throttle.TRIES_PER_USERNAME - 1):
            assert throttle.may_try(parts.db, parts.keys, username, "10.0.0.1", now())
        throttle.give_back(parts.db, parts.keys, username, "10.0.0.1", now())
    assert Desk(app).sign_in(username).status_code == 303


@pytest.mark.usefixtures("app")
def test_one_client_cannot_try_name_after_name(parts: Parts) -> None:
    at = now()
    allowed = [
        throttle.may_try(parts.db, parts.keys, f"name{n}", "2001:db8::1", at)
        for n in range(throttle.TRIES_PER_CLIENT + 1)
    ]
    assert allowed == [True] * throttle.TRIES_PER_CLIENT + [False]
    assert not throttle.may_try(parts.db, parts.keys, "another", "2001:db8::ffff", at)  # the same subscriber's network
    assert throttle.may_try(parts.db, parts.keys, "another", "192.0.2.7", at)


@pytest.mark.usefixtures("app")
def test_all_clients_together_are_limited(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "TRIES_IN_ALL", 5)
    at = now()
    assert [throttle.may_try(parts.db, parts.keys, f"name{n}", f"192.0.2.{n}", at) for n in range(6)] == [True] * 5 + [
        False
    ]


def test_a_thousand_tries_from_one_address_lock_out_nobody_elsewhere(app: Flask, parts: Parts) -> None:
    username, at = an_officer(parts), now()
    for n in range(throttle.TRIES_IN_ALL + 1):
        throttle.may_try(parts.db, parts.keys, f"name{n}", "192.0.2.66", at)
    assert not throttle.may_try(parts.db, parts.keys, username, "192.0.2.66", at)
    assert Desk(app).sign_in(username).status_code == 303
    assert tries(parts, "sign_in") == throttle.TRIES_PER_CLIENT  # the good one was given back


@pytest.mark.usefixtures("app")
def test_a_client_that_may_try_no_more_locks_no_username(parts: Parts) -> None:
    at = now()
    for n in range(throttle.TRIES_PER_CLIENT):
        throttle.may_try(parts.db, parts.keys, f"name{n}", "192.0.2.66", at)
    for _ in range(throttle.TRIES_PER_USERNAME):
        assert not throttle.may_try(parts.db, parts.keys, "an.officer", "192.0.2.66", at)
    assert throttle.may_try(parts.db, parts.keys, "an.officer", "192.0.2.7", at)


@pytest.mark.usefixtures("app")
def test_tries_at_a_locked_username_use_up_nothing_else(parts: Parts) -> None:
    at = now()
    for _ in range(throttle.TRIES_PER_USERNAME + 5):
        throttle.may_try(parts.db, parts.keys, "name", "192.0.2.66", at)
    assert tries(parts, "client") == tries(parts, "name") == tries(parts, "sign_in") == throttle.TRIES_PER_USERNAME


@pytest.mark.usefixtures("app")
def test_a_refused_try_waits_for_no_writer(parts: Parts) -> None:
    at = now()
    for _ in range(throttle.TRIES_PER_USERNAME):
        assert throttle.may_try(parts.db, parts.keys, "name", "192.0.2.66", at)
    with parts.db.begin():  # SQLite has one writer: a second one would wait, and fail in the end
        assert not throttle.may_try(parts.db, parts.keys, "name", "192.0.2.66", at)


def test_tries_sent_together_are_not_more_than_allowed(db: Database) -> None:
    at = now()
    with ThreadPoolExecutor(8) as pool:
        allowed = list(pool.map(lambda _: throttle.may_try(db, KEYS, "name", "192.0.2.1", at), range(24)))
    assert allowed.count(True) == throttle.TRIES_PER_USERNAME
    with db.read() as connection:
        counted = connection.execute(Attempt.__table__.select()).all()  # type: ignore[attr-defined]
    assert [row.n for row in counted] == [throttle.TRIES_PER_USERNAME] * 3


def test_tries_are_counted_without_a_name_or_an_address(desk: Desk, parts: Parts) -> None:
    desk.sign_in("somebody.known", "not-the-password")
    with parts.db.read() as connection:
        rows = connection.execute(Attempt.__table__.select()).all()  # type: ignore[attr-defined]
        assert len(connection.execute(DayKey.__table__.select()).all()) == 1  # type: ignore[attr-defined]
    assert len(rows) == 3
    assert "somebody" not in str(rows)
    assert "127.0.0.1" not in str(rows)


def test_throttling_counts_alike_on_every_database(db: object, parts: Parts) -> None:
    at = now()
    allowed = [throttle.may_try(db, KEYS, "name", "192.0.2.1", at) for _ in range(throttle.TRIES_PER_USERNAME + 1)]  # type: ignore[arg-type]
    assert allowed == [True] * throttle.TRIES_PER_USERNAME + [False]


@pytest.mark.parametrize(
    "path",
    ["/console/sign-in", "/console/language", "/console/sign-out", "/console/tips/x/moves", "/console/stuck/x/again"],
)
def test_a_form_without_its_token_is_refused(administrator: Desk, path: str) -> None:
    administrator.token = ""
    refused = administrator.post(path)
    assert refused.status_code == 400
    assert "यह पेज पुराना हो गया" in refused.text


def test_a_token_of_another_session_is_refused(app: Flask, officer: Desk) -> None:
    stranger = Desk(app)
    stranger.get("/console/sign-in")
    officer.token = stranger.token
    assert officer.post("/console/language", language="en").status_code == 400


def test_webhooks_need_no_token(app: Flask) -> None:
    assert app.test_client().post("/voice").status_code == 403  # the signature is missing, not a token


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/console/",
        "/\\evil.example",
        "/phone",
        "/console/../phone",
        "console",
        "/console\n",
        "//[",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(desk: Desk, parts: Parts, elsewhere: str) -> None:
    assert desk.sign_in(an_officer(parts), next=elsewhere).location == "/console/"


def test_a_sign_in_page_asked_for_with_a_broken_address_is_shown(desk: Desk) -> None:
    asked = desk.get("/console/sign-in?next=//[")
    assert asked.status_code == 200
    assert 'value="//[' not in asked.text


def test_the_link_of_a_mail_leads_to_its_tip_after_signing_in(desk: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"})
    asked = desk.get(f"/console/tips/{tip}")
    assert asked.status_code == 303
    form = desk.get(asked.location)
    assert f'name="next" value="/console/tips/{tip}"' in form.text
    assert desk.sign_in(an_officer(parts), next=f"/console/tips/{tip}").location == f"/console/tips/{tip}"


def test_the_language_is_remembered_with_the_officer(app: Flask, desk: Desk, parts: Parts) -> None:
    username = an_officer(parts)
    desk.sign_in(username)
    assert '<html lang="hi">' in desk.get("/console/").text
    assert (
        desk.post("/console/language", language="en", next="/console/?group=closed").location
        == "/console/?group=closed"
    )
    assert '<html lang="en">' in desk.get("/console/").text
    elsewhere = Desk(app)
    elsewhere.sign_in(username)
    assert "Sign out" in elsewhere.get("/console/").text


def test_the_language_can_be_chosen_before_signing_in(desk: Desk) -> None:
    assert "साइन इन" in desk.get("/console/sign-in").text
    desk.post("/console/language", language="en", next="/console/sign-in")
    assert "Sign in" in desk.get("/console/sign-in").text
    assert desk.post("/console/language", language="fr").status_code == 400
