"""What a further transcription worker costs: memory of the real crew with 1 to 4 workers, each of which has worked.

Proportional set size (PSS) of all its processes: a page shared by n of them counts a n-th in each. Compared with what
one speech model takes when it is loaded alone, and with a worker that loads models of its own.

    python -m benchmarks.memory [--model folder]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.transcription import Hotline, make_clips
from settings import ROOT, STARTER_MODELS

_ALONE = """
import os, sys
import vosk
def size():
    with open("/proc/self/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) * 1024
vosk.SetLogLevel(-1)
before = size()
models = [vosk.Model(model_path=folder) for folder in sys.argv[1:]]
print(size() - before)
"""


def pss(pid: int) -> int:
    """Bytes of a process and everything below it."""
    total = 0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        total += next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def models_alone(*folders: Path) -> int:
    """Bytes that loading these models adds to a process."""
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, *map(str, folders)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def crew(workers: int, folder: Path, model: Path) -> int:
    """Bytes of a crew whose workers have all transcribed something."""
    with tempfile.TemporaryDirectory(prefix="hotline-benchmark-") as place:
        hotline = Hotline(folder, model, Path(place) / "var", workers)
        try:
            while len(psutil.Process(hotline.crew.pid).children()) < workers + 1:
                time.sleep(0.1)
            hotline.round(hotline.clips[: 3 * workers])
            time.sleep(1)
            return pss(hotline.crew.pid)
        finally:
            hotline.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=STARTER_MODELS / "hi")
    model = parser.parse_args().model
    with tempfile.TemporaryDirectory(prefix="hotline-benchmark-") as place:
        make_clips(Path(place) / "clips", 12, 20)
        sizes = {workers: crew(workers, Path(place) / "clips", model) for workers in (1, 2, 3, 4)}
    one = models_alone(model)
    fourth = sizes[4] - sizes[3]
    for workers, size in sizes.items():
        print(f"{workers} workers: {size / 2**20:6.0f} MB")
    print(f"model {model.name} alone: {one / 2**20:.0f} MB; both languages: "
          f"{models_alone(model, STARTER_MODELS / 'en') / 2**20:.0f} MB")  # fmt: skip
    print(f"the 4th worker: {fourth / 2**20:.0f} MB, {fourth / one:.0%} of a model")


if __name__ == "__main__":
    main()
