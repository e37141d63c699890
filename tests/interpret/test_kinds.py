"""Which kind of thing is told in other words than the keywords: weighed, and shown with the words that weighed."""

import json
import shutil
from pathlib import Path

import pytest

from interpret import interpreter_of, read
from interpret.police import MISCONDUCT
from interpret.reading import Reading
from models.catalogue import CatalogueFault, load
from models.catalogue.load import HERE
from tests.interpret.learn_kinds import learned, load_kinds, write
from tests.interpret.scoring import Row, share

FACTS = load()
# By six writers who had seen neither rules nor word lists nor what weights were learned from: nothing is learned from
# these. Nothing was mended by looking at those of "b", nor at those of "v" and "w" with even numbers; the others were
# read once, those of "y" for their places only.
UNLEARNED: list[Row] = [
    json.loads(line)
    for line in (Path(__file__).parent / "unlearned_tips.jsonl").read_text(encoding="utf-8").splitlines()
]
Pairs = list[tuple[Row, Reading]]


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    """Each of them as it is read."""
    return [(row, read(row["text"], FACTS)) for row in UNLEARNED]


def test_kinds_that_nobody_learned_from_are_told(pairs: Pairs) -> None:
    found = share(pairs, "category", lambda row: row["intent"] == "tip" and row["category"] != MISCONDUCT)
    assert found.of > 150 and found.percent >= 90, found.wrong


def test_tips_are_not_taken_for_anything_else_and_wishes_are_granted(pairs: Pairs) -> None:
    kept = share(pairs, "intent", lambda row: row["intent"] == "tip")
    assert kept.of > 500 and kept.percent >= 99, kept.wrong
    assert share(pairs, "intent").percent >= 95
    assert share(pairs, "intent", lambda row: row["intent"] == "stop").percent == 100


def test_stations_that_are_named_are_found_and_none_is_invented(pairs: Pairs) -> None:
    assert share(pairs, "station", lambda row: row["station"] is not None).percent >= 95
    assert share(pairs, "station", lambda row: row["station"] is None).percent >= 98


def test_messages_that_nobody_has_looked_at_are_understood_as_well(pairs: Pairs) -> None:
    unseen = [(row, reading) for row, reading in pairs if row["id"][0] == "b"]
    assert len(unseen) == 300
    assert share(unseen, "intent").percent >= 95
    assert share(unseen, "category", lambda row: row["intent"] == "tip").percent >= 92
    assert share(unseen, "category", lambda row: row["category"] == MISCONDUCT).percent >= 95
    assert share(unseen, "station", lambda row: row["station"] is not None).percent >= 92
    assert share(unseen, "station", lambda row: row["station"] is None).percent >= 98
    assert share(unseen, "intent", lambda row: row["intent"] == "stop").percent == 100


@pytest.mark.parametrize(
    ("text", "category"),
    [
        (
            "raat ko bahar se ladkiyan gaadi me aati hain, grahak bhi aate hai, subah chali jati hain",
            "trafficking_spa",
        ),
        ("नदी किनारे रात भर ट्रैक्टर चलते हैं और सुबह गड्ढे ही गड्ढे मिलते हैं", "mining_overload"),
        ("someone called as a bank officer and my savings went away after I told him the number", "cyber_fraud"),
        ("शादी में हवा में गोली चलाने के लिए तीन लोग बंदूक लेकर घूम रहे थे, लाइसेंस किसी के पास नहीं", "illegal_arms"),
    ],
)
def test_what_is_told_by_its_signs_is_understood(text: str, category: str) -> None:
    assert read(text, FACTS).category == category


def test_plain_words_are_not_taken_away_for_nothing() -> None:
    assert read("जुआ", FACTS).category == "gambling"
    assert read("charas", FACTS).category == "drugs_liquor"


def test_the_words_that_weighed_are_shown_to_officers() -> None:
    reading = read("नदी किनारे रात भर ट्रैक्टर चलते हैं और सुबह गड्ढे ही गड्ढे मिलते हैं", FACTS)
    told = [reason for reason in reading.reasons if reason.about == "category"]
    assert told and told[0].said
    assert "not in plain words" in reading.reasons[0].en


def test_what_was_learned_is_what_is_written_and_read(tmp_path: Path) -> None:
    interpreter = interpreter_of(FACTS)
    rows = [row for row in load_kinds() if row["category"] in ("gambling", "cyber_fraud")][:80]
    weights = learned([(interpreter.kind_features(row["text"]), row["category"]) for row in rows])
    shutil.copytree(HERE, tmp_path, dirs_exist_ok=True)
    write(tmp_path / "kinds.toml", weights)
    again = load(tmp_path).kinds
    assert again.base.keys() == weights.base.keys() == {"gambling", "cyber_fraud"}
    assert again.weights.keys() == weights.weights.keys()
    for feature, told in again.weights.items():
        assert dict(told) == pytest.approx(dict(weights.weights[feature]), abs=0.051)

    (tmp_path / "kinds.toml").write_text('[nonsense]\nbase = 0.0\n[gambling]\nbase = 0.0\nheavy = "w:jua"\n')
    with pytest.raises(CatalogueFault) as refused:
        load(tmp_path)
    assert refused.value.faults == (
        "kinds.toml: nonsense: there is no such category or wish",
        "kinds.toml: gambling.heavy: is no whole number of hundredths",
    )  # fmt: skip
