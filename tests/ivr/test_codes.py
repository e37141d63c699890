"""Reference codes on the telephone: one a tip, the same however often it is said, and guessing them is locked."""

import pytest
from flask import Flask
from sqlmodel import select

from ivr.day_keys import DayKeys
from ivr.intake import Call
from ivr.lookup import Lookup
from ivr.parts import Parts
from models.database import now
from models.tables import Attempt, Tip
from settings import Settings
from tests.ivr.kept import rows, spoken, tips
from tests.ivr.posting import CALLER, Poster, a_call, a_recording
from tests.ivr.writing import Writer


def test_the_same_code_is_said_however_often_the_webhook_comes(caller: Poster, parts: Parts) -> None:
    caller.told()
    first, second = (caller.answer("follow_up", "2", "&turn=8").data for _ in range(2))
    again = caller.answer("code", "0", "&turn=9").data
    assert first == second and first.count(b"<Pause") == again.count(b"<Pause") > 2
    assert len(tips(parts)) == 1


def test_a_code_that_another_tip_has_is_not_given_twice(app: Flask, settings: Settings, parts: Parts) -> None:
    mine, other = Poster(app, settings, a_call(1)), Poster(app, settings, a_call(2))
    taken = parts.keys.code_hash(parts.keys.code_for(mine.call, 0))
    other.told(recording=a_recording(2))
    with parts.db.session() as session:
        session.exec(select(Tip)).one().code_hash = taken
    mine.told()
    for _ in range(2):
        answer = mine.answer("follow_up", "2")
        assert b"code_try=1" in answer.data
    hashes = {tip.code_hash for tip in tips(parts)}
    assert hashes == {taken, parts.keys.code_hash(parts.keys.code_for(mine.call, 1))}


def test_a_code_is_answered_in_words_and_guessing_is_locked(app: Flask, settings: Settings, parts: Parts) -> None:
    caller = Poster(app, settings, a_call())
    caller.told()
    caller.answer("follow_up", "1")
    code = parts.keys.code_for(caller.call)
    asking = Poster(app, settings, a_call(2), number="+919812345678")
    received = spoken(parts, "status-received")
    for turn in range(8, 20):  # to ask for one's own tip is no try
        assert received in asking.answer("my_tip", code, f"&turn={turn}").text
    unknown, locked = (spoken(parts, name) for name in ("status_unknown", "status_locked"))
    for turn in (1, 2, 2, 3, 4, 5):  # one webhook comes twice: that is one try
        assert unknown in asking.answer("my_tip", other_than(code, turn), f"&turn={turn}").text
    assert locked in asking.answer("my_tip", other_than(code, 6), "&turn=6").text
    assert locked in asking.answer("my_tip", code, "&turn=7").text
    another = Poster(app, settings, a_call(3), number="+919812345679")
    assert received in another.answer("my_tip", code).text


def other_than(code: str, n: int) -> str:
    """The nth wrong code."""
    return f"{(int(code) + n) % 10**8:08d}"


def test_a_message_with_a_wrong_code_that_comes_twice_is_one_try(writer: Writer, parts: Parts) -> None:
    form = writer.form("status 12345678")
    for _ in range(3):
        writer.post("/messages", form)
    assert {one.n for one in rows(parts, Attempt) if one.kind == "code"} == {1}


@pytest.mark.parametrize("told", [True, False])
def test_what_is_kept_of_a_try_is_the_same_whatever_the_code_was(app: Flask, told: bool) -> None:
    parts: Parts = app.extensions["hotline"]
    kept = []
    for code in ("12345678", "87654321"):
        with parts.db.begin() as connection:
            connection.execute(Attempt.__table__.delete())  # type: ignore[attr-defined]
            if told:
                tip = Tip(language="hi", received_hour=now(), status="routed", code_hash=parts.keys.code_hash(code))
                connection.execute(parts.db.insert(Tip).values(tip.model_dump()))
        parts.lookup.look(code, Call(a_call(), CALLER), f"{a_call()}:7")
        kept.append(sorted((one.kind, one.who, one.n) for one in rows(parts, Attempt)))
    assert kept[0] == kept[1]
    days = DayKeys(parts.db, parts.keys)
    mine = parts.keys.pseudonym(CALLER, days.today(now().date()))
    # A number that is guessed leads to its wrong codes only, and to no row of one who asked for a tip.
    assert (mine in {who for _, who, _ in kept[0]}) is not told
    assert not [who for _, who, _ in kept[0] if who.startswith(mine) and who != mine]


def test_those_who_withhold_their_number_cannot_lock_out_the_others(
    app: Flask, settings: Settings, parts: Parts
) -> None:
    limits = settings.model_copy(update={"code_tries_in_all": 7})
    lookup = Lookup(parts.db, parts.keys, limits, DayKeys(parts.db, parts.keys))
    for n in range(9):
        withheld = lookup.look("00000000", Call(a_call(n), ""), f"{n}").status
    assert withheld == "locked"
    assert lookup.look("00000000", Call(a_call(99), CALLER), "99").status == "unknown"
    for n in range(9):
        last = lookup.look("00000000", Call(a_call(n), f"+9198765432{n:02}"), f"{n}, with a number").status
    assert last == "locked"


def test_a_withheld_caller_is_counted_by_call_not_together_with_all_others(
    app: Flask, settings: Settings, parts: Parts
) -> None:
    for n in range(10):
        guessing = Poster(app, settings, a_call(n), number="anonymous")
        assert spoken(parts, "status_unknown") in guessing.answer("my_tip", "00000000").text


def test_a_calls_id_alone_does_not_yield_its_code(app: Flask, settings: Settings, caller: Poster) -> None:
    caller.told()
    answer = caller.answer("code", "0", "&turn=9")
    assert answer.data.count(b"<Pause") == 0 and b"/voice/language" in answer.data
    caller.answer("follow_up", "2")
    assert caller.answer("code", "0", "&turn=9").data.count(b"<Pause") > 2


def test_one_caller_who_guesses_on_and_on_does_not_lock_out_the_others(app: Flask, settings: Settings) -> None:
    parts: Parts = app.extensions["hotline"]
    guessing = Poster(app, settings, a_call(1))
    for n in range(settings.code_tries_per_caller + 30):
        guessing.answer("my_tip", f"{n:08d}", f"&turn={n}")
    with parts.db.reading() as session:
        counted = session.exec(select(Attempt.n).where(Attempt.who == "*")).one()
    assert counted == settings.code_tries_per_caller
