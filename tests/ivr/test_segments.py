"""Segments are counted as the network counts them."""

import pytest

from ivr.channels.segments import Size, size_of


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", Size("GSM-7", 0, 1)),
        ("a" * 160, Size("GSM-7", 160, 1)),
        ("a" * 161, Size("GSM-7", 161, 2)),
        ("a" * 306, Size("GSM-7", 306, 2)),
        ("a" * 307, Size("GSM-7", 307, 3)),
        ("[" * 80, Size("GSM-7", 160, 1)),
        ("ç" * 71, Size("UCS-2", 71, 2)),
        ("😀" * 36, Size("UCS-2", 72, 2)),
        ("€" * 80, Size("GSM-7", 160, 1)),
        ("€" * 81, Size("GSM-7", 162, 2)),
        ("a" * 152 + "€" + "a" * 152, Size("GSM-7", 306, 3)),  # the € would be torn
        ("क" * 70, Size("UCS-2", 70, 1)),
        ("क" * 71, Size("UCS-2", 71, 2)),
        ("क" * 134, Size("UCS-2", 134, 2)),
        ("क" * 135, Size("UCS-2", 135, 3)),
        ("😀" * 35, Size("UCS-2", 70, 1)),
        ("é", Size("GSM-7", 1, 1)),
        ("ê", Size("UCS-2", 1, 1)),
        ("it’s", Size("UCS-2", 4, 1)),
    ],
)
def test_a_text_takes_so_many_segments(text: str, size: Size) -> None:
    assert size_of(text) == size
