"""How the training reads real people's speech out of other packages, and finds out when they say what.

Never does: need those packages; what needs torch is skipped where it is not installed.
"""

from itertools import pairwise

import numpy as np
import pytest

from speech.train.game import _branches
from speech.train.packed import MARK, PackedFault, unpacked


def _packed(whole: int, parts: list[tuple[int, int] | bytes]) -> bytes:
    """A packed file of so many bytes: (value, number of bits) and bytes as they are, in the order of reading."""
    out, place, used = bytearray(18), 0, 16
    for part in parts:
        if isinstance(part, bytes):
            out += part
            continue
        for bit in range(part[1]):
            if used == 16:
                place, used = len(out), 0
                out += b"\0\0"
            out[place + used // 8] |= (part[0] >> bit & 1) << used % 8
            used += 1
    out[:4], out[4:8], out[17] = MARK, whole.to_bytes(4, "big"), 1
    return bytes(out)


def _table(*lengths: int) -> list[tuple[int, int]]:
    return [(len(lengths), 5), *((length, 4) for length in lengths)]


def test_a_packed_file_is_unpacked_with_its_copies() -> None:
    tables = [*_table(1, 0, 1), *_table(0, 0, 1), *_table(0, 0, 0, 1)]
    # Two rounds: three bytes as they are and six copied from three back; then no byte and the end.
    told = [(0, 2), *tables, (2, 16), (1, 1), (1, 1), b"tip", (0, 1), (0, 1), (0, 1), (0, 2), (0, 1)]
    assert unpacked(_packed(9, told)) == b"tiptiptip"


def test_what_is_no_packed_file_or_is_cut_off_is_refused() -> None:
    with pytest.raises(PackedFault):
        unpacked(b"RIFF" + bytes(40))
    with pytest.raises(PackedFault):
        unpacked(MARK + bytes([0, 0, 0, 9]) + bytes(9) + b"\x01")


def test_no_code_of_a_letter_begins_another() -> None:
    codes = sorted(_branches())
    assert len(codes) > 60 and {"e", "t", " ", "_"} <= set(_branches().values())
    assert not any(after.startswith(before) for before, after in pairwise(codes))


def test_phones_are_laid_along_the_answers_with_a_pause_only_where_there_is_one() -> None:
    pytest.importorskip("torch", reason="torch is in requirements-train.txt only")
    from speech.train.align import _laid, _Slot

    told = [0, 1, 2, 3, 3, 4, 0, 1, 6, 7]  # silence, phone 1, phone 2, silence, phone 3: the first time of each is even
    found = np.full((len(told), 8), -5.0, np.float32)
    found[np.arange(len(told)), told] = 0.0
    chain = [_Slot(0, -1), _Slot(1, 0), _Slot(0, -1), _Slot(2, 1), _Slot(0, -1), _Slot(3, 2), _Slot(0, -1)]
    laid = _laid(found, chain)
    assert laid is not None
    assert laid[1] == [(0, 0), (1, 2), (3, 5), (4, 6), (5, 8)]
    assert laid[0] == pytest.approx(0.0)
    assert _laid(found[:2], chain) is None  # three phones in two answers
