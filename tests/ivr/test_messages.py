"""Webhooks of SMS and WhatsApp, on a real database: what is told is kept, and what is missing is asked for."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from ivr.parts import Parts
from models.database import now
from models.lifecycle import MOVES, READABLE, Status
from models.tables import Attachment, Conversation, Message, ProviderCopy, Tip
from settings import Settings
from tests.ivr.kept import ONE_SHOT, code_in, kept, only, rows, send_tip, words
from tests.ivr.writing import Writer, a_file
from workers.queues import Job


def test_a_one_shot_tip_is_kept_whole_and_answered_with_a_code(writer: Writer, parts: Parts, keys: Any) -> None:
    answer = writer.write(ONE_SHOT)
    tip = only(parts, Tip)
    assert (tip.status, tip.channel, tip.language, tip.category, tip.station) == (
        "received", "sms", "hi", "gambling", "KNP-NBS",
    )  # fmt: skip
    assert (tip.category_by, tip.place_by, tip.urgency, tip.sent_take) == ("words", "words", "U3", 0)
    assert tip.code_hash == parts.keys.code_hash(code_in(answer)) and kept(parts, keys) == [ONE_SHOT]
    assert only(parts, Message).text is None and only(parts, Conversation).tip_id == tip.id
    copy = only(parts, ProviderCopy)
    assert (copy.kind, copy.conversation_key) == ("message", tip.conversation_key) and copy.due_at and copy.sid
    assert tip.received_hour.minute == 0


def test_a_dialogue_in_english_keeps_every_answer(writer: Writer, parts: Parts, keys: Any) -> None:
    told = ["Hi", "2", "Men gamble behind the closed shop", "Naubasta", "since two weeks"]
    answers = [writer.write(one) for one in told]
    assert answers[:4] == [[words(parts, name, lang)] for name, lang in (
        ("language", "hi"), ("tell", "en"), ("where", "en"), ("when", "en"),
    )]  # fmt: skip
    assert code_in(answers[4]) and kept(parts, keys) == told[2:]
    tip = only(parts, Tip)
    assert (tip.language, tip.station, tip.place_by, tip.status) == ("en", "KNP-NBS", "caller", "received")


def test_what_is_no_tip_leaves_none_and_is_erased(writer: Writer, parts: Parts) -> None:
    for body in ("hi", "नमस्ते", "HELP", "मदद", "STATUS", "status 1234 5678", "87654321", "HINDI", "ENGLISH", "हिंदी",
                 "menu", "मेन्यू", "?", "attach", "STOP", "", "बस"):  # fmt: skip
        writer.write(body)
    assert rows(parts, Tip) == [] and rows(parts, Message) == []
    assert len(rows(parts, ProviderCopy)) == 17 and all(copy.due_at for copy in rows(parts, ProviderCopy))


@pytest.mark.parametrize("yes", ["haan", "हाँ", "ji haan", "YES", "yes sir", "haan bhai"])
def test_a_yes_to_nothing_is_answered_like_a_greeting_and_makes_no_tip(writer: Writer, parts: Parts, yes: str) -> None:
    assert writer.write(yes) in ([words(parts, "tell")], [words(parts, "language")])
    assert rows(parts, Tip) == [] and writer.write(ONE_SHOT) and only(parts, Tip).code_hash


@pytest.mark.parametrize("wish", ["Hindi nahi, English", "english", "can you write in english"])
def test_a_wish_for_a_language_changes_it_and_tells_nothing(writer: Writer, parts: Parts, wish: str) -> None:
    writer.write("hello")
    assert writer.write(wish) == [words(parts, "tell", "en")] and rows(parts, Tip) == []


@pytest.mark.parametrize("asks", ["???", "?", "HELP"])
def test_who_asks_how_it_works_reads_what_this_is_and_no_list(writer: Writer, parts: Parts, asks: str) -> None:
    assert writer.write(asks) == [words(parts, "how", lang) for lang in ("hi", "en")] and rows(parts, Tip) == []


def test_a_voice_note_says_what_goes_on_and_is_asked_only_for_the_rest(
    app: Flask, settings: Settings, parts: Parts
) -> None:
    writer = Writer(app, settings, channel="whatsapp")
    writer.write("नमस्ते")
    answers = [writer.write("", NumMedia="1", **a_file(n, "audio/ogg; codecs=opus")) for n in (1, 2, 3)]
    assert answers[:2] == [[words(parts, "where")], [words(parts, "when")]] and code_in(answers[2])
    assert len(rows(parts, Attachment)) == 3


def test_a_bare_keyword_begins_a_tip_and_is_the_senders_choice(writer: Writer, parts: Parts) -> None:
    assert writer.write("JUA") == [words(parts, "where")]
    assert (only(parts, Tip).category, only(parts, Tip).category_by) == ("gambling", "caller")


def test_a_photo_comes_first_and_is_not_lost(app: Flask, settings: Settings, parts: Parts) -> None:
    writer = Writer(app, settings, channel="whatsapp")
    assert writer.write("", NumMedia="1", ProfileName="Ramesh Kumar", WaId="919876543210", **a_file(7)) == [
        words(parts, "language")
    ]
    tip, file = only(parts, Tip), only(parts, Attachment)
    assert (tip.channel, tip.status) == ("whatsapp", "telling")
    assert (file.status, file.declared_type, file.position) == ("waiting", "image/jpeg", 0)
    media = next(copy for copy in rows(parts, ProviderCopy) if copy.kind == "media")
    message = next(copy for copy in rows(parts, ProviderCopy) if copy.kind == "message")
    assert file.copy_id == media.id and (media.sid, media.parent) == (f"ME{7:032x}", f"MM{7:032x}")
    assert media.due_at is None and message.due_at is None
    assert media.conversation_key == message.conversation_key == tip.conversation_key
    assert only(parts, Message).sealed is None


@pytest.mark.parametrize(("number", "lang"), [("1", "hi"), ("2", "en")])
def test_a_photo_under_which_the_language_is_chosen_is_kept(
    app: Flask, settings: Settings, parts: Parts, number: str, lang: str
) -> None:
    writer = Writer(app, settings, channel="whatsapp")
    writer.write("hi")
    assert writer.write(number, NumMedia="1", **a_file(7)) == [words(parts, "what", lang)]
    assert only(parts, Tip).language == lang and only(parts, Attachment).tip_id == only(parts, Tip).id


@pytest.mark.parametrize("body", ["I am driving, I will answer later.", "main abhi gaadi chala raha hu", "2", "STOP"])
def test_a_point_on_the_map_is_kept_whatever_is_written_under_it(
    app: Flask, settings: Settings, parts: Parts, body: str
) -> None:
    writer = Writer(app, settings, channel="whatsapp")
    writer.write("hi")
    writer.write(body, Latitude="26.4499231", Longitude="80.3318736")
    assert only(parts, Attachment).tip_id == only(parts, Tip).id


def test_a_point_on_the_map_is_kept_coarse(app: Flask, settings: Settings, parts: Parts) -> None:
    writer = Writer(app, settings, channel="whatsapp")
    writer.write("", Latitude="26.4499231", Longitude="-80.3318736", Address="House 7", Label="Home")
    place = only(parts, Attachment)
    assert (place.kind, place.status, place.place) == ("location", "ready", {"lat": 26.449, "lon": -80.331})
    assert only(parts, ProviderCopy).due_at  # nothing to fetch


@pytest.mark.parametrize("latitude", ["nan", "inf", "91", "x", "", "1e400"])
def test_a_point_that_is_none_is_not_kept(writer: Writer, parts: Parts, latitude: str) -> None:
    writer.write("", Latitude=latitude, Longitude="80")
    assert rows(parts, Attachment) == [] and rows(parts, Tip) == []


def test_everything_within_half_an_hour_is_one_tip_also_after_the_end(writer: Writer, parts: Parts, keys: Any) -> None:
    writer.write(ONE_SHOT)
    send_tip(parts)
    assert writer.write("motorcycle se aate hain") == [words(parts, "added")]
    tip = only(parts, Tip)
    assert tip.status == "routed" and kept(parts, keys) == [ONE_SHOT, "motorcycle se aate hain"]
    assert [one.position for one in rows(parts, Message)] == [1, 2]


@pytest.mark.parametrize("status", sorted({*READABLE} - {Status.CLOSED}))
def test_what_is_added_takes_a_tip_from_nobody_who_works_on_it_and_is_prepared_at_once(
    writer: Writer, parts: Parts, enqueued: list[tuple[Job, str]], status: Status
) -> None:
    writer.write(ONE_SHOT)
    tip = only(parts, Tip)
    send_tip(parts, status)
    enqueued.clear()
    assert writer.write("jaldi karo") == [words(parts, "added")]
    assert only(parts, Tip).status == status and enqueued == [(Job.PREPARE_TIP, tip.id)]
    writer.write("HELP")
    assert enqueued == [(Job.PREPARE_TIP, tip.id)]  # nothing was told


@pytest.mark.parametrize("status", MOVES["tell_more"].sources)
def test_what_is_added_to_a_tip_that_nobody_has_in_hand_brings_it_to_its_officers_anew(
    writer: Writer, parts: Parts, status: Status
) -> None:
    writer.write(ONE_SHOT)
    send_tip(parts, status)
    writer.write("jaldi karo")
    assert only(parts, Tip).status == "received"


def test_what_turns_into_a_complaint_about_police_is_read_by_nobody_until_it_is_routed_anew(
    writer: Writer, parts: Parts
) -> None:
    writer.write("naubasta kanpur me kal se kuch galat ho raha hai sahab dekhiye")
    writer.write("bas")
    send_tip(parts, Status.WORKING)
    writer.write("thane ka daroga har hafte dukandaro se paise leta hai")
    tip = only(parts, Tip)
    assert (tip.category, tip.status) == ("police_misconduct", "received")


def test_after_half_an_hour_it_is_a_tip_of_its_own(writer: Writer, parts: Parts) -> None:
    writer.write("JUA")
    with parts.db.session() as session:
        session.exec(select(Conversation)).one().last_at = now() - timedelta(minutes=31)
    writer.write("naubasta me sharab bikti hai")
    first, second = sorted(rows(parts, Tip), key=lambda tip: tip.status)
    assert (first.status, first.category, second.status) == ("received", "gambling", "telling")
    assert only(parts, Conversation).tip_id == second.id


def test_parts_of_a_long_text_stand_in_their_order(writer: Writer, parts: Parts, keys: Any) -> None:
    told = ["(2/3) aur sharab bhi bikti hai", "(3/3) raat ko", "(1/3) naubasta me jua hota hai"]
    answers = [writer.write(one) for one in told]
    writer.write("bas itna hi", NumMedia="1", **a_file())
    assert answers[:2] == [[], []] and len(answers[2]) == 1
    assert kept(parts, keys) == [told[2], told[0], told[1], "bas itna hi"]


def test_a_part_that_comes_very_late_still_has_its_place(writer: Writer, parts: Parts, keys: Any) -> None:
    told = ["(1/3) a1", "(3/3) c3", "naubasta", "(2/3) b2"]
    for one in told:
        writer.write(one)
    assert kept(parts, keys) == [told[0], told[3], told[1], told[2]]


def test_danger_at_this_moment_is_sent_at_once_and_112_comes_first(writer: Writer, parts: Parts) -> None:
    answer = writer.write("bachao abhi goli chal rahi hai")
    tip = only(parts, Tip)
    assert (tip.status, tip.urgency) == ("received", "U1") and answer[0] == words(parts, "call_first")


def test_a_complaint_about_police_is_a_tip_like_any_other(writer: Writer, parts: Parts) -> None:
    answer = writer.write("naubasta thane ka daroga har hafte dukandaro se paise leta hai")
    assert only(parts, Tip).category == "police_misconduct" and code_in(answer)


def test_the_language_of_a_tip_is_the_one_that_was_chosen(writer: Writer, parts: Parts) -> None:
    writer.write("", NumMedia="1", **a_file())
    writer.write("2")
    assert only(parts, Tip).language == "en"


def test_a_pin_code_is_a_place(writer: Writer, parts: Parts) -> None:
    writer.write("यहाँ जुआ होता है")
    writer.write("२०८०२१")
    tip = only(parts, Tip)
    assert (tip.pin_code, tip.district, tip.place_by) == ("208021", "KNP", "caller")
