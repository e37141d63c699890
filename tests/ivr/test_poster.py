"""Posters: what is printed is what the settings and the catalogue say, and every code on them can be scanned."""

from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner, Result
from PIL import Image

from ivr.cli import commands
from ivr.poster.content import LANGUAGES, PosterFault, at_place, at_station, content, shown
from ivr.poster.sheet import as_pdf, as_png
from models.catalogue import load

FACTS = load()
NUMBER = "+919876543210"


def made(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *options: str, number: str = NUMBER, whatsapp: str = ""
) -> Result:
    monkeypatch.setenv("HOTLINE_TWILIO_NUMBER", number)
    monkeypatch.setenv("HOTLINE_WHATSAPP_NUMBER", whatsapp)
    return CliRunner().invoke(commands, ["poster", "--out", str(folder), *options])


def scanned(png: bytes) -> set[str]:
    return {code.text for code in zxingcpp.read_barcodes(Image.open(BytesIO(png)))}


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        return document[0].get_textpage().get_text_bounded()


@pytest.mark.parametrize("size", ["a4", "a5"])
def test_every_way_to_reach_us_can_be_scanned(size: str) -> None:
    poster = content(FACTS, LANGUAGES, NUMBER, "+911234567890", sms=True, where=())

    assert scanned(as_png(as_pdf(poster, size))) == {
        "tel:+919876543210",
        "SMSTO:+919876543210:",
        "https://wa.me/911234567890",
    }


def test_what_the_number_does_not_offer_is_not_on_the_poster() -> None:
    poster = content(FACTS, ("en",), NUMBER, "", sms=False, where=())
    pdf = as_pdf(poster, "a4")

    assert scanned(as_png(pdf)) == {"tel:+919876543210"}
    assert "SMS" not in text_of(pdf)
    assert "WhatsApp" not in text_of(pdf)


def test_the_number_the_promise_the_danger_and_every_subject_stand_on_it() -> None:
    poster = content(FACTS, ("en",), NUMBER, "", sms=True, where=at_station(FACTS, "KNP-KKD", ("en",)))
    words = text_of(as_pdf(poster, "a4"))

    assert "98765 43210" in words
    assert "Satark Line" in words
    assert "police never see your number" in words
    assert "112" in words
    assert "Kakadeo police station" in words
    for category in FACTS.categories.values():
        assert category.direct_code in words
        assert category.menu_en[1:] in words


def test_the_sheet_has_the_size_of_its_paper() -> None:
    poster = content(FACTS, LANGUAGES, NUMBER, "", sms=True, where=())
    for size, wide, high in (("a4", 210, 297), ("a5", 148, 209.3)):
        with pypdfium2.PdfDocument(as_pdf(poster, size)) as document:
            points = document[0].get_size()
        assert points == pytest.approx((wide / 25.4 * 72, high / 25.4 * 72), abs=1)


def test_nothing_touches_the_edge_but_the_bands() -> None:
    poster = content(FACTS, LANGUAGES, NUMBER, NUMBER, sms=True, where=at_station(FACTS, "CHD-MGS", LANGUAGES))
    picture = Image.open(BytesIO(as_png(as_pdf(poster, "a4")))).convert("RGB")
    wide, high = picture.size
    for x in (int(wide * 0.03), int(wide * 0.97)):
        colours = {picture.getpixel((x, y)) for y in range(int(high * 0.27), int(high * 0.89))}
        assert colours == {(255, 255, 255)}


def test_hindi_is_joined_as_it_is_read() -> None:
    """Joined letters are narrower than the same letters one by one."""
    from ivr.poster.pencil import Pencil

    pencil = Pencil("a4")
    pencil.pdf.set_font("letters", "", 40)
    shaped = pencil.pdf.get_string_width("क्षत्रिय")
    pencil.pdf.set_text_shaping(False)
    assert shaped < 0.8 * pencil.pdf.get_string_width("क्षत्रिय")
    pencil.finished()


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("+919876543210", "98765 43210"), ("+918069816981", "080 6981 6981"), ("+915122345678", "051 2234 5678"),
        ("+911800123456", "1800 123 456"), ("+14155550123", "+14155550123"),
    ],
)  # fmt: skip
def test_a_number_is_shown_as_people_dial_it(number: str, read: str) -> None:
    assert shown(number) == read


def test_a_market_has_both_of_its_names_and_an_unknown_one_its_own() -> None:
    assert at_place(FACTS, "naveen market", LANGUAGES) == ("नवीन मार्केट", "Naveen Market")
    assert at_place(FACTS, "मेरी गली", LANGUAGES) == ("मेरी गली",)


def test_every_station_fits_on_its_poster() -> None:
    poster = content(FACTS, LANGUAGES, NUMBER, NUMBER, sms=True, where=())
    longest = max(FACTS.stations, key=lambda code: sum(map(len, at_station(FACTS, code, LANGUAGES))))
    pdf = as_pdf(content(FACTS, LANGUAGES, NUMBER, NUMBER, sms=True, where=at_station(FACTS, longest, LANGUAGES)), "a5")
    assert len(pdf) > len(as_pdf(poster, "a5"))


def test_a_name_too_long_for_the_sheet_is_refused_in_words() -> None:
    with pytest.raises(PosterFault, match="too long"):
        as_pdf(content(FACTS, ("en",), NUMBER, "", sms=True, where=("Market " * 60,)), "a4")


def test_the_command_makes_a_file_for_every_station_and_place_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = made(
        monkeypatch, tmp_path, "--station", "KNP-KKD", "--place", "Naveen Market", "--size", "a5", "--language", "hi"
    )

    assert result.exit_code == 0, result.output
    names = ["KNP-KKD-hi-a5", "Naveen-Market-hi-a5"]
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        f"{name}.{ending}" for name in names for ending in ("pdf", "png")
    )


@pytest.mark.parametrize(
    ("options", "number", "why"),
    [
        ([], "", "HOTLINE_TWILIO_NUMBER is not set"),
        ([], "hotline", "must be a number"),
        (["--station", "KNP-XXX"], NUMBER, "There is no station KNP-XXX"),
        (["--all-stations", "DEL"], NUMBER, "There is no district DEL"),
    ],
)
def test_what_cannot_be_printed_is_said_in_words(
    options: list[str], number: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = made(monkeypatch, tmp_path, *options, number=number)

    assert result.exit_code == 2
    assert why in result.output
    assert list(tmp_path.glob("*.pdf")) == []
