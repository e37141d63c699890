"""Who receives a tip: over every category, district and station."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalogue import Catalogue, load
from workers.route import DISTRICT_OFFICE, RANGE_OFFICE, Destination, units

FACTS = load()
CATEGORIES = [None, "no_such_category", *FACTS.categories]
DISTRICTS = [None, "XXX", *FACTS.districts]
STATIONS = [None, "KNP-XXX", *FACTS.stations]
EVERYTHING = {
    "category": st.sampled_from(CATEGORIES),
    "district": st.sampled_from(DISTRICTS),
    "station": st.sampled_from(STATIONS),
    "accused": st.sets(st.sampled_from([DISTRICT_OFFICE, RANGE_OFFICE])),
}


def received(
    category: str | None, district: str | None, station: str | None = None, *, accused: tuple[str, ...] = ()
) -> dict[str, str]:
    return {d.unit: d.role for d in units(category, district, station, FACTS, "HQ", accused=accused)}


def every_place() -> list[tuple[str, str | None]]:
    without = [(district, None) for district in FACTS.districts]
    return [*without, *((station.district, code) for code, station in FACTS.stations.items())]


@settings(max_examples=500, deadline=None)
@given(**EVERYTHING)
def test_somebody_always_receives_a_tip_and_nobody_twice(
    category: str | None, district: str | None, station: str | None, accused: set[str]
) -> None:
    destinations = units(category, district, station, FACTS, "HQ", accused=accused)
    names = [destination.unit for destination in destinations]
    assert names
    assert len(names) == len(set(names))
    assert any(destination.role == "to" for destination in destinations)
    assert all(name in FACTS.offices or name in FACTS.stations for name in names)


@settings(max_examples=500, deadline=None)
@given(**EVERYTHING)
def test_a_tip_stays_in_its_district(
    category: str | None, district: str | None, station: str | None, accused: set[str]
) -> None:
    for destination in units(category, district, station, FACTS, "HQ", accused=accused):
        if destination.unit in FACTS.stations:
            assert destination.unit == station
        elif district in FACTS.districts:
            assert district in FACTS.offices[destination.unit].districts


@pytest.mark.parametrize("category", [None, *(c for c, kind in FACTS.categories.items() if kind.sensitivity != "S1")])
def test_a_restricted_or_unknown_kind_of_tip_never_reaches_a_station(category: str | None) -> None:
    for district, station in every_place():
        assert not received(category, district, station).keys() & FACTS.stations.keys()


@pytest.mark.parametrize("category", [c for c, kind in FACTS.categories.items() if kind.sensitivity == "S1"])
def test_an_ordinary_tip_also_reaches_the_station_of_its_place(category: str) -> None:
    for district, station in every_place():
        is_picked_by_place = station is not None and FACTS.stations[station].type == "territorial"
        got = received(category, district, station)
        assert (got.get(station or "") == "to") is is_picked_by_place


@pytest.mark.parametrize("category", list(FACTS.categories))
def test_the_office_above_the_station_is_always_among_those_who_receive(category: str) -> None:
    for district, station in every_place():
        office = FACTS.stations[station].parent_office if station else FACTS.districts[district].parent_office
        assert office in received(category, district, station)


@pytest.mark.parametrize(
    "category", [c for c in FACTS.categories if c not in ("police_misconduct", "trader_complaint")]
)
def test_the_range_or_the_commissioner_is_always_informed(category: str) -> None:
    for district, station in every_place():
        assert FACTS.districts[district].range_office in received(category, district, station)


def test_a_complaint_about_police_is_decided_by_the_range() -> None:
    assert received("police_misconduct", "JNP", "JNP-KOT") == {"VNS-RANGE": "to", "JNP-SP": "copy"}
    assert received("police_misconduct", "KNP", "KNP-KKD") == {"KNP-CP": "to", "KNP-DCP-CENTRAL": "copy"}
    assert received("police_misconduct", "KNP") == {"KNP-CP": "to"}


def test_an_accused_district_office_receives_nothing() -> None:
    for district, station in every_place():
        office = FACTS.stations[station].parent_office if station else FACTS.districts[district].parent_office
        got = received("police_misconduct", district, station, accused=(DISTRICT_OFFICE,))
        assert got == {FACTS.districts[district].range_office: "to"}
        assert office not in got or office == FACTS.districts[district].range_office


def test_a_complaint_about_the_range_is_held_for_the_reviewer() -> None:
    for district, station in every_place():
        assert received("police_misconduct", district, station, accused=(RANGE_OFFICE,)) == {"HQ": "to"}


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_tip_without_a_district_goes_to_the_reviewer(category: str | None) -> None:
    assert received(category, None) == {"HQ": "to"}


def test_a_station_alone_tells_its_district() -> None:
    assert received("gambling", None, "CHD-MGS") == {"CHD-SP": "to", "CHD-MGS": "to", "VNS-RANGE": "copy"}


def test_a_station_of_another_district_is_not_believed() -> None:
    assert received("gambling", "JNP", "KNP-KKD") == received("gambling", "JNP")


def test_traders_reach_the_commissioner_until_their_desk_is_appointed() -> None:
    assert received("trader_complaint", "KNP", "KNP-NZR")["KNP-CP"] == "to"
    assert "KNP-TRADERS-NODAL" not in received("trader_complaint", "KNP")
    desk = replace(FACTS.offices["KNP-TRADERS-NODAL"], appointed=True)
    appointed: Catalogue = replace(FACTS, offices={**FACTS.offices, desk.code: desk})
    assert Destination(desk.code, "to") in units("trader_complaint", "KNP", None, appointed, "HQ")
    assert received("trader_complaint", "GZP") == {"GZP-SP": "to"}
