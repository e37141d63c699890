"""Officers at their desks."""

import pytest
from flask import Flask

from ivr.parts import Parts
from tests.ivr.console.desk import OFFICE, RANGE, STATION, Desk, an_officer


@pytest.fixture
def desk(app: Flask) -> Desk:
    """A browser in which nobody has signed in."""
    return Desk(app)


@pytest.fixture
def officer(app: Flask, parts: Parts) -> Desk:
    """An officer of the district's office, signed in."""
    desk = Desk(app)
    desk.sign_in(an_officer(parts, OFFICE))
    return desk


@pytest.fixture
def sho(app: Flask, parts: Parts) -> Desk:
    """An officer of a single station, signed in."""
    desk = Desk(app)
    desk.sign_in(an_officer(parts, STATION))
    return desk


@pytest.fixture
def administrator(app: Flask, parts: Parts) -> Desk:
    """An administrator, signed in."""
    desk = Desk(app)
    desk.sign_in(an_officer(parts, RANGE, "administrator"))
    return desk
