"""The demo, whole: two calls and three chats, from ring to officer, with nothing left of the informants."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.demo import SHOWN
from ivr.demo.traces import find_marks, find_numbers, has_any
from ivr.demo.writer import CHATS, marks
from ivr.simulator.darkroom import PLACE, photo
from settings import ROOT


def test_all_tips_reach_their_officers_and_nothing_of_the_informants_stays(tmp_path: Path) -> None:
    # What the machine has configured is not touched: this database and this queue do not even exist.
    elsewhere = {
        "HOTLINE_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/x",
        "HOTLINE_REDIS_URL": "redis://127.0.0.1:9",
    }
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "demo", "--once"], cwd=ROOT, capture_output=True, text=True, timeout=360,
        env={**os.environ, **elsewhere, "HOTLINE_VAR_DIR": str(tmp_path)},
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("What dcp.south reads") == 2 and done.stdout.count("What dcp.west reads") == 3
    assert "the photo, without place and device" in done.stdout
    assert "holds no call, recording, message or file any more" in done.stdout
    assert "no telephone number in any file" in done.stdout
    numbers = [number for shown in SHOWN for number in shown.numbers]
    assert find_numbers(tmp_path, numbers) == [] and find_marks(tmp_path, marks(), PLACE) == []
    typed = {number for chat in CHATS for number in chat.typed}  # shown as it is written
    assert not any(number in done.stdout for number in numbers if number not in typed)
    assert not (tmp_path / "demo" / "serve.log").stat().st_mode & 0o077


@pytest.mark.parametrize(
    "written",
    ["9876543210", "+919876543210", "98765 43210", "%2B9198765%2043210", "9 8 7 6 5 4 3 2 1 0", "९८७६५४३२१०"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_the_search_finds_a_number_however_it_is_written(tmp_path: Path, written: str, encoding: str) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "database").write_bytes(b"\x00\x01" + f"caller={written};".encode(encoding))
    (tmp_path / "other").write_text("9876543211")

    assert find_numbers(tmp_path, ["9876543210"]) == ["below/database"]


def test_the_search_finds_names_and_places_of_a_photo(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(photo())
    (tmp_path / "log").write_text(f"lat={PLACE[0]} and Profile=Chhaya+Demowala")
    (tmp_path / "clean").write_text("26.449 80.331 Chhaya")

    assert find_marks(tmp_path, marks(), PLACE) == ["log", "photo"]
    assert has_any(photo(), marks()) and not has_any(b"Chhaya", marks())
