"""Messages and files on a tip's page: who sees them, what is shown, and what is never opened."""

import io
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlmodel import select

from ivr import casework, evidence
from ivr.console.nearby import nearest_station
from ivr.console.transcript import written_pieces
from ivr.parts import Parts
from models.catalogue import load
from models.database import Database
from models.message import Attachment, Message
from models.recording import Recording
from models.tables import Officer
from tests.ivr.console.desk import ELSEWHERE, OFFICE, STATION, Desk, an_officer, lay_tip, put, recording_of, trail_of
from workers.queues import Courier, Job, JobQueue, connect

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}]]>\n[phone] [nonsense]"


def jpeg(colour: str = "green") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (120, 90), colour).save(out, "JPEG")
    return out.getvalue()


def write(parts: Parts, tip: str, text: str | None = "बर्रा में जुआ", *attachments: dict[str, Any]) -> list[str]:
    """A message of a tip with these attachments; their ids. `shown` and `thumbnail` are bytes here."""
    with parts.db.reading() as session:
        position = len(session.exec(select(Message).where(Message.tip_id == tip)).all()) + 1
    message = Message(tip_id=tip, position=position, language="hi", text=text)
    rows = []
    for number, facts in enumerate(attachments):
        row = Attachment(tip_id=tip, message_id=message.id, position=number, status="ready")
        for name, value in facts.items():
            is_object = name in ("shown", "thumbnail") and isinstance(value, bytes)
            setattr(row, name, parts.vault.put_listening(value) if is_object else value)
        rows.append(row)
    put(parts, message, *rows)
    return [row.id for row in rows]


def lay_letter(parts: Parts, units: dict[str, str], **columns: Any) -> str:
    """A tip told in writing alone."""
    tip = lay_tip(parts, units, with_sound=False, **{"channel": "whatsapp", **columns})
    with parts.db.session() as session:
        session.delete(session.exec(select(Recording).where(Recording.tip_id == tip)).one())
    return tip


PHOTO: dict[str, Any] = {
    "kind": "photo", "shown": jpeg(), "shown_type": "image/jpeg", "thumbnail": jpeg("red"), "original": "f" * 32,
    "sha256": "a" * 64, "size": 5000,
}  # fmt: skip


def test_messages_are_shown_in_order_with_gaps_for_what_is_hidden(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    write(parts, tip, "पहला मैसेज, फोन [phone] पर")
    write(parts, tip, "दूसरा\nमैसेज")
    page = officer.get(f"/console/tips/{tip}").text
    assert page.index("पहला मैसेज, फोन ") < page.index("[नंबर छिपाया गया]") < page.index("दूसरा\nमैसेज")
    assert "व्हाट्सऐप" in page and "मिटा दी गई हैं" not in page


def test_who_chose_what_is_said_in_the_words_of_the_channel(officer: Desk, parts: Parts) -> None:
    page = officer.get(f"/console/tips/{lay_letter(parts, {OFFICE: 'to'})}").text
    assert "लिखकर चुना" in page and "जवाब में लिखा" in page and "बटन" not in page


def test_whether_an_answer_is_welcome_is_told_of_calls_alone_as_nobody_is_asked_in_writing(
    officer: Desk, parts: Parts
) -> None:
    written, told = lay_letter(parts, {OFFICE: "to"}), lay_tip(parts, {OFFICE: "to"})
    assert "जवाब चाहिए?" not in officer.get(f"/console/tips/{written}").text
    assert "जवाब चाहिए?" in officer.get(f"/console/tips/{told}").text


def test_a_hostile_message_is_shown_and_does_nothing(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    write(parts, tip, HOSTILE, {"kind": HOSTILE[:10], "status": "quarantined", "reason": HOSTILE[:40]})
    page = officer.get(f"/console/tips/{tip}").text
    assert "<script>alert" not in page and "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "{{7*7}}" in page and "[nonsense]" in page


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


def test_a_contact_card_is_said_to_be_there_and_hidden(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    (card,) = write(parts, tip, None, {"kind": "contact", "original": "f" * 32})
    page = officer.get(f"/console/tips/{tip}").text
    assert "संपर्क कार्ड छिपाया गया" in page and card not in page
    assert officer.get(f"/console/files/{card}").status_code == 404


def test_a_place_is_shown_coarsely_with_the_nearest_station_and_no_map(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"})
    write(parts, tip, None, {"kind": "location", "place": {"lat": 26.4012345, "lon": 80.3151234}})
    page = officer.get(f"/console/tips/{tip}").text
    assert "26.401" in page and "80.315" in page and "26.4012" not in page
    assert "सबसे पास: थाना" in page
    assert "http" not in page.partition("<main")[2].replace("http-equiv", "")


def test_a_voice_note_is_heard_as_a_take(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, channel="whatsapp")
    write(parts, tip, "सुनिए", {"kind": "voice", "recording_id": recording_of(parts, tip)})
    page = officer.get(f"/console/tips/{tip}").text
    assert 'href="#take-1">भेजी गई आवाज़ (1)</a>' in page and "<audio" in page


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


def test_the_list_shows_the_channel_and_that_there_are_files(officer: Desk, parts: Parts) -> None:
    tip = lay_letter(parts, {OFFICE: "to"}, channel="sms")
    write(parts, tip, "जुआ", PHOTO, PHOTO)
    lay_tip(parts, {OFFICE: "to"})
    page = officer.get("/console/").text
    assert page.count(">एसएमएस<") == 1 and page.count("2 फाइलें") == 1 and "जुआ</" not in page


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


def test_pieces_of_a_message_are_its_text_and_its_gaps() -> None:
    assert written_pieces("a [phone] b[name]") == [("a ", None), ("", "phone"), (" b", None), ("", "name")]
    assert written_pieces("") == [] and written_pieces("[x]") == [("[x]", None)]


def test_the_nearest_station_is_named_and_none_far_away() -> None:
    catalogue = load()
    station = next(one for one in catalogue.stations.values() if one.geo and one.type == "territorial")
    assert station.geo is not None
    found = nearest_station(catalogue, {"lat": station.geo.lat, "lon": station.geo.lon})
    assert found is not None and found[1] == 1
    assert nearest_station(catalogue, {"lat": 51.5, "lon": 0.1}) is None


def test_the_command_line_prints_messages_and_facts_of_files_and_nothing_else(parts: Parts, tmp_path: Path) -> None:
    from ivr.commands.tips import rows

    tip = lay_letter(parts, {OFFICE: "to"})
    write(parts, tip, "बर्रा [phone]", PHOTO)
    (row,) = rows(parts.settings)
    (message,) = row["messages"]
    assert (message["text"], message["language"]) == ("बर्रा [phone]", "hi")
    assert message["files"] == [
        {
            "kind": "photo",
            "status": "ready",
            "reason": None,
            "seconds": None,
            "place": None,
            "megabytes": 0,
        }
    ]


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
