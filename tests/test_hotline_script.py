"""./hotline makes its own environment, once, from wherever it is called. The real script beside a tiny `ivr`."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from settings import ROOT

SAYS = """
import os, sys
print("ran", sys.argv[1:], sys.prefix == os.path.join({folder!r}, ".venv"), os.getcwd())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with spaces in its path, whose pins are none."""
    folder = tmp_path_factory.mktemp("a clone") / "of the hotline"
    (folder / "ivr").mkdir(parents=True)
    shutil.copy(ROOT / "hotline", folder)
    (folder / "requirements.txt").write_text("# nothing\n")
    (folder / "ivr" / "__init__.py").touch()
    (folder / "ivr" / "__main__.py").write_text(SAYS.format(folder=str(folder)))
    return folder


def call(folder: Path, *words: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(folder / "hotline"), *words], cwd=cwd or folder, capture_output=True, text=True, timeout=400,
        stdin=subprocess.DEVNULL, env={**os.environ, **more},
    )  # fmt: skip


def test_first_use_installs_once_even_when_two_begin_together(folder: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda word: call(folder, word), ("one", "two")))

    assert [one.returncode for one in both] == [0, 0], [one.stderr for one in both]
    assert "ran ['one'] True" in both[0].stdout and "ran ['two'] True" in both[1].stdout
    assert sum("installing" in one.stderr for one in both) == 1


def test_afterwards_it_is_quiet_and_works_from_anywhere_and_through_links(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("raise SystemExit('the wrong settings')")
    (tmp_path / "ivr").mkdir()
    (tmp_path / "ivr" / "__main__.py").write_text("raise SystemExit('the wrong ivr')")
    (tmp_path / "link").symlink_to(folder / "hotline")

    for program in (folder / "hotline", tmp_path / "link"):
        done = subprocess.run([program, "a b", "*"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert (done.stdout, done.stderr) == (f"ran ['a b', '*'] True {tmp_path}\n", "")


def test_changed_pins_are_installed_and_a_failed_install_is_done_over(folder: Path) -> None:
    pins = folder / "requirements.txt"
    before = pins.read_text()
    pins.write_text("this-is-no-package @ file:///nowhere/at/all.whl\n")
    failed = call(folder)
    again = call(folder)
    pins.write_text(before)
    mended = call(folder)

    assert failed.returncode == again.returncode == 2
    assert "could not be installed" in failed.stderr and "ERROR" in failed.stderr and "ran" not in failed.stdout
    assert mended.returncode == 0 and "installing" in mended.stderr
    assert "installing" not in call(folder).stderr


def test_a_broken_environment_is_made_anew(folder: Path) -> None:
    (folder / ".venv" / "bin" / "python").unlink()

    assert "ran" in call(folder).stdout


def test_without_a_python_that_fits_it_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy", symlinks=True, ignore=shutil.ignore_patterns(".venv"))
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "dirname", "readlink", "cksum", "tr", "cat", "date", "rm", "mv"):
        (tools / tool).symlink_to(shutil.which(tool) or "")
    for name in ("python3.13", "python3.12", "python3.11", "python3"):  # like pyenv's shims: there, but they fail
        (tools / name).write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
        (tools / name).chmod(0o755)
    script = (tmp_path / "copy" / "hotline").read_text()
    (tmp_path / "copy" / "hotline").write_text(script.replace("/usr/bin/python3 /usr/local/bin/python3", ""))

    done = call(tmp_path / "copy", PATH=str(tools), HOME=str(tmp_path))

    assert done.returncode == 2
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr and "apt install python3" in done.stderr


def test_a_python_without_ensurepip_is_explained(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy", symlinks=True, ignore=shutil.ignore_patterns(".venv"))
    python = tmp_path / "python3"
    python.write_text("#!/bin/sh\ncase $2 in *ensurepip*) exit 1;; esac\nexit 0\n")
    python.chmod(0o755)
    script = (tmp_path / "copy" / "hotline").read_text()
    (tmp_path / "copy" / "hotline").write_text(
        script.replace("python3.13 python3.12 python3.11 python3 python", "").replace(
            "/usr/bin/python3 /usr/local/bin/python3", ""
        )
    )

    done = call(tmp_path / "copy", HOTLINE_PYTHON=str(python), HOME=str(tmp_path))

    assert done.returncode == 2 and "apt install python3-venv" in done.stderr
