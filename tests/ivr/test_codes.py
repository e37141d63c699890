"""Reference codes on the telephone: one a tip, the same however often it is said, and guessing them is locked."""

from flask import Flask
from sqlmodel import select

from ivr.parts import Parts
from models.tables import Attempt, Tip
from settings import Settings
from tests.ivr.kept import spoken, tips
from tests.ivr.posting import Poster, a_call, a_recording


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
    assert received in asking.answer("my_tip", code).text
    wrong = [f"{(int(code) + n) % 10**8:08d}" for n in (1, 2, 2, 3, 4)]  # one of them twice: that is one try
    unknown, locked = (spoken(parts, name) for name in ("status_unknown", "status_locked"))
    assert [unknown in asking.answer("my_tip", guess).text for guess in wrong] == [True] * 5
    assert locked in asking.answer("my_tip", f"{(int(code) + 5) % 10**8:08d}").text
    assert locked in asking.answer("my_tip", code).text
    another = Poster(app, settings, a_call(3), number="+919812345679")
    assert received in another.answer("my_tip", code).text


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
        guessing.answer("my_tip", f"{n:08d}")
    with parts.db.reading() as session:
        counted = session.exec(select(Attempt.n).where(Attempt.who == "*")).one()
    assert counted == settings.code_tries_per_caller
