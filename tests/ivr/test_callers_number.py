"""The caller's number: in no answer and no row, and where it must be kept, not to be opened here."""

import pytest
from sqlmodel import select

from ivr.parts import Parts
from models.tables import Contact
from tests.ivr.posting import CALLER, Poster, a_whole_call


def test_a_welcomed_answer_leaves_a_contact_that_the_web_process_cannot_open(caller: Poster, parts: Parts) -> None:
    from models.secrecy import CannotOpen, load_keys

    caller.told()
    caller.answer("follow_up", "1")
    with parts.db.reading() as session:
        sealed = session.exec(select(Contact)).one().sealed
    assert CALLER.encode() not in sealed and parts.keys.private is None
    with pytest.raises(CannotOpen):
        parts.keys.unseal(sealed)
    assert load_keys(parts.settings.keys, private=True).unseal(sealed) == CALLER.encode()


def test_no_answer_and_no_row_holds_the_callers_number(caller: Poster, parts: Parts) -> None:
    answers = b"".join(webhook().data for webhook in a_whole_call(caller))
    parts.db.dispose()
    kept = b"".join(path.read_bytes() for path in parts.settings.var_dir.rglob("*") if path.is_file())
    for canary in (b"9876543210", b"919876543210", b"%2B919876543210"):
        assert canary not in answers and canary not in kept


def test_the_database_alone_does_not_open_a_pseudonym(caller: Poster, parts: Parts) -> None:
    from dataclasses import replace

    day_key = b"k" * 32
    stolen = replace(parts.keys, hashing=b"another installation's key......")
    assert parts.keys.pseudonym(CALLER, day_key) == parts.keys.pseudonym(CALLER, day_key)
    assert parts.keys.pseudonym(CALLER, day_key) != stolen.pseudonym(CALLER, day_key)
