"""The facts as shipped, and how a mistake in them is reported."""

import re
import shutil
from pathlib import Path

import pytest

from models.catalogue import Catalogue, CatalogueFault, load
from models.catalogue.load import HERE


@pytest.fixture(scope="module")
def facts() -> Catalogue:
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be spoilt."""
    for path in HERE.rglob("*.toml"):
        copy = tmp_path / path.relative_to(HERE)
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(path, copy)
    return tmp_path


def spoil(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")


def faults(folder: Path) -> tuple[str, ...]:
    with pytest.raises(CatalogueFault) as caught:
        load(folder)
    return caught.value.faults


def test_the_shipped_facts_are_whole(facts: Catalogue) -> None:
    assert (len(facts.categories), len(facts.districts), len(facts.stations), len(facts.pins)) == (14, 4, 127, 149)
    assert [sum(s.type == kind for s in facts.stations.values()) for kind in ("territorial", "mahila", "cyber")] == [
        119,
        4,
        4,
    ]
    assert sum(len(station.localities) for station in facts.stations.values()) == 470


def test_every_category_is_reached_by_its_keys_and_by_its_code(facts: Catalogue) -> None:
    for entry in facts.menu:
        for place, code in enumerate(entry.items, start=1):
            path = (entry.digit,) if len(entry.items) == 1 else (entry.digit, str(place))
            category = facts.categories[code]
            assert category.menu_path == path
            assert facts.category_with_code(category.direct_code) is category
    assert facts.category_with_code("99") is None


def test_a_pin_code_gives_its_district_and_candidate_stations(facts: Catalogue) -> None:
    kakadeo = facts.place_of("208005")
    assert kakadeo is not None
    assert [station.code for station in kakadeo.stations] == ["KNP-KKD"]
    assert kakadeo.districts == ("KNP",)
    old_city = facts.place_of("208001")
    assert old_city is not None
    assert len(old_city.stations) == 10
    assert old_city.districts == ("KNP", "OUT")
    assert facts.place_of("110001") is None
    assert "208005" in facts.stations["KNP-KKD"].pin_codes


def test_every_station_and_district_has_an_office_above_it(facts: Catalogue) -> None:
    for station in facts.stations.values():
        assert station.district in facts.offices[station.parent_office].districts
    for district in facts.districts.values():
        assert district.code in facts.offices[district.range_office].districts


def test_names_are_given_in_the_language_asked_for(facts: Catalogue) -> None:
    assert facts.unit_name("HQ", "hi") == "स्वतंत्र समीक्षक"
    assert facts.unit_name("HQ", "en") == "Independent reviewer"
    assert facts.unit_name("KNP-KKD", "en") == "Kakadeo"
    assert facts.unit_name("KNP-GONE", "en") == "KNP-GONE"
    assert facts.categories["gambling"].name("hi") == "जुआ / सट्टा"
    assert facts.categories["gambling"].menu("en") == "gambling or betting"


def test_no_file_holds_a_telephone_number(facts: Catalogue) -> None:
    for path in HERE.rglob("*"):
        if path.suffix in (".toml", ".md"):
            assert not re.search(r"(?<![\d.])[6-9]\d{9}(?!\d)", path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize(
    ("file", "before", "after", "fault"),
    [
        (
            "categories.toml",
            'items = ["drugs_liquor", "gambling", "illegal_arms"]',
            'items = ["drugs_liquor", "gambling", "illegal_arm"]',
            r"categories\.toml: menu\[1\]\.items: there is no category 'illegal_arm'",
        ),
        (
            "categories.toml",
            'key_path = "1-2"',
            'key_path = "1-1"',
            r"categories\.toml: categories\.gambling\.key_path: 1-1 already leads to drugs_liquor",
        ),
        (
            "categories.toml",
            'direct_code = "02"',
            'direct_code = "2"',
            r"categories\.toml: categories\.drugs_liquor\.direct_code: '2' is not two digits",
        ),
        (
            "categories.toml",
            'menu_hi = "जुआ और सट्टा"\n',
            "",
            r"categories\.toml: categories\.gambling\.menu_hi: is missing",
        ),
        (
            "categories.toml",
            'name_en = "Gambling / betting"',
            "name_en = 7",
            r"categories\.toml: categories\.gambling\.name_en: must be a text, not a number",
        ),
        (
            "categories.toml",
            'urgency = "U2"',
            'urgency = "U9"',
            r"categories\.toml: categories\.cow_smuggling\.urgency: 'U9' is none of U1, U2, U3, U4",
        ),
        (
            "categories.toml",
            'helplines = ["1930"]',
            'helplines = ["1931"]',
            r"categories\.toml: categories\.cyber_fraud\.helplines: there is no helpline '1931'",
        ),
        (
            "categories.toml",
            'to = ["range_office"]',
            'to = ["range_ofice"]',
            r"categories\.toml: categories\.police_misconduct\.to: 'range_ofice' is none of",
        ),
        ("categories.toml", "menu_en = ", "menu_eng = ", r"categories\.cow_smuggling\.menu_eng: is not a key"),
        (
            "categories.toml",
            'urgency = "U2"\n',
            'urgency = "U2"\nraise_to_U1_if = "somebody is beaten"\n',
            r"categories\.cow_smuggling\.raise_to_U1_if: is not a key that belongs here",
        ),
        (
            "stations/kanpur.toml",
            'parent_office = "KNP-DCP-EAST"',
            'parent_office = "KNP-DCP-NORTH"',
            r"stations/kanpur\.toml: KNP-KOT\.parent_office: there is no office 'KNP-DCP-NORTH'",
        ),
        (
            "stations/kanpur.toml",
            'shared_with = ["KNP-MLG"]',
            'shared_with = ["KNP-XXX"]',
            r"stations/kanpur\.toml: KNP-KOT\.localities\[5\]\.shared_with: there is no station 'KNP-XXX'",
        ),
        (
            "stations/jaunpur.toml",
            "[JNP-KOT]",
            "[KNP-KOT]",
            r"stations/kanpur\.toml: KNP-KOT: is already in stations/jaunpur\.toml",
        ),
        (
            "places.toml",
            'stations = ["KNP-KKD"]',
            'stations = ["KNP-KKX"]',
            r"places\.toml: pins\.208005\.stations: there is no station 'KNP-KKX'",
        ),
        ("places.toml", "208005 = ", "20800 = ", r"places\.toml: pins\.20800: a PIN code has six digits"),
        (
            "offices.toml",
            'parent = "VNS-RANGE"',
            'parent = "VNS-RAGE"',
            r"offices\.toml: offices\.JNP-SP\.parent: there is no office 'VNS-RAGE'",
        ),
        ("commands.toml", "effect = ", "effect = [", r"commands\.toml: is not TOML: .*line"),
    ],
)
def test_a_mistake_is_reported_with_its_file_and_key(
    folder: Path, file: str, before: str, after: str, fault: str
) -> None:
    spoil(folder, file, before, after)
    assert any(re.search(fault, found) for found in faults(folder)), faults(folder)


def test_all_mistakes_are_reported_at_once(folder: Path) -> None:
    spoil(folder, "categories.toml", 'urgency = "U2"', 'urgency = "U9"')
    spoil(folder, "offices.toml", 'kind = "range"', 'kind = "rang"')
    spoil(folder, "places.toml", 'stations = ["KNP-KKD"]', 'stations = ["KNP-KKX"]')
    found = faults(folder)
    assert {fault.partition(":")[0] for fault in found} == {"categories.toml", "offices.toml", "places.toml"}


def test_one_mistake_is_reported_once(folder: Path) -> None:
    spoil(folder, "categories.toml", 'key_path = "1-2"', "key_path = 12")
    assert faults(folder) == ("categories.toml: categories.gambling.key_path: must be a text, not a number",)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "offices.toml").unlink()
    assert faults(folder) == ("offices.toml: is missing",)


def test_offices_that_stand_above_each_other_are_refused(folder: Path) -> None:
    spoil(folder, "offices.toml", 'name_en = "DIG office, Varanasi Range"', 'name_en = "DIG"\nparent = "JNP-SP"')
    assert any("VNS-RANGE.parent: the offices above it go round in a circle" in fault for fault in faults(folder))
