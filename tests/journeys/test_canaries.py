"""Fifty calls from numbers in every form a number takes, then every byte that is left is searched for them."""

import json
import re
from pathlib import Path
from urllib.parse import quote

from sqlmodel import select

from models.recording import ProviderCopy
from tests.journeys.installation import Installation
from workers import embedded
from workers.queues import connect

SPOKEN = {"demo_hi": "9876543210", "cyber_hi": "9123456789", "demo_en": "9876543210"}
CLIPS = ("demo_hi", "drugs_hi", "cyber_hi", "demo_en", "police_hi")


def numbers() -> list[str]:
    """Fifty callers: distinct numbers, some in odd forms, some withheld."""
    found = [f"+9198{n:02d}5432{n:02d}" for n in range(40)]
    found += [f"98{n:02d}5432{n:02d}" for n in range(40, 44)]  # without the country
    found += [f"+91 98{n:02d}5 432{n:02d}" for n in range(44, 48)]  # spaced
    return [*found, "anonymous", "+266696687"]


def every_form(number: str) -> set[bytes]:
    """How a number could have been written down somewhere."""
    digits = re.sub(r"\D", "", number)[-10:]
    spaced = f"{digits[:5]} {digits[5:]}"
    pairs = " ".join(digits[at : at + 2] for at in range(0, 10, 2))
    devanagari = digits.translate({ord(str(n)): chr(0x966 + n) for n in range(10)})
    forms = {
        digits, f"+91{digits}", f"91{digits}", quote(f"+91{digits}"), spaced, quote(spaced), spaced.replace(" ", "+"),
        spaced.replace(" ", "-"), pairs, devanagari, digits[::-1],
    }  # fmt: skip
    return {form.encode() for form in forms} | {form.encode("utf-16-le") for form in forms}


def spoken_forms(digits: str) -> set[bytes]:
    """The same number in words, as a transcript would hold it (plain, and as JSON escapes it)."""
    hindi = dict(zip("0123456789", "शून्य एक दो तीन चार पाँच छह सात आठ नौ".split(), strict=True))
    english = dict(zip("0123456789", "zero one two three four five six seven eight nine".split(), strict=True))
    found = set()
    for words in (hindi, english):
        for at in range(len(digits) - 3):
            run = " ".join(words[digit] for digit in digits[at : at + 4])
            found |= {run.encode(), json.dumps(run).strip('"').encode()}
    return found


def test_no_number_of_fifty_callers_is_left_anywhere(hotline: Installation, tmp_path: Path) -> None:
    hotline.start("work")
    hotline.start("schedule")
    everybody = numbers()
    for n, number in enumerate(everybody):
        telephone = hotline.telephone(number, duplicates=n % 2 == 0)
        hotline.tell(telephone, CLIPS[n % len(CLIPS)], withheld=number.startswith("+2666"), then="1 9 208005 1 1")
    hotline.wait_until("all are routed", lambda: [tip.status for tip in hotline.tips()] == ["routed"] * 50)
    hotline.wait_until("nothing is left at the provider", lambda: hotline.provider.objects() == [])
    hotline.wait_until(
        "the ledger knows it",
        lambda: not hotline.look(lambda s: s.exec(select(ProviderCopy).where(ProviderCopy.erased_at.is_(None))).all()),  # type: ignore[union-attr]
    )
    with connect(embedded.url(hotline.settings)) as client:
        live = b"\n".join(repr(client.dump(key)).encode() + key for key in client.keys("*"))
    for process in list(hotline.processes):
        hotline.stop(process)
    hotline.parts.db.dispose()

    canaries = {form: number for number in everybody[:48] for form in every_form(number)}
    canaries |= {form: number for number in SPOKEN.values() for form in every_form(number) | spoken_forms(number)}
    canaries |= {name.encode(): name for name in ("राकेश", json.dumps("राकेश").strip('"'))}
    searched = {"redis, live": live}
    searched |= {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kinds = {Path(name).parts[1] if "/" in name else name for name in searched}
    assert {"hotline.db", "media", "queue", "work.log", "schedule.log"} <= kinds, "the search must reach all of them"
    pattern = re.compile(b"|".join(re.escape(form) for form in canaries))
    hits = {(name, canaries[found.group()]) for name, data in searched.items() for found in pattern.finditer(data)}
    assert not hits


def test_the_search_itself_finds_a_planted_number() -> None:
    forms = every_form("+919876543210")
    for planted in ("x9876543210x", "%2B919876543210", "98765 43210", "98 76 54 32 10", "९८७६५४३२१०"):
        assert any(form in planted.encode() for form in forms), planted
    assert any(form in "नंबर नौ आठ सात छह है".encode() for form in spoken_forms("9876543210"))
