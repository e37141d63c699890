"""Files on a tip's page: who sees them, what is served, and what is never opened."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from ivr import casework, evidence
from ivr.parts import Parts
from models.database import Database
from models.message import Attachment
from models.tables import Officer
from tests.ivr.console.desk import ELSEWHERE, OFFICE, STATION, Desk, an_officer, trail_of
from tests.ivr.console.letters import PHOTO, lay_letter, write


def test_a_photo_is_a_small_picture_that_opens_the_copy_made_for_officers(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    (photo,) = write(parts, tip, None, PHOTO)
    page = officer.get(f"/console/tips/{tip}").text
    assert f'href="/console/files/{photo}"' in page and f'src="/console/files/{photo}/small"' in page
    whole, small = officer.get(f"/console/files/{photo}"), officer.get(f"/console/files/{photo}/small")
    assert (whole.data, small.data) == (PHOTO["shown"], PHOTO["thumbnail"])
    assert trail_of(parts, tip) == ["open", "see"]
    officer.get(f"/console/files/{photo}")
    assert trail_of(parts, tip) == ["open", "see"]  # looking on is one look


def test_a_file_is_served_as_nothing_but_what_it_is_and_is_never_kept(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    photo, video = write(
        parts, tip, None, PHOTO, {**PHOTO, "kind": "video", "shown": b"x" * 5000, "shown_type": "video/mp4"}
    )
    for path, media_type in ((photo, "image/jpeg"), (f"{photo}/small", "image/jpeg"), (video, "video/mp4")):
        answer = officer.get(f"/console/files/{path}")
        assert answer.mimetype == media_type
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    piece = officer.get(f"/console/files/{video}", headers={"Range": "bytes=10-19"})
    assert (piece.status_code, len(piece.data)) == (206, 10)


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "waiting"},
        {"status": "quarantined", "reason": "damaged"},
        {"shown": None},
        {"shown_type": "text/html"},
        {"shown_type": "image/svg+xml"},
        {"shown_type": None},
    ],
)
def test_what_is_not_ready_or_not_of_our_own_types_is_not_served(
    officer: Desk, parts: Parts, facts: dict[str, Any]
) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    (file,) = write(parts, tip, None, {**PHOTO, **facts})
    assert officer.get(f"/console/files/{file}").status_code == 404
    page = officer.get(f"/console/tips/{tip}")
    assert page.status_code == 200 and f'href="/console/files/{file}"' not in page.text


def test_files_of_another_units_tip_are_not_there(app: Flask, sho: Desk, desk: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to", ELSEWHERE: "copy"})
    (file,) = write(parts, tip, None, PHOTO)
    for path in (f"/console/files/{file}", f"/console/files/{file}/small", "/console/files/" + "0" * 32):
        assert sho.get(path).status_code == 404
        assert desk.get(path).status_code in (302, 303)  # a stranger is sent to sign in
    assert trail_of(parts, tip) == []


@pytest.mark.parametrize("status", ["telling", "received", "prepared", "discarded"])
def test_files_of_a_tip_that_is_not_ready_are_not_served(officer: Desk, parts: Parts, status: str) -> None:
    tip = lay_letter(parts, {OFFICE: "to"}, status=status)
    (file,) = write(parts, tip, None, PHOTO)
    assert officer.get(f"/console/files/{file}").status_code == 404
    assert officer.get(f"/console/files/{file}/small").status_code == 404


def test_a_file_that_was_not_opened_is_a_clear_box_with_its_reason(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    write(
        parts, tip, None, {"kind": "file", "status": "quarantined", "reason": "type_not_opened", "size": 20_480},
        {"kind": "file", "status": "quarantined", "reason": "type_not_opened", "size": 3_200_123},
        {"kind": "photo", "status": "quarantined", "reason": "a reason newer than the words", "size": None},
    )  # fmt: skip
    page = officer.get(f"/console/tips/{tip}").text
    assert page.count("फाइल खोली नहीं गई") == 3
    assert "खतरनाक हो सकती है" in page and "1 एमबी से कम" in page and "3 एमबी" in page and "खराब या अधूरी है" in page


def test_a_video_says_that_its_sound_is_disguised_and_what_may_still_betray(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    (video,) = write(parts, tip, None, {**PHOTO, "kind": "video", "shown_type": "video/mp4", "seconds": 10.0})
    page = officer.get(f"/console/tips/{tip}").text
    assert f'<video controls preload="none" playsinline src="/console/files/{video}"' in page
    assert f'poster="/console/files/{video}/small"' in page and "वीडियो की आवाज़ बदली हुई है" in page
    assert "करीब 10 सेकंड" in page
    muted = {**PHOTO, "kind": "video", "shown_type": "video/mp4", "reason": "sound_left_out"}
    write(parts, tip, None, muted)
    assert "आवाज़ बदली नहीं जा सकी, इसलिए हटा दी गई।" in officer.get(f"/console/tips/{tip}").text


def test_no_name_of_the_media_store_and_no_checksum_reaches_a_page(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    (photo,) = write(parts, tip, None, PHOTO)
    with parts.db.reading() as session:
        row = session.get_one(Attachment, photo)
    page = officer.get(f"/console/tips/{tip}").text
    for secret in (row.original, row.shown, row.thumbnail, row.sha256, row.message_id):
        assert str(secret) not in page


def test_a_file_lost_from_the_store_breaks_nothing(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    (photo,) = write(parts, tip, None, {**PHOTO, "shown": "e" * 32, "thumbnail": "d" * 32})
    assert officer.get(f"/console/files/{photo}").status_code == 404
    assert officer.get(f"/console/tips/{tip}").status_code == 200


def test_files_are_the_same_on_every_database(db: Database, parts: Parts) -> None:
    there = replace(parts, db=db)
    an_officer(there)
    with db.reading() as session:
        officer = session.exec(select(Officer)).one()
    tip = lay_letter(there, {OFFICE: "to", STATION: "copy"})
    (photo,) = write(there, tip, "बर्रा", PHOTO)
    (letter,) = casework.open_tip(there, officer, tip).letters
    assert (letter.text, letter.files[0].kind, letter.files[0].shown_type) == ("बर्रा", "photo", "image/jpeg")
    assert evidence.see(there, officer, photo) == (PHOTO["shown"], "image/jpeg")
    assert evidence.see(there, officer, photo, small=True) == (PHOTO["thumbnail"], "image/jpeg")
