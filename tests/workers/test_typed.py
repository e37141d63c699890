"""What is hidden in written tips, and what is left as it was written."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.redact.examples import EXAMPLES
from workers.redact.numerals import digits_of
from workers.redact.typed import plain, redact_written

KEPT = (
    "Barra 2, Kanpur.\n\nRoz shaam 7-8 baje jua; 10 log.",
    "112 par call kiya, koi nahi aaya!",
    "208021 pin hai",
    "15/08/2023 ko 10:30 baje ₹20,00,000 liye",
    "rs 20,00,000 liye",
    "UP65AB1234 black car",
    "राजू चरस बेचता है, मैं राजू को जानता हूं।",
    "milo @ 5 baje",
    "join @satta_king",
    "http://x.in/a dekho",
    "Name: not to be told",
    "मेरा नाम गुप्त रखिएगा",
    '<b>&amp;</b> "quotes" {{7*7}} \'); DROP TABLE tip;--',
    "  ",
)
HIDDEN = (
    # numbers, glued, broken over lines, with any sign between
    ("Mera no9876543210 hai", "Mera [phone] hai"),
    ("मेरा नंबर९८७६५ ४३२१०है", "मेरा नंबर[phone]है"),
    ("x98765 43210x", "x[phone]x"),
    ("(9876543210), bolo", "([phone]), bolo"),
    ("98765\n43210", "[phone]"),
    ("+91 (98765) 43210.", "[phone]."),
    ("98765\u200b43210", "[phone]"),
    ("9️⃣8️⃣7️⃣6️⃣5️⃣4️⃣3️⃣2️⃣1️⃣0️⃣ pe", "[phone] pe"),
    ("9 8 7 6 5 4 3 2 1 0", "[phone]"),
    ("wa.me/919876543210", "[phone]"),
    # the reference code
    ("my code 12345678", "my code [phone]"),
    ("code 1234 5678 hai", "code [phone] hai"),
    # accounts, plates, addresses
    ("मेरा आधार 4083 7126 6197 है", "मेरा आधार [account] है"),
    ("A/c no. 50102398670455", "A/c no. [account]"),
    ("BQXPS4821K", "[account]"),
    ("my bike UP-78-CD-9090 was there", "my bike [plate] was there"),
    ("ramesh@oksbi, aur", "[account], aur"),
    ("upi: ramesh @ ybl", "upi: [account]"),
    ("write k.bharti92@rediffmail.com please!", "write [email] please!"),
    ("ramesh @ gmail . com likho", "[email] likho"),
    ("ramesh(at)gmail(dot)com", "[email]"),
    # names: as spoken, on a line of their own, behind a label, below a greeting
    ("mera naam Gurmeet Singh hai.\nnashe ka kaam", "mera naam [name] hai.\nnashe ka kaam"),
    ("my name is Ramesh Kumar.", "my name is [name]."),
    ("मेरा नाम रमेश कुमार है।", "मेरा नाम [name] है।"),
    ("jua hota hai\nमेरा नाम सोहनलाल\nबर्रा", "jua hota hai\nमेरा नाम [name]\nबर्रा"),
    ("Naam: Ramesh Kumar\nbarra me jua", "Naam: [name]\nbarra me jua"),
    ("नाम- रमेश कुमार\nपता बर्रा", "नाम- [name]\nपता बर्रा"),
    ("Thanks,\nRamesh Kumar", "Thanks,\n[name]"),
    ("dhanyawad ramesh", "dhanyawad [name]"),
    ("jua hota hai\n- Ramesh", "jua hota hai\n- [name]"),
    ("मेरे बेटे अंकुर को स्मैक दी", "मेरे बेटे [name] को स्मैक दी"),
)


@pytest.mark.parametrize("text", KEPT, ids=lambda text: text[:30])
def test_everything_else_is_left_as_it_was_written(text: str) -> None:
    assert redact_written(text, "hi") == text.strip()


@pytest.mark.parametrize(("text", "left"), HIDDEN, ids=lambda text: text[:30])
def test_what_could_give_the_sender_away_is_hidden(text: str, left: str) -> None:
    assert redact_written(text, "hi") == left


@pytest.mark.parametrize(
    ("said", "left"), [example for examples in EXAMPLES.values() for example in examples], ids=lambda text: text[:40]
)
def test_every_example_of_the_rules_for_speech_holds_for_writing(said: str, left: str) -> None:
    assert redact_written(said, "hi") == left


def test_what_cannot_be_seen_is_not_let_through() -> None:
    assert plain("a\x00b\x1b[31m\u202ec\ufeff\u200b\r\nd\re\x85") == "ab[31mc\nd\ne"
    assert plain("\ud800x") == "\N{REPLACEMENT CHARACTER}x"
    assert plain("line one\n\tline two 😀 क्ष") == "line one\n\tline two 😀 क्ष"


@settings(max_examples=200, deadline=None)
@given(
    number=st.from_regex(r"[6-9][0-9]{9}", fullmatch=True),
    sign=st.sampled_from(["", " ", "-", ".", "/", "\n", " - ", "\u200b", ") "]),
    at=st.integers(1, 9),
    script=st.sampled_from(["0123456789", "०१२३४५६७८९", "0123456789"]),
    before=st.sampled_from(["", "call ", "नंबर", "no", "(", "मेरा फोन: "]),
    after=st.sampled_from(["", " hai", "है", ")", ", aur jua", "\nbarra"]),
)
def test_no_written_number_can_be_read_again(
    number: str, sign: str, at: int, script: str, before: str, after: str
) -> None:
    written = number.translate(str.maketrans("0123456789", script))
    text = f"{before}{written[:at]}{sign}{written[at:]}{after}"
    assert digits_of(redact_written(text, "hi")) == ""


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["hi", "en"]))
def test_any_text_at_all_is_read_and_stays_storable(text: str, language: str) -> None:
    left = redact_written(text, language)
    left.encode("utf-8")
    assert "\x00" not in left


@pytest.mark.parametrize(
    ("begins", "piece", "ends"),
    [
        ("regards ", "a", "!"),
        ("thanks\n", "a ", "!"),
        ("धन्यवाद ", "क", "!"),
        ("regards ", "कि ", "?"),
        ("x\n- ", "a", "!"),
        ("x\n- ", "a.", "!"),
        ("", "regards ", "1"),
        ("", "regards.", "1"),
        ("", "\n- a", "!"),
        ("name: ", "a", "!"),
        ("a", ".", "a"),
        ("regards", " ", "1"),
        ("regards", "\n", "1"),
        ("9", "-", "a"),
        ("", "a.", "@"),
    ],
)
def test_no_text_is_so_hostile_that_four_times_as_much_takes_ten_times_as_long(
    begins: str, piece: str, ends: str
) -> None:
    def seconds(letters: int) -> float:
        began = time.process_time()
        redact_written(f"{begins}{piece * (letters // len(piece))}{ends}", "hi")
        return time.process_time() - began

    # Were the letters of one word shared out among three in every way, it would take sixty times as long.
    assert seconds(4000) < 10 * max(min(seconds(1000) for _ in range(3)), 0.005)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("jua hota hai\nRegards,\n\nRam  Kumar Yadav.", "jua hota hai\nRegards,\n\n[name]."),
        ("धन्यवाद\nराम कुमार", "धन्यवाद\n[name]"),
        ("Name: Ram\tKumar Yadav Lal", "Name: [name] Lal"),
        ("x" * 4000 + "\n- Ram Kumar", "x" * 4000 + "\n- [name]"),
    ],
)
def test_names_of_three_words_are_hidden_below_a_greeting_however_long_the_message(text: str, left: str) -> None:
    assert redact_written(text, "hi") == left


@pytest.mark.parametrize("piece", ["9", "a@", "1 ", "name: ", "क", "- x", "@. "])
def test_a_message_ten_times_as_long_takes_about_ten_times_as_long(piece: str) -> None:
    def seconds(pieces: int) -> float:
        began = time.process_time()
        redact_written(piece * pieces, "hi")
        return time.process_time() - began

    # A rule that looks back over everything would take a hundred times as long.
    assert seconds(5000) < 50 * max(min(seconds(500), seconds(500)), 0.002)
