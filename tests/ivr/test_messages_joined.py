"""Photo, word and code in any order: all belongs to the code's tip, on either database, nothing is lost or twice."""

import itertools
import random
import threading
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from ivr.lookup import Found
from ivr.parts import Parts
from models.lifecycle import READABLE, Status
from models.tables import Attachment, Conversation, Message, ProviderCopy, Tip
from settings import Settings
from tests.ivr.kept import ONE_SHOT, code_in, only, rows, send_tip, words
from tests.ivr.writing import Writer, a_file
from workers.ledger import written
from workers.queues import Job

FRIEND = "+919800000001"


def a_photo(writer: Writer, n: int = 1, body: str = "") -> list[str]:
    return writer.write(body, NumMedia="1", **a_file(n))


def told_by_another(app: Flask, settings: Settings) -> str:
    """The code of a tip that somebody else has told."""
    return code_in(Writer(app, settings).write(ONE_SHOT))


def in_order(parts: Parts) -> list[Message]:
    return sorted(rows(parts, Message), key=lambda one: one.position)


def test_a_photo_that_came_before_its_code_is_added_on_either_database(anywhere: Flask, settings: Settings) -> None:
    parts: Parts = anywhere.extensions["hotline"]
    code = told_by_another(anywhere, settings)
    send_tip(parts)
    friend = Writer(anywhere, settings, FRIEND, "whatsapp")
    a_photo(friend, 1)
    friend.write("यही लोग हैं")
    assert friend.write(f"जोड़ें {code}") == [words(parts, "added")]
    assert friend.write("बस") == [words(parts, "added")]
    tip = only(parts, Tip)
    assert (tip.status, tip.category, tip.channel) == ("routed", "gambling", "sms")
    assert {one.tip_id for one in (*rows(parts, Message), *rows(parts, Attachment))} == {tip.id}
    assert [one.position for one in in_order(parts)] == [1, 2, 3]
    with parts.db.reading() as session:
        to_erase = {copy.id for copy in written(session, tip)}
    assert {one.id for one in rows(parts, ProviderCopy) if one.kind == "media" or one.due_at is None} <= to_erase
    conversation = next(one for one in rows(parts, Conversation) if one.channel == "whatsapp")
    assert conversation.tip_id == tip.id


@pytest.mark.parametrize("order", list(itertools.permutations(["photo", "jodo", "code"])))
def test_photo_word_and_code_may_come_in_any_order(
    app: Flask, settings: Settings, parts: Parts, order: tuple[str, ...]
) -> None:
    code = told_by_another(app, settings)
    friend = Writer(app, settings, FRIEND, "whatsapp")
    for one in order:
        answer = a_photo(friend) if one == "photo" else friend.write(code if one == "code" else one)
    if order.index("code") < order.index("jodo"):  # before the word a bare code asks for news, and is asked for again
        assert answer in ([words(parts, "attach_code")], [])
        answer = friend.write(code)
    assert answer == [words(parts, "added")]
    assert only(parts, Attachment).tip_id == only(parts, Tip).id and len(rows(parts, Message)) == 2


def test_after_a_wrong_code_the_right_one_adds_what_came_before_and_between(
    app: Flask, settings: Settings, parts: Parts
) -> None:
    code = told_by_another(app, settings)
    friend = Writer(app, settings, FRIEND, "whatsapp")
    assert a_photo(friend, 1, "jodo 00000000") == [words(parts, "attach_unknown")]
    assert a_photo(friend, 2) == [words(parts, "attach_code")]
    assert friend.write(code) == [words(parts, "added")] == friend.write("bas")
    assert {one.tip_id for one in rows(parts, Attachment)} == {only(parts, Tip).id}


def test_added_is_not_said_while_nothing_was(app: Flask, settings: Settings, parts: Parts) -> None:
    code = told_by_another(app, settings)
    friend = Writer(app, settings, FRIEND)
    assert friend.write(f"jodo {code}") == [words(parts, "attach_ready")] == friend.write("bas")
    assert friend.write("ye wahi log hain") == [words(parts, "added")]


def test_after_an_own_code_what_comes_ahead_of_another_one_goes_there_and_the_own_tip_stays(
    app: Flask, settings: Settings, parts: Parts
) -> None:
    code = told_by_another(app, settings)
    friend = Writer(app, settings, FRIEND, "whatsapp")
    own = parts.keys.code_hash(code_in(friend.write("kidwai nagar kanpur me do hafte se charas bikti hai")))
    assert friend.write("जोड़ना है") == [words(parts, "attach_code")]
    a_photo(friend)
    assert friend.write(code) == [words(parts, "added")]
    tips = {tip.code_hash: tip.id for tip in rows(parts, Tip)}
    assert len(tips) == 2 and only(parts, Attachment).tip_id == tips[parts.keys.code_hash(code)] != tips[own]


@pytest.mark.parametrize("status", [*READABLE, Status.RECEIVED, Status.PREPARED])
def test_officers_hear_of_a_photo_without_a_word_that_joins_their_tip(
    app: Flask, settings: Settings, parts: Parts, keys: Any, enqueued: list[tuple[Job, str]], status: Status
) -> None:
    code = told_by_another(app, settings)
    tip = only(parts, Tip)
    send_tip(parts, status)
    enqueued.clear()
    friend = Writer(app, settings, FRIEND, "whatsapp")
    a_photo(friend)
    friend.write(f"jodo {code}")
    anew = status in (Status.PREPARED, Status.CLOSED)
    assert only(parts, Tip).status == ("received" if anew else status) and (Job.PREPARE_TIP, tip.id) in enqueued
    sealed = in_order(parts)[1].sealed
    assert (sealed is not None and keys.unseal(sealed) == b"") if status in READABLE else sealed is None


def test_a_kind_chosen_by_number_that_some_officers_must_not_see_goes_along(
    app: Flask, settings: Settings, parts: Parts
) -> None:
    code = told_by_another(app, settings)
    send_tip(parts, Status.WORKING)
    (number,) = (one.direct_code for one in parts.catalogue.categories.values() if one.code == "police_misconduct")
    friend = Writer(app, settings, FRIEND)
    friend.write("menu")
    friend.write(number)
    friend.write(f"jodo {code}")
    tip = only(parts, Tip)
    assert (tip.category, tip.status) == ("police_misconduct", "received")


def test_what_an_officer_put_right_stays_and_yet_a_later_complaint_is_kept_from_those_it_is_about(
    anywhere: Flask, settings: Settings
) -> None:
    parts: Parts = anywhere.extensions["hotline"]
    code = told_by_another(anywhere, settings)
    with parts.db.session() as session:
        tip = session.exec(select(Tip)).one()
        tip.status, tip.category, tip.category_by, tip.urgency = Status.WORKING, "mining_overload", "officer", "U3"
        tip.district, tip.station, tip.place_by = "KNP", "KNP-BRR", "officer"

    def facts() -> tuple[Any, ...]:
        found = max(rows(parts, Tip), key=lambda one: one.category_by == "officer")
        return found.category, found.category_by, found.station, found.place_by, found.accuses, found.status

    friend = Writer(anywhere, settings, FRIEND)
    friend.write(f"jodo {code}")
    friend.write("208005 kakadeo me charas bikti hai")
    assert facts() == ("mining_overload", "officer", "KNP-BRR", "officer", False, "working")
    (number,) = (one.direct_code for one in parts.catalogue.categories.values() if one.never)
    third = Writer(anywhere, settings, "+919800000002")
    third.write("menu")
    third.write(number)
    third.write(f"jodo {code}")
    assert facts() == ("mining_overload", "officer", "KNP-BRR", "officer", True, "received")


def test_what_cannot_wait_was_sent_and_stays_a_tip_of_its_own(app: Flask, settings: Settings, parts: Parts) -> None:
    code = told_by_another(app, settings)
    friend = Writer(app, settings, FRIEND)
    friend.write("bachao abhi goli chal rahi hai")
    assert friend.write(f"jodo {code}") == [words(parts, "attach_ready")]
    assert sorted(str(tip.urgency) for tip in rows(parts, Tip)) == ["U1", "U3"]


def test_the_webhook_with_the_code_twice_joins_once_and_is_answered_alike(
    app: Flask, settings: Settings, parts: Parts
) -> None:
    code = told_by_another(app, settings)
    friend = Writer(app, settings, FRIEND, "whatsapp")
    photo, attach = friend.form("", NumMedia="1", **a_file()), friend.form(f"jodo {code}")
    answers = [friend.post("/messages", form) for form in (photo, attach, attach, photo)]
    assert answers[1].data == answers[2].data and len(rows(parts, Tip)) == 1
    assert len(rows(parts, Attachment)) == 1 and len(rows(parts, Message)) == 2


def test_a_tip_that_is_gone_when_its_code_comes_loses_nothing(
    app: Flask, settings: Settings, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = told_by_another(app, settings)
    friend = Writer(app, settings, FRIEND, "whatsapp")
    a_photo(friend)
    monkeypatch.setattr(parts.correspondence._lookup, "look", lambda *_: Found("received"))
    with parts.db.session() as session:
        session.delete(session.exec(select(Tip).where(Tip.code_hash == parts.keys.code_hash(code))).one())
    friend.write(f"jodo {code}")
    assert only(parts, Attachment).tip_id == only(parts, Tip).id
    assert only(parts, Tip).channel == "whatsapp"


def test_photos_and_their_code_at_the_same_moment_are_all_in_the_codes_tip_once(
    anywhere: Flask, settings: Settings
) -> None:
    parts: Parts = anywhere.extensions["hotline"]
    code = told_by_another(anywhere, settings)
    friend = Writer(anywhere, settings, FRIEND, "whatsapp")
    forms = [friend.form("", NumMedia="1", **a_file(n)) for n in range(1, 8)] + [friend.form(f"jodo {code}")]
    forms *= 2
    random.Random(5).shuffle(forms)
    answers: list[int] = []

    def post(some: list[dict[str, str]]) -> None:
        writer = Writer(anywhere, settings, FRIEND, "whatsapp")
        answers.extend(writer.post("/messages", form).status_code for form in some)

    threads = [threading.Thread(target=post, args=(forms[at::4],)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 16
    assert {one.tip_id for one in rows(parts, Attachment)} == {only(parts, Tip).id}
    assert len(rows(parts, Attachment)) == 7 and len({one.position for one in rows(parts, Message)}) == 8
