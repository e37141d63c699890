"""How the training reads real people's speech out of other packages, and finds out when they say what.

Never does: need those packages; what needs torch is skipped where it is not installed.
"""

import io
import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from speech.train.amazon_queen import FILE, AmazonQueen, said
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


def _string(text: str, start: int = 0, steps: int = 2) -> bytes:
    """Its length and the text; filled up to a multiple of steps, counted from where the script began."""
    made = bytes([len(text)]) + text.encode()
    return made + bytes(-(start + len(made)) % steps if text else 0)


def _dialogue(ours: list[tuple[int, str]], theirs: list[tuple[int, str]], again: tuple[str, str]) -> bytes:
    """A dialogue with key 7 and a tree of one level."""
    script, places = bytearray(32 + 96), []
    for said_by in (ours, theirs):
        places.append(len(script))
        for number, text in said_by:
            script += struct.pack(">2xh", number)
            script += _string(text, len(script), 4)
    places.append(len(script))
    for text in again:
        script += _string(text, len(script))
    struct.pack_into(">5h", script, 0, -1, 3, 7, len(ours), len(theirs))
    struct.pack_into(">H2xH", script, 22, *places[1:])
    return bytes(20) + bytes(script)


def _scene(*texts: str) -> bytes:
    script = bytearray(struct.pack(">5H", 0, len(texts), 0, 0, 12) + bytes(2))
    for text in ("*FL", *texts):
        script += _string(text, len(script))
    return bytes(20) + bytes(script)


def _queen(root: Path, files: dict[str, bytes]) -> AmazonQueen:
    """The game's one file with these in it."""
    table, place = b"", 15 + 21 * len(files)
    for name, data in files.items():
        table += struct.pack(">12sBII", name.encode(), 1, place, len(data))
        place += len(data)
    (root / FILE).parent.mkdir(parents=True)
    head = b"QTBLCEM10\0\0\0\x01" + struct.pack(">H", len(files))
    (root / FILE).write_bytes(head + table + b"".join(files.values()))
    return AmazonQueen(root)


def test_the_pieces_of_dialogues_scenes_and_remarks_find_their_sounds(tmp_path: Path) -> None:
    ours = [(0, "Good morning.*03"), (0x1E, "Take the road*XY00(237,112) by the river.*GD"), (9, "Nobody said this.")]
    names = "07SSSSJ1 07001EJ1 07001EJ2 0700A1P1 07XXXXP2 C9D__021 JOE00011 JOE00411 UNKNOWN0".split()
    files = {
        "ANNA2.DOG": _dialogue(ours, [(0xA1, "A bridge is there.")], ("*FRAgain*01 you?", "0")),
        "C9D.CUT": _scene("", "The gate is open."),
        "QUEEN.JAS": bytes(20) + struct.pack(">4H", 2, 3, 9, 1),
        "QUEEN2.JAS": "\r\n".join(["A thing*02", *["name"] * 3, *["room"] * 2, *["verb"] * 12, "Not now*24"]).encode(),
        **{f"{name}.SB": b"" for name in names},
    }
    files["QUEEN2.JAS"] += b"\r\n" * 40
    assert {name.partition(".")[0]: (who, text.strip()) for name, who, text in _queen(tmp_path, files).pieces()} == {
        "07SSSSJ1": ("joe", "Good morning."),
        "07001EJ1": ("joe", "Take the road"),
        "07001EJ2": ("joe", "by the river."),
        "0700A1P1": ("anna", "A bridge is there."),
        "07XXXXP2": ("anna", "Again"),
        "C9D__021": ("scene", "The gate is open."),
        "JOE00011": ("joe", "Not now"),
        "JOE00411": ("joe", "A thing"),
    }


def test_another_edition_of_the_game_has_no_pieces(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_bytes(b"QTBLCEM10\0\0\0\x02" + bytes(30))
    assert list(AmazonQueen(tmp_path).pieces()) == []


def test_only_plain_words_are_said() -> None:
    pytest.importorskip("wordfreq", reason="wordfreq is in requirements-train.txt only")
    assert said("The left-hand gate^_, it's SHUT!") == ("the", "left", "hand", "gate", "it's", "shut")
    for text in ("Grrr!", "Nooooo.", "12 miles", "(sigh)", "Psst, here", "The D.N.A. of it", "Zqorbl is here"):
        assert said(text) == ()


def test_a_piece_is_read_once_with_its_words_and_speaker(tmp_path: Path) -> None:
    for package in ("wordfreq", "scipy"):
        pytest.importorskip(package, reason=f"{package} is in requirements-train.txt only")
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.sin(np.arange(11_025) / 9) * 0.1, 11_025, format="MP3")
    lines = [(1, "Good morning."), (2, "Good morning."), (3, "Ten words are too many for one second, are they not?")]
    sounds = {f"07000{number}J1.SB": file.getvalue() + bytes(number // 3) for number, _ in lines}
    ((key, words, sound, who),) = _queen(tmp_path, {"ANNA.DOG": _dialogue(lines, [], ("0", "0")), **sounds}).lines()
    assert (key, words, who) == ("queen-070001J1", ("good", "morning"), "queen:joe")
    assert sound.dtype == np.int16 and 15_000 < len(sound) < 20_000
    assert 0.65 < np.abs(sound).max() / 32767 < 0.75


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
