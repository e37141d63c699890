"""No text, however hostile, holds up whoever reads it."""

import time
from collections.abc import Callable

import pytest

from interpret import read
from interpret.numbers import without_code
from interpret.officers import speaks_of_officers
from interpret.spelling import bare
from models.catalogue import load

FACTS = load()
READERS: dict[str, Callable[[str], object]] = {
    "read": lambda text: read(text, FACTS),
    "speaks_of_officers": lambda text: speaks_of_officers(text, FACTS),
    "without_code": lambda text: without_code(text, "12345678"),
    "bare": bare,
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("begins", "piece", "ends"),
    [
        ("", "a", "!"),
        ("", "a ", ""),
        ("", "a.", "!"),
        ("", "a.com", "!"),
        ("", "1.", ""),
        ("", "1 ", ""),
        ("", "12345678 ", ""),
        ("", "?", "!"),
        ("a", ".", "a"),
        ("a", "!", "क"),
        ("", "\n", "x"),
        ("", "काकका", ""),
        ("", "कि ", ""),
        ("", "चौकी ", ""),
        ("", "(1/2)", ""),
        ("", "[a", ""),
        ("", "s.i.", ""),
    ],
)
def test_four_times_as_much_text_takes_not_ten_times_as_long(name: str, begins: str, piece: str, ends: str) -> None:
    def seconds(letters: int) -> float:
        began = time.process_time()
        READERS[name](f"{begins}{piece * (letters // len(piece))}{ends}")
        return time.process_time() - began

    seconds(1000)  # what is made once
    assert seconds(4000) < 10 * max(min(seconds(1000) for _ in range(3)), 0.005)
