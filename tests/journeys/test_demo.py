"""The demo, whole: two calls, from ring to officer, with nothing left of the callers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.demo.caller import CALLS
from ivr.demo.traces import find_numbers
from settings import ROOT


def test_both_tips_reach_their_officers_and_nothing_of_the_callers_stays(tmp_path: Path) -> None:
    # What the machine has configured is not touched: this database and this queue do not even exist.
    elsewhere = {
        "HOTLINE_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/x",
        "HOTLINE_REDIS_URL": "redis://127.0.0.1:9",
    }
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "demo", "--once"], cwd=ROOT, capture_output=True, text=True, timeout=240,
        env={**os.environ, **elsewhere, "HOTLINE_VAR_DIR": str(tmp_path)},
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert "What dcp.south reads" in done.stdout and "What dcp.west reads" in done.stdout
    assert "holds no call and no recording any more" in done.stdout
    assert "no telephone number in any file" in done.stdout
    numbers = [number for call in CALLS for number in call.numbers]
    assert find_numbers(tmp_path, numbers) == []
    assert not any(number in done.stdout for number in numbers)
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
