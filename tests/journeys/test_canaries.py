"""Fifty calls from numbers in every form a number takes, then every byte that is left is searched for them."""

import base64
from pathlib import Path

from sqlmodel import select

from models.recording import ProviderCopy
from tests.journeys.canaries import all_forms, every_form, everything_left, hits, spoken_forms, word_forms
from tests.journeys.installation import Installation

SPOKEN = {"demo_hi": "9876543210", "cyber_hi": "9123456789", "demo_en": "9876543210"}
CLIPS = ("demo_hi", "drugs_hi", "cyber_hi", "demo_en", "police_hi")


def numbers() -> list[str]:
    """Fifty callers: distinct numbers, some in odd forms, some withheld."""
    found = [f"+9198{n:02d}5432{n:02d}" for n in range(40)]
    found += [f"98{n:02d}5432{n:02d}" for n in range(40, 44)]  # without the country
    found += [f"+91 98{n:02d}5 432{n:02d}" for n in range(44, 48)]  # spaced
    return [*found, "anonymous", "+266696687"]


def test_no_number_of_fifty_callers_is_left_anywhere(hotline: Installation, tmp_path: Path) -> None:
    hotline.start("work")
    hotline.start("schedule")
    everybody = numbers()
    for n, number in enumerate(everybody):
        telephone = hotline.telephone(number, duplicates=n % 2 == 0)
        hotline.tell(telephone, CLIPS[n % len(CLIPS)], withheld=number.startswith("+2666"), then="1 9 208005 1 1")
    hotline.wait_until("all are routed", lambda: hotline.statuses() == ["routed"] * 50)
    hotline.wait_until("nothing is left at the provider", lambda: hotline.provider.objects() == [])
    hotline.wait_until(
        "the ledger knows it",
        lambda: not hotline.look(lambda s: s.exec(select(ProviderCopy).where(ProviderCopy.erased_at.is_(None))).all()),  # type: ignore[union-attr]
    )
    left = everything_left(hotline, tmp_path)

    canaries = all_forms([*everybody[:48], *SPOKEN.values()], ["राकेश"])
    canaries |= {form: number for number in SPOKEN.values() for form in spoken_forms(number)}
    assert not hits(left, canaries)


def test_the_search_itself_finds_a_planted_number() -> None:
    forms = every_form("+919876543210")
    for planted in ("x9876543210x", "%2B919876543210", "98765 43210", "98 76 54 32 10", "९८७६५४३२१०"):
        assert any(form in planted.encode() for form in forms), planted
    assert any(form in "नंबर नौ आठ सात छह है".encode() for form in spoken_forms("9876543210"))
    assert any(form in b"To=Chhaya+Singh" for form in word_forms("Chhaya Singh"))
    assert any(form in base64.b64encode(b"xChhaya Singh is here") for form in word_forms("Chhaya Singh"))
    assert hits({"a file": b"...%2B919876543210"}, all_forms(["9876543210"])) == {("a file", "9876543210")}
