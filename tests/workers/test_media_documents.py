"""What is made of documents, contact cards, and of files that are damaged, dangerous or not what they seem."""

import os

import pytest

from tests.workers import files
from tests.workers.looking import LONGEST, opened
from workers.media.clean import Cleaned, clean
from workers.media.faults import REASONS
from workers.media.kinds import Kind, kind_of


def test_a_document_is_shown_as_pictures_of_its_pages_and_its_script_is_gone() -> None:
    original = files.pdf(3)
    assert b"JavaScript" in original and files.OWNER.encode() in original
    cleaned = clean(original, LONGEST)
    assert (cleaned.kind, cleaned.shown_type, cleaned.reason) == ("document", "image/jpeg", None)
    shown = opened(cleaned.shown)
    assert shown.width == 1000 and 3 * 1400 < shown.height < 3 * 1450
    assert b"JavaScript" not in (cleaned.shown or b"") and files.OWNER.encode() not in (cleaned.shown or b"")


def test_of_a_long_document_the_first_pages_are_shown() -> None:
    assert clean(files.pdf(40), LONGEST).reason == "shortened"


def test_a_document_with_a_password_says_so() -> None:
    encrypted = files.pdf(1).replace(
        b"/Root 1 0 R",
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <" + b"28" * 32 + b"> /U <" + b"28" * 32 + b"> /P -4 >> "
        b"/ID [<00> <00>] /Root 1 0 R",
    )
    assert clean(encrypted, LONGEST) == Cleaned("document", quarantined=True, reason="locked")


def test_a_contact_card_is_kept_and_nothing_of_it_is_shown() -> None:
    for card in (files.CARD, b"\xef\xbb\xbf" + files.CARD, files.CARD.lower()):
        assert clean(card, LONGEST) == Cleaned("contact")


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (b"", "file", "empty"),
        (files.zip_bomb(), "file", "type_not_opened"),
        (files.HTML, "file", "type_not_opened"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file", "type_not_opened"),
        (b"MZ\x90\x00" + bytes(500), "file", "type_not_opened"),
        (b"\x7fELF" + bytes(500), "file", "type_not_opened"),
        (b"PK\x03\x04\x14\x00\x06\x00" + bytes(26) + b"word/document.xml" + bytes(500), "file", "type_not_opened"),
        (b"just words", "file", "type_not_opened"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "file", "type_not_opened"),
        (files.png_bomb(), "photo", "too_many_pixels"),
        (b"\xff\xd8\xff\xe0" + os.urandom(2000), "photo", "damaged"),
        (files.jpeg()[:6000], "photo", "damaged"),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(500), "photo", "damaged"),
        (b"%PDF-1.7\n" + os.urandom(500), "document", "damaged"),
        (b"OggS" + os.urandom(500), "voice", "damaged"),
        (b"\x00\x00\x00\x18ftypmp42" + os.urandom(2000), "video", "damaged"),
    ],
)
def test_what_is_damaged_or_dangerous_is_quarantined_with_a_reason(data: bytes, kind: str, reason: str) -> None:
    assert clean(data, LONGEST) == Cleaned(kind, quarantined=True, reason=reason)
    assert reason in REASONS


def test_half_a_video_is_quarantined_or_shown_as_far_as_it_goes() -> None:
    whole = files.film(seconds=3)
    cleaned = clean(whole[: len(whole) // 2], LONGEST)
    assert cleaned.quarantined or (cleaned.seconds or 0) < 3


def test_a_file_that_is_two_things_is_what_the_strict_reader_makes_of_it() -> None:
    polyglot = files.gif_and_html()
    cleaned = clean(polyglot, LONGEST)
    assert (cleaned.kind, cleaned.shown_type) == ("photo", "image/jpeg")
    assert b"<script>" in polyglot and b"<script>" not in (cleaned.shown or b"")


def test_a_playlist_dressed_as_a_video_reads_no_file_of_ours() -> None:
    reference = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"#EXTM3U\nfile:///etc/passwd\n"
    assert clean(reference, LONGEST).quarantined


def test_types_are_told_by_content_and_not_by_name() -> None:
    assert kind_of(files.jpeg()) == Kind("photo", "JPEG")
    assert kind_of(b"") == kind_of(b"\x00" * 100) == Kind("file")
