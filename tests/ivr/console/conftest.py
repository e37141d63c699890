"""Officers at their desks."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask

from ivr.console import passwords
from ivr.parts import Parts
from tests.ivr.console.desk import OFFICE, RANGE, STATION, Desk, an_officer
from workers.queues import Job


@pytest.fixture
def desk(app: Flask) -> Desk:
    """A browser in which nobody has signed in."""
    return Desk(app)


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashes that cost next to nothing, where an officer only has to be signed in; test_sign_in has the real ones."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    passwords._nobody.cache_clear()


@pytest.fixture
def officer(app: Flask, parts: Parts, cheap_passwords: None) -> Desk:
    """An officer of the district's office, signed in."""
    desk = Desk(app)
    desk.sign_in(an_officer(parts, OFFICE))
    return desk


@pytest.fixture
def sho(app: Flask, parts: Parts, cheap_passwords: None) -> Desk:
    """An officer of a single station, signed in."""
    desk = Desk(app)
    desk.sign_in(an_officer(parts, STATION))
    return desk


@pytest.fixture
def administrator(app: Flask, parts: Parts, cheap_passwords: None) -> Desk:
    """An administrator, signed in."""
    desk = Desk(app)
    desk.sign_in(an_officer(parts, RANGE, "administrator"))
    return desk


@pytest.fixture
def jobs(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Job, str]]]:
    """What is sent to the workers; nobody listens at the queue's address."""
    sent: list[tuple[Job, str]] = []
    monkeypatch.setattr(parts.courier, "enqueue", lambda job, subject, **_: sent.append((job, subject)))
    yield sent
