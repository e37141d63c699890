"""However an address of the console is spelled: it is protected, or there is nothing at it."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from ivr.console.blueprints import BLUEPRINTS
from ivr.console.page import asset_versions
from ivr.console.wiring import LARGEST_FORM
from ivr.parts import Parts
from tests.ivr.console.desk import OFFICE, Desk, lay_tip, recording_of, status_of, trail_of

HEADERS = ("Content-Security-Policy", "X-Frame-Options", "Referrer-Policy", "X-Content-Type-Options")
# Ways to write an address as the server hands it on: "%2f" and "%2e" are slashes and dots by then.
REFUSED = ("//{0}", "///{0}", "////{0}", "{0}", "/./{0}", "/../{0}", "/.//{0}", "//./{0}", "/%2f{0}", "/x/../{0}")
THE_SAME = ("/{0}", "/{0}/")


def ask(desk: Desk, method: str, written: str, **more: Any) -> TestResponse:
    """Ask for an address exactly as it is written: a client would put it right, or take "//x" for a host."""
    return desk.client.open("/", method=method, base_url=desk.base, environ_overrides={"PATH_INFO": written}, **more)


def addresses(app: Flask, **values: str) -> list[tuple[str, str]]:
    """Every address of the console with its endpoint, without the slash it begins with."""
    names = {blueprint.name for blueprint in BLUEPRINTS}
    adapter, found = app.url_map.bind("hotline.example"), []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] in names:
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            wanted = {name: values.get(name, "x") for name in rule.arguments}
            found.append((rule.endpoint, adapter.build(rule.endpoint, wanted, method=method).lstrip("/")))
    assert len(found) >= 14
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_spelled_to_get_past_something_is_not_there(
    app: Flask, officer: Desk, parts: Parts, method: str
) -> None:
    tip, version = lay_tip(parts, {OFFICE: "to"}), {"v": asset_versions()["console.css"]}
    for endpoint, path in addresses(app, tip_id=tip, recording_id=recording_of(parts, tip), filename="console.css"):
        for spelling in REFUSED:
            answer = ask(officer, method, spelling.format(path), query_string=version)
            assert answer.status_code in ((404,) if method == "GET" else (404, 405)), (endpoint, spelling)
            assert "immutable" not in answer.headers.get("Cache-Control", "")
    assert (status_of(parts, tip), trail_of(parts, tip)) == ("routed", [])


def test_no_spelling_makes_a_move_without_the_pages_token(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, status="working")
    form = {"move": "close", "seen": "working", "note": "closed by somebody else's page"}
    plainly = (f"/console/tips/{tip}/moves", f"/console/tips/{tip}/moves/")
    for spelling in (*THE_SAME, *REFUSED, "/{0}//", "/{0}/.", "/{0}\t"):
        answer = ask(officer, "POST", spelling.format(plainly[0].lstrip("/")), data=form)
        assert answer.status_code in (308, 400, 404, 405), spelling
        if answer.status_code == 308:  # sent on to where a token is asked for
            assert answer.location.removeprefix(officer.base) in plainly
        assert status_of(parts, tip) == "working"


@pytest.mark.parametrize("spelling", [*THE_SAME, "//{0}", "/console//{0}"])
def test_every_answer_of_the_console_carries_its_headers_however_it_was_asked_for(
    app: Flask, desk: Desk, spelling: str
) -> None:
    for endpoint, path in addresses(app, filename="console.css"):
        for method in ("GET", "POST", "DELETE"):
            answer = ask(desk, method, spelling.format(path))
            assert all(name in answer.headers for name in HEADERS), (endpoint, method)
            assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("spelling", THE_SAME)
def test_every_form_needs_its_token_and_is_no_larger_than_a_form(
    app: Flask, administrator: Desk, spelling: str
) -> None:
    posts = [rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    forms = [(endpoint, path) for endpoint, path in addresses(app, tip_id="x") if endpoint in posts]
    assert len(forms) >= 7
    for endpoint, path in forms:
        written = spelling.format(path)
        assert ask(administrator, "POST", written).status_code == 400, endpoint
        large = {"csrf_token": administrator.token, "note": "x" * LARGEST_FORM}
        refused = ask(administrator, "POST", written, data=large)
        assert refused.status_code in (400, 413), endpoint


def test_what_a_form_needs_hangs_on_every_blueprint_of_the_console_after_its_guard(app: Flask) -> None:
    (check,) = {app.before_request_funcs[blueprint.name][1].__name__ for blueprint in BLUEPRINTS}
    assert check == "check_form"


@pytest.mark.parametrize("path", ["console", "/consoles", "/console.html", "/CONSOLE/", "/console%2f"])
def test_what_only_looks_like_the_console_is_not_there(officer: Desk, path: str) -> None:
    assert ask(officer, "GET", path).status_code == 404
