"""A correction that is not taken: by whom, of what, twice, late, or at the same moment as another."""

import pytest
from flask import Flask

from ivr.parts import Parts
from tests.ivr.console.correcting import (
    AS_ROUTED,
    BARRA,
    BEFORE,
    GAMBLING,
    OTHER_ZONE,
    correct,
    desk_of,
    facts,
    form,
    send_on,
)
from tests.ivr.console.desk import OFFICE, RANGE, STATION, Desk, an_officer, lay_tip, status_of, trail_of
from workers.queues import Job

pytestmark = pytest.mark.usefixtures("jobs")


@pytest.mark.parametrize("place", ["KNP-XXX", "JNP-KOT", "JNP", "GZP", "OUT", "HQ", OFFICE, "KNP-BRR ", "'; --", "BRR"])
def test_a_place_that_a_station_may_not_choose_is_refused(sho: Desk, parts: Parts, place: str) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    answer = correct(sho, tip, place=place, reason="मेरा कारण")
    assert answer.status_code == 400 and "सूची में से चुनें" in answer.text and "मेरा कारण" in answer.text
    assert facts(parts, tip) == BEFORE and trail_of(parts, tip) == ["read"]


def test_a_women_or_cyber_station_is_chosen_by_nobody_as_no_place_is_theirs(officer: Desk, parts: Parts) -> None:
    (cyber,) = [one.code for one in parts.catalogue.stations.values() if (one.district, one.type) == ("KNP", "cyber")]
    assert correct(officer, lay_tip(parts, AS_ROUTED, **GAMBLING), place=cyber).status_code == 400


@pytest.mark.parametrize("kind", ["murder", "GAMBLING", "gambling>other", "x" * 5000])
def test_a_kind_that_the_catalogue_has_not_is_refused(officer: Desk, parts: Parts, kind: str) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    assert correct(officer, tip, kind=kind).status_code == 400
    assert facts(parts, tip) == BEFORE


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"place": BARRA, "reason": " \r\n\0"}, "क्यों बदल रहे हैं।"), ({}, "कुछ नहीं बदला"),
        ({"kind": "gambling", "place": STATION}, "कुछ नहीं बदला"),
    ],
)  # fmt: skip
def test_without_a_reason_or_a_change_nothing_is_written(
    officer: Desk, parts: Parts, jobs: list[tuple[Job, str]], changed: dict[str, str], words: str
) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    answer = correct(officer, tip, **changed)
    assert answer.status_code == 400 and words in answer.text
    assert (facts(parts, tip), trail_of(parts, tip), jobs) == (BEFORE, ["read"], [])


@pytest.mark.parametrize(
    "seen",
    ["", "opened", "opened/gambling/KNP/KNP-NBS/1", "working/gambling/KNP/KNP-NBS/0", "opened/other/KNP/KNP-NBS/0",
     "opened/gambling/KNP/KNP-NBS/-1", "opened/gambling/KNP/KNP-NBS/٠", "opened/gambling/KNP/KNP-NBS/0/0",
     "opened/gambling/KNP//0", "/" * 4, "9" * 30_000],
)  # fmt: skip
def test_a_form_of_something_else_than_what_is_there_changes_nothing(officer: Desk, parts: Parts, seen: str) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    answer = correct(officer, tip, seen=seen, place=BARRA)
    assert answer.status_code == 409 and "किसी और ने" in answer.text and f'value="{BARRA}" selected' in answer.text
    assert facts(parts, tip) == BEFORE and trail_of(parts, tip) == ["read"]


def test_to_an_officer_of_another_station_there_is_no_such_tip(app: Flask, sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    sent = form(sho, tip, place=BARRA)
    stranger = desk_of(app, parts, OTHER_ZONE)
    before = trail_of(parts, tip)
    for changed in (sent, sent | {"place": "JNP-KOT"}, sent | {"seen": "x"}, sent | {"reason": ""}):
        assert stranger.post(f"/console/tips/{tip}/correction", **changed).status_code == 404
    assert stranger.get(f"/console/tips/{tip}/correction").status_code == 404
    nowhere = stranger.post(f"/console/tips/{'0' * 32}/correction", **sent)
    assert nowhere.status_code == 404 and (facts(parts, tip), trail_of(parts, tip)) == (BEFORE, before)


def test_who_has_a_copy_corrects_nothing(app: Flask, officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    sent = form(officer, tip, place=BARRA)
    commissioner = desk_of(app, parts, RANGE)
    assert 'id="correct"' not in commissioner.get(f"/console/tips/{tip}").text
    assert commissioner.post(f"/console/tips/{tip}/correction", **sent).status_code == 409
    assert facts(parts, tip) == BEFORE


def test_what_is_closed_is_opened_again_before_it_is_corrected(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING | {"status": "closed"})
    assert 'id="correct"' not in officer.get(f"/console/tips/{tip}").text
    sent = {"seen": f"closed/gambling/KNP/{STATION}/0", "place": BARRA, "reason": "x"}
    assert officer.post(f"/console/tips/{tip}/correction", **sent).status_code == 409
    assert status_of(parts, tip) == "closed"


@pytest.mark.parametrize("token", ["", "x"])
def test_a_form_without_its_token_corrects_nothing(officer: Desk, parts: Parts, token: str) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    assert correct(officer, tip, place=BARRA, csrf_token=token).status_code == 400
    assert facts(parts, tip) == BEFORE


def test_nobody_who_is_not_signed_in_corrects_anything(officer: Desk, desk: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    sent = form(officer, tip, place=BARRA)
    desk.get("/console/sign-in")
    assert "/console/sign-in" in (desk.post(f"/console/tips/{tip}/correction", **sent).location or "")
    assert facts(parts, tip) == BEFORE


def test_a_form_that_is_sent_twice_corrects_once(sho: Desk, parts: Parts, jobs: list[tuple[Job, str]]) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    sent = form(sho, tip, place=BARRA)
    first = sho.post(f"/console/tips/{tip}/correction", **sent)
    second = sho.post(f"/console/tips/{tip}/correction", **sent)
    send_on(parts, tip)
    third = sho.post(f"/console/tips/{tip}/correction", **sent)
    assert [one.status_code for one in (first, second, third)] == [303] * 3 and len(
        {first.location, third.location}
    ) == 1
    assert trail_of(parts, tip) == ["read", "correct", "route"] and len(jobs) == 1
    # The same page once more with another choice is no repetition; and the tip is not theirs any more.
    assert sho.post(f"/console/tips/{tip}/correction", **sent | {"place": "KNP"}).status_code == 404


def test_of_two_officers_who_correct_at_once_the_second_is_told(app: Flask, officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    colleague = Desk(app)
    colleague.sign_in(an_officer(parts, username="colleague"))
    sent = form(officer, tip, place="KNP-GVN")
    correct(colleague, tip, place=BARRA)
    assert officer.post(f"/console/tips/{tip}/correction", **sent).status_code == 404  # it is on its way
    send_on(parts, tip)
    late = officer.post(f"/console/tips/{tip}/correction", **sent)
    assert late.status_code == 409 and "किसी और ने" in late.text
    assert facts(parts, tip)[3] == BARRA and trail_of(parts, tip).count("correct") == 1
    assert officer.get(f"/console/tips/{tip}/correction").status_code == 404  # it was not this officer


def test_a_correction_back_and_forth_is_two_corrections(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    first = form(officer, tip, place=BARRA)
    officer.post(f"/console/tips/{tip}/correction", **first)
    send_on(parts, tip)
    assert correct(officer, tip, place=STATION).status_code == 303
    send_on(parts, tip)
    officer.get(f"/console/tips/{tip}")
    # Status, kind and place are as the first form saw them, and yet it is an old one.
    assert officer.post(f"/console/tips/{tip}/correction", **first).status_code == 409
    assert facts(parts, tip)[3] == STATION


def test_a_move_by_somebody_who_still_has_the_old_page_finds_nothing(sho: Desk, officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, AS_ROUTED, **GAMBLING)
    correct(officer, tip, place=BARRA)
    for path, sent in (("moves", {"move": "start_work", "seen": "opened"}), ("questions", {"question": "when"})):
        assert sho.post(f"/console/tips/{tip}/{path}", **sent).status_code == 404
