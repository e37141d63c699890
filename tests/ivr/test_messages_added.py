"""What became of a tip, and what is added to one by its code."""

from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from interpret import read
from ivr.parts import Parts
from models.tables import Attachment, Attempt, Conversation, Message, ProviderCopy, Tip
from settings import Settings
from tests.ivr.kept import ONE_SHOT, code_in, kept, only, only_of, rows, send_tip, words
from tests.ivr.posting import Poster, a_call
from tests.ivr.writing import Writer, a_file


@pytest.mark.parametrize(
    "body", ["{a}{b}", "{a} {b}", "status {a}{b}", "STATUS {a} {b} please", "mere code {a} {b} ka kya hua"]
)
def test_what_became_of_a_tip_is_answered_by_its_code(writer: Writer, parts: Parts, body: str) -> None:
    code = code_in(writer.write(ONE_SHOT))
    send_tip(parts)
    assert writer.write(body.format(a=code[:4], b=code[4:])) == [words(parts, "status_routed")]
    assert len(rows(parts, Message)) == 1


def test_a_code_in_devanagari_digits_is_a_code(writer: Writer, parts: Parts) -> None:
    code = code_in(writer.write(ONE_SHOT))
    assert writer.write(code.translate(str.maketrans("0123456789", "०१२३४५६७८९"))) == [words(parts, "status_received")]


def test_guessing_codes_is_limited_for_status_and_attach_together(writer: Writer, parts: Parts) -> None:
    answers = [writer.write(f"{'jodo ' if n % 2 else ''}1234000{n}") for n in range(8)]
    assert answers[0] == [words(parts, "status_unknown", "hi")] or len(answers[0]) == 2
    assert answers[6] == [words(parts, "status_locked")] or answers[7] == [words(parts, "attach_locked")]
    assert rows(parts, Tip) == []


def test_attach_brings_a_photo_to_a_tip_told_by_telephone(
    app: Flask, settings: Settings, parts: Parts, keys: Any
) -> None:
    caller = Poster(app, settings, a_call())
    caller.told()
    caller.answer("follow_up", "2", "&turn=8")
    told = only(parts, Tip)
    code = parts.keys.code_for(caller.call, 0)
    assert told.code_hash == parts.keys.code_hash(code)
    send_tip(parts)

    friend = Writer(app, settings, "+919800000001", "whatsapp")
    assert friend.write(f"जोड़ें {code[:4]} {code[4:]}") == [words(parts, "attach_ready")]
    assert friend.write("", NumMedia="2", **a_file(1), **a_file(2, "audio/ogg", 1)) == [words(parts, "added")]
    friend.write("ye wahi log hain")

    tip = only(parts, Tip)
    assert tip.status == "routed" and (tip.channel, tip.category) == ("voice", told.category)
    assert [one.declared_type for one in rows(parts, Attachment)] == ["image/jpeg", "audio/ogg"]
    assert kept(parts, keys) == ["", "ye wahi log hain"]
    assert {one.conversation_key for one in rows(parts, ProviderCopy) if one.kind == "media"} == {tip.conversation_key}
    assert only(parts, Conversation).tip_id == tip.id != only(parts, Conversation).id


def test_what_comes_with_attach_is_added_without_the_code(writer: Writer, app: Flask, settings: Settings, parts: Parts,
                                                          keys: Any) -> None:  # fmt: skip
    code = code_in(writer.write(ONE_SHOT))
    friend = Writer(app, settings, "+919800000001")
    friend.write(f"jodo {code} kal raat wali gadi ki photo hai ye", NumMedia="1", **a_file())
    assert len(rows(parts, Tip)) == 1 and len(rows(parts, Message)) == 2
    assert code not in "".join(kept(parts, keys)) and "kal raat" in kept(parts, keys)[1]


@pytest.mark.parametrize(
    "body",
    [
        "satta hota hai naubasta me, gadi par {a}{b} likha hai", "satta hota hai naubasta me {a} {b} unka adda hai",
        "satta hota hai naubasta me {spoken} unka adda hai", "{a}-{b} nakli maal bikta hai naubasta me aur {a}{b}",
    ],
)  # fmt: skip
def test_eight_digits_among_other_words_leave_the_same_words_whether_they_are_a_code_or_not(
    writer: Writer, app: Flask, settings: Settings, parts: Parts, keys: Any, body: str
) -> None:
    code = code_in(Writer(app, settings, "+919800000001").write(ONE_SHOT))
    for digits in (code, f"{(int(code) + 1) % 10**8:08}"):
        spoken = " ".join("shunya ek do teen chaar paanch chhe saat aath nau".split()[int(digit)] for digit in digits)
        told = body.format(a=digits[:4], b=digits[4:], spoken=spoken)
        assert read(told, parts.catalogue).intent == "tip" and read(told, parts.catalogue).ref == digits
        writer.write(told)
    _, with_a_code, without_one = sorted(kept(parts, keys), key=lambda text: text != ONE_SHOT)
    assert with_a_code == without_one and "[phone]" in with_a_code and code not in with_a_code
    assert only_of(parts, next(tip.id for tip in rows(parts, Tip) if tip.code_hash == parts.keys.code_hash(code))) == 1
    assert all(one.kind != "code" for one in rows(parts, Attempt))


def test_what_comes_from_nobody_is_no_way_to_try_codes_either(
    writer: Writer, app: Flask, settings: Settings, parts: Parts, keys: Any
) -> None:
    code = code_in(writer.write(ONE_SHOT))
    nobody = Writer(app, settings, "VM-HDFCBK")
    for digits in (code, f"{(int(code) + 1) % 10**8:08}"):
        nobody.write(f"barra kanpur me cow smuggling ho raha hai {digits}")
    first, *others = sorted(kept(parts, keys), key=lambda text: text != ONE_SHOT)
    assert first == ONE_SHOT and others == ["barra kanpur me cow smuggling ho raha hai [phone]"] * 2


def test_an_amount_of_eight_digits_is_no_code_and_stays(writer: Writer, parts: Parts, keys: Any) -> None:
    writer.write("naubasta me satta hota hai roz Rs 25000000 ka")
    assert kept(parts, keys) == ["naubasta me satta hota hai roz Rs 25000000 ka"]


def test_with_a_wrong_code_the_photo_is_a_tip_of_its_own(
    writer: Writer, app: Flask, settings: Settings, parts: Parts
) -> None:
    writer.write(ONE_SHOT)
    friend = Writer(app, settings, "+919800000001", "whatsapp")
    assert friend.write("jodo 1111 2222", NumMedia="1", **a_file()) == [words(parts, "attach_unknown")]
    tips = {tip.channel: tip for tip in rows(parts, Tip)}
    assert only(parts, Attachment).tip_id == tips["whatsapp"].id


def test_what_was_told_just_before_the_code_goes_along_to_its_tip_in_the_order_of_telling(
    writer: Writer, app: Flask, settings: Settings, parts: Parts, keys: Any
) -> None:
    code = code_in(writer.write(ONE_SHOT))
    friend = Writer(app, settings, "+919800000001")
    told = ["(2/2) शराब बिकती है", "(1/2) मछली बाज़ार में", "ये भी"]
    for one in (*told[:2], f"jodo {code}", told[2]):
        friend.write(one)
    assert (only(parts, Tip).category, only(parts, Tip).status) == ("gambling", "received")
    assert kept(parts, keys) == [ONE_SHOT, told[1], told[0], told[2]]


def test_a_tip_that_is_gone_does_not_lose_what_is_added(
    writer: Writer, app: Flask, settings: Settings, parts: Parts
) -> None:
    code = code_in(writer.write(ONE_SHOT))
    friend = Writer(app, settings, "+919800000001")
    friend.write("kidwai nagar kanpur me do hafte se charas bikti hai")
    friend.write(f"jodo {code}")
    with parts.db.session() as session:
        session.delete(session.exec(select(Tip).where(Tip.code_hash == parts.keys.code_hash(code))).one())
    friend.write("ek aur baat hai yahan")
    assert len(rows(parts, Message)) == 2


@pytest.mark.parametrize("photos", [0, 1])
def test_start_after_attach_begins_a_tip_of_its_own_and_leaves_the_first_as_it_was(
    writer: Writer, app: Flask, settings: Settings, parts: Parts, keys: Any, photos: int
) -> None:
    code = code_in(Writer(app, settings, "+919800000001").write(ONE_SHOT))
    writer.write("kidwai nagar kanpur me do hafte se charas bikti hai")
    first = next(tip for tip in rows(parts, Tip) if tip.category == "drugs_liquor")
    send_tip(parts)
    writer.write(f"jodo {code}")
    for n in range(photos):
        writer.write("", NumMedia="1", **a_file(n))
    assert writer.write("शुरू") == [words(parts, "tell")]
    told = "barra kanpur me cow smuggling ho raha hai"
    assert code_in([*writer.write(told), *writer.write("kal se")])
    tips = {tip.id: tip for tip in rows(parts, Tip)}
    assert len(tips) == 3 and tips[first.id].category == "drugs_liquor" and tips[first.id].status == "routed"
    third = next(tip for tip in tips.values() if tip.category == "cow_smuggling")
    its = [one for one in rows(parts, Message) if one.tip_id == third.id]
    assert [keys.unseal(one.sealed).decode() for one in sorted(its, key=lambda one: one.position)] == [told, "kal se"]
    assert only_of(parts, first.id) == 1 and third.station and third.code_hash


def test_start_after_stop_leaves_the_tip_that_was_attached_to(
    writer: Writer, app: Flask, settings: Settings, parts: Parts
) -> None:
    code = code_in(Writer(app, settings, "+919800000001").write(ONE_SHOT))
    writer.write("STOP")
    writer.write(f"jodo {code}")
    assert writer.write("शुरू") == [words(parts, "tell")]
    writer.write("barra kanpur me cow smuggling ho raha hai")
    assert {tip.category for tip in rows(parts, Tip)} == {"gambling", "cow_smuggling"}


def test_what_is_only_guessed_to_be_a_question_is_kept_like_all_that_is_told(writer: Writer, parts: Parts) -> None:
    writer.write(ONE_SHOT)
    question = "kya ye seedha police ke paas jata hai"
    reading = read(question, parts.catalogue)
    assert (reading.intent, reading.guessed) == ("help", True)
    assert writer.write(question) != [words(parts, "help")]
    assert len(rows(parts, Message)) == 2
    assert not read("help", parts.catalogue).guessed
