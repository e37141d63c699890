"""The correction form, filled in: what it shows, what is sent, and what stands in the database after it."""

import re
from typing import Any, cast

from flask import Flask
from sqlmodel import select

from ivr.parts import Parts
from models.lifecycle import Status
from models.tables import Routing, Tip, Transcript
from tests.ivr.console.desk import OFFICE, RANGE, STATION, Desk, an_officer
from workers.routing import route

EAST, BARRA, OTHER_ZONE = "KNP-DCP-EAST", "KNP-BRR", "KNP-CHK"
GAMBLING = {"category": "gambling", "category_by": "caller", "status": "opened"}
AS_ROUTED = {STATION: "to", OFFICE: "to", RANGE: "copy"}
MISCONDUCT = "police_misconduct"


def send_on(parts: Parts, tip: str) -> None:
    """What the job does (of its parts it needs those that both have)."""
    assert route(cast(Any, parts), tip)


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*/[^"]*)"', page)
    assert found, "the page has no form to correct by"
    return found[1]


def form(desk: Desk, tip: str, **changed: str) -> dict[str, str]:
    page = desk.get(f"/console/tips/{tip}").text
    return {"seen": seen_on(page), "kind": "", "place": "", "reason": "सुनकर देखा", **changed}


def correct(desk: Desk, tip: str, **changed: str) -> Any:
    """As the page's own form does."""
    return desk.post(f"/console/tips/{tip}/correction", **form(desk, tip, **changed))


def row(parts: Parts, tip: str) -> Tip:
    with parts.db.reading() as session:
        return session.get_one(Tip, tip)


def units(parts: Parts, tip: str) -> dict[str, str]:
    with parts.db.reading() as session:
        return {one.unit: one.role for one in session.exec(select(Routing).where(Routing.tip_id == tip))}


def say(parts: Parts, tip: str, text: str) -> None:
    """What the tip says, in other words."""
    with parts.db.session() as session:
        session.exec(select(Transcript).where(Transcript.tip_id == tip)).one().text = text


def desk_of(app: Flask, parts: Parts, unit: str) -> Desk:
    desk = Desk(app)
    desk.sign_in(an_officer(parts, unit))
    return desk


def facts(parts: Parts, tip: str) -> tuple[Any, ...]:
    found = row(parts, tip)
    return (found.category, found.category_by, found.district, found.station, found.place_by, found.urgency)


BEFORE = ("gambling", "caller", "KNP", STATION, "caller", "U3")


def put_status(parts: Parts, tip: str, status: Status) -> None:
    """As if a worker or an officer had moved it there."""
    with parts.db.session() as session:
        session.get_one(Tip, tip).status = status
