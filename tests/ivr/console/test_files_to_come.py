"""Files that are still to come: who may ask for one that waits, and what the page says meanwhile."""

import time
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from ivr.parts import Parts
from models.message import Attachment
from tests.ivr.console.desk import ELSEWHERE, OFFICE, STATION, Desk, an_officer, trail_of
from tests.ivr.console.letters import lay_letter, write
from workers.queues import Courier, Job, JobQueue, connect

HELD: dict[str, Any] = {"kind": "file", "status": "held", "original": "e" * 32, "size": 4_000_000}


def test_a_file_beyond_the_tips_minutes_waits_and_is_prepared_when_an_officer_asks(
    app: Flask, officer: Desk, parts: Parts, redis_url: str
) -> None:
    jobs = JobQueue(connect(redis_url))
    app.extensions["hotline"] = replace(parts, courier=Courier(jobs))
    tip = lay_letter(parts, {OFFICE: "to"})
    (file,) = write(parts, tip, None, HELD)
    page = officer.get(f"/console/tips/{tip}").text
    assert "अपने-आप तैयार नहीं की गई" in page and f"/console/files/{file}/wanted" in page
    assert officer.get(f"/console/files/{file}").status_code == 404
    answer = officer.post(f"/console/files/{file}/wanted")
    assert answer.status_code == 303 and answer.location.endswith(tip)
    with parts.db.reading() as session:
        assert session.get_one(Attachment, file).status == "wanted"
    assert trail_of(parts, tip)[-1] == "ask_for_file"
    end = time.monotonic() + 10
    while (Job.PREPARE_FILE, file) not in jobs.waiting():
        assert time.monotonic() < end
        time.sleep(0.01)
    page = officer.get(f"/console/tips/{tip}").text
    assert "अभी तैयार हो रही है" in page and "/wanted" not in page and "फाइल तैयार करवाई" in page
    assert officer.post(f"/console/files/{file}/wanted").status_code == 404  # asked for already


def test_only_who_must_act_may_ask_for_a_held_file(app: Flask, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to", STATION: "copy"})
    (file,) = write(parts, tip, None, HELD)
    for unit in (STATION, ELSEWHERE):
        desk = Desk(app)
        desk.sign_in(an_officer(parts, unit))
        assert f"/console/files/{file}/wanted" not in desk.get(f"/console/tips/{tip}").text
        desk.get("/console/")
        assert desk.post(f"/console/files/{file}/wanted").status_code == 404
    with parts.db.reading() as session:
        assert session.get_one(Attachment, file).status == "held"


@pytest.mark.parametrize("status", ["later", "wanted", "waiting"])
def test_a_file_that_is_still_to_come_is_said_to_come(officer: Desk, parts: Parts, status: str) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    write(parts, tip, None, {**HELD, "status": status})
    page = officer.get(f"/console/tips/{tip}").text
    assert "फाइल अभी तैयार हो रही है" in page and "/wanted" not in page
