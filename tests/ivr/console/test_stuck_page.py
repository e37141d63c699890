"""What stands still, for administrators; and the security headers of every address."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from ivr.console.blueprints import BLUEPRINTS
from ivr.doctor.stores import _stuck
from ivr.figures import _tips
from ivr.parts import Parts
from models.database import now
from models.tables import Attachment, Beat, Message, ProviderCopy, Tip
from tests.ivr.console.desk import OFFICE, Desk, lay_tip, put, trail_of
from tests.queued import depths
from workers.queues import Courier, JobQueue, connect


def a_stuck_tip(parts: Parts, **columns: object) -> str:
    tip = Tip(
        **{
            "status": "received", "language": "hi", "received_hour": now(), "problem": "disk_full", "attempts": 4,
            "retry_at": now() + timedelta(minutes=50), "category": "gambling", "urgency": "U1", "station": "KNP-NBS",
            **columns,
        }
    )  # fmt: skip
    put(parts, tip)
    return tip.id


def test_an_administrator_sees_why_tips_are_stuck_and_nothing_of_them(administrator: Desk, parts: Parts) -> None:
    tip = a_stuck_tip(parts, problem_detail="No space left on device")
    page = administrator.get("/console/stuck").text
    for words in (tip[:6].upper(), "डिस्क भर गई है", "No space left on device", "कोशिशें: 4"):
        assert words in page
    for content in ("जुआ", "नौबस्ता", "KNP-NBS", "कानपुर नगर</"):
        assert content not in page.split("</header>")[1]


def test_a_problem_nobody_has_words_for_is_shown_by_its_code(administrator: Desk, parts: Parts) -> None:
    a_stuck_tip(parts, problem="quite_new")
    assert "quite_new" in administrator.get("/console/stuck").text


def test_the_page_does_not_exist_for_officers(officer: Desk, parts: Parts) -> None:
    tip = a_stuck_tip(parts)
    assert officer.get("/console/stuck").status_code == 404
    assert officer.post(f"/console/stuck/{tip}/again").status_code == 404
    assert trail_of(parts, tip) == []


@pytest.mark.parametrize(
    ("status", "job"),
    [("received", "prepare_tip"), ("prepared", "route_tip"), ("routed", "prepare_tip"), ("closed", "prepare_tip")],
)
def test_trying_again_makes_the_tip_due_and_tells_the_workers(
    app: Flask, administrator: Desk, parts: Parts, redis_url: str, status: str, job: str
) -> None:
    jobs = JobQueue(connect(redis_url))
    app.extensions["hotline"] = replace(parts, courier=Courier(jobs))
    tip = a_stuck_tip(parts, status=status)
    assert administrator.post(f"/console/stuck/{tip}/again").status_code == 303
    with parts.db.reading() as session:
        kept = session.get(Tip, tip)
        assert kept is not None
        assert kept.retry_at is not None
        assert kept.retry_at <= now()
    until = time.monotonic() + 5
    while depths(jobs)["urgent"] == 0 and time.monotonic() < until:
        time.sleep(0.02)
    (waiting,) = jobs._queues["hotline-urgent"].jobs
    assert (waiting.func_name, list(waiting.args)) == (f"workers.jobs.{job}", [tip])
    assert trail_of(parts, tip) == ["try_again"]


def test_what_was_added_to_a_tip_and_cannot_be_prepared_is_seen_everywhere(administrator: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, status="working", problem="provider_unreachable", attempts=4)
    assert tip[:6].upper() in administrator.get("/console/stuck").text
    with parts.db.read() as connection:
        figures = {family.name: family.samples[0].value for family in _tips(connection)}
        assert figures["hotline_tips_stuck"] == 1
        assert _stuck(connection).found == "1 tips and 0 files are stuck (provider_unreachable)"


def test_a_tip_that_is_not_stuck_cannot_be_tried_again(administrator: Desk, parts: Parts) -> None:
    thrown_away = a_stuck_tip(parts, status="discarded")
    for tip in (lay_tip(parts, {OFFICE: "to"}), a_stuck_tip(parts, problem=None), thrown_away, "f" * 32):
        assert administrator.post(f"/console/stuck/{tip}/again").status_code == 404


def test_copies_that_should_be_gone_and_silent_parts_are_shown(administrator: Desk, parts: Parts) -> None:
    def copy(name: str, hours: float, **columns: object) -> ProviderCopy:
        heard = now() - timedelta(hours=hours)
        return ProviderCopy(
            sid_key=name, sid="RE" + "a" * 32, kind="recording", conversation_key="k", heard_at=heard, **columns
        )

    put(parts, copy("a", 3, problem="401"), copy("b", 0.2), copy("c", 9, erased_at=now()))
    put(parts, Beat(part="sweep", at=now() - timedelta(minutes=12)), Beat(part="worker", at=now()))
    page = administrator.get("/console/stuck").text
    assert "रिकॉर्डिंग: <b>1</b>" in page
    assert "401" in page
    assert "RE" + "a" * 32 not in page
    assert "आखिरी बार 12 मिनट पहले" in page
    assert "अभी चल रहा है" in page


def test_every_address_of_the_console_answers_with_the_headers(app: Flask, administrator: Desk) -> None:
    names = {blueprint.name for blueprint in BLUEPRINTS}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] in names]
    assert len(rules) >= 10
    adapter = app.url_map.bind("hotline.example")
    for rule in rules:
        values = {name: "console.css" if name == "filename" else "x" for name in rule.arguments}
        path = adapter.build(rule.endpoint, values, method=next(iter(rule.methods or ())), force_external=False)
        for ask in (administrator.get, administrator.post):
            answer = ask(path)
            assert answer.status_code < 500, path
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "camera=()" in answer.headers["Permissions-Policy"]
            assert answer.headers["Cache-Control"] == "no-store"


def test_static_files_asked_for_by_version_are_kept_and_others_are_not(desk: Desk) -> None:
    page = desk.get("/console/sign-in").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in desk.get(address).headers["Cache-Control"]
    assert desk.get(address + "x").headers["Cache-Control"] == "no-store"
    assert desk.get("/console/static/../page.py?v=x").status_code == 404


def test_other_addresses_under_the_console_get_its_page_and_the_rest_are_left_alone(app: Flask, desk: Desk) -> None:
    lost = desk.get("/console/no/such/page")
    assert lost.status_code == 404
    assert "यहाँ कुछ नहीं है" in lost.text
    assert "Content-Security-Policy" not in app.test_client().get("/healthz").headers


def test_a_form_that_is_far_too_large_is_refused(officer: Desk) -> None:
    assert officer.post("/console/language", language="x" * 100_000).status_code == 413


def test_a_fault_of_ours_is_a_page_without_a_word_of_it(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, words=[{"w": "शब्द", "start": "not a number", "end": 1, "conf": 1}])
    broken = officer.get(f"/console/tips/{tip}")
    assert broken.status_code == 500
    assert "हमारी तरफ़ गड़बड़ी है" in broken.text
    assert "not a number" not in broken.text


def test_files_that_are_stuck_are_counted_by_what_stands_in_the_way(administrator: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"})
    message = Message(tip_id=tip, position=1, language="hi")
    files = [
        Attachment(tip_id=tip, message_id=message.id, position=n, status="later", problem="model_missing")
        for n in range(3)
    ]
    put(parts, message, *files)
    page = administrator.get("/console/stuck").text
    assert "रुकी हुई फाइलें" in page and "इस भाषा का मॉडल नहीं है" in page and "<b>3</b>" in page
