"""`python -m workers.media.able`: whether this machine can open files, and behind which walls; one line of JSON.

{"readers": {"Pillow": "13.0.0", ..., "ffmpeg": null}, "walls": ["landlock", "seccomp"]}: null is a reader that is not
there or does not run. A process of its own, as the walls stay up.
Never does: open a file.
"""

import importlib
import importlib.metadata
import json
import subprocess
import sys

from workers.media.cell import FILM_MB, OUT_MB, readable_places
from workers.media.walls import close_in

# What people call it: the package it comes in, and the module that must load.
_PACKAGES = {"Pillow": ("Pillow", "PIL.Image"), "pi_heif": ("pi_heif", "pi_heif"), "PDFium": ("pypdfium2", "pypdfium2")}
_SECONDS = 20


def packages() -> dict[str, str | None]:
    """The version of each package that reads photos and documents; None: it cannot be loaded."""
    return {name: _version(package, module) for name, (package, module) in _PACKAGES.items()}


def _version(package: str, module: str) -> str | None:
    try:
        importlib.import_module(module)
        return importlib.metadata.version(package)
    except (ImportError, OSError):
        return None


def program() -> str | None:
    """Where ffmpeg is; None: nowhere."""
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        return str(get_ffmpeg_exe())
    except (ImportError, OSError, RuntimeError):
        return None


def runs(ffmpeg: str) -> str | None:
    """The version that ffmpeg says of itself; None: it does not run."""
    try:
        said = subprocess.run([ffmpeg, "-version"], capture_output=True, timeout=_SECONDS, check=True, env={}).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    words = said.decode(errors="replace").split()
    return words[2].partition("-")[0].removeprefix("n") if words[:2] == ["ffmpeg", "version"] else None


def main() -> int:
    """Look from behind the walls, as a reader of a film would."""
    readers, ffmpeg = packages(), program()
    walls = close_in(
        memory_mb=FILM_MB, cpu_seconds=_SECONDS, file_mb=OUT_MB,
        readable=readable_places(*((ffmpeg,) if ffmpeg else ())), begets=True,
    )  # fmt: skip
    print(json.dumps({"readers": {**readers, "ffmpeg": runs(ffmpeg) if ffmpeg else None}, "walls": walls}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
