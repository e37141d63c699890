"""The letters of a poster: a font with Devanagari and Latin, from the package that brings it or from the machine.

Never does: set Hindi in a font that cannot shape it; without a font no poster is made.
"""

from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from ivr.poster.content import PosterFault

REGULAR, BOLD = 430, 750  # weights taken from a font that has them all
_PACKAGE = "fontpkg_noto_sans_devanagari"
_MACHINE = (Path("/usr/share/fonts/truetype/noto"), Path("/usr/share/fonts/noto"), Path("/usr/share/fonts/google-noto"))


@cache
def letters() -> tuple[bytes, bytes]:
    """The font files of the regular and the bold letters. Raises PosterFault when there is no font."""
    package = find_spec(_PACKAGE)
    if package is not None and package.origin is not None:
        for file in sorted(Path(package.origin).parent.glob("files/*.ttf")):
            return _at_weight(file, REGULAR), _at_weight(file, BOLD)
    for folder in _MACHINE:
        regular, bold = folder / "NotoSansDevanagari-Regular.ttf", folder / "NotoSansDevanagari-Bold.ttf"
        if regular.is_file() and bold.is_file():
            return regular.read_bytes(), bold.read_bytes()
    raise PosterFault(
        "There is no font for Hindi. It comes with the package fontpkg-noto-sans-devanagari of requirements.txt "
        "(./hotline installs it), or as fonts-noto-core of the system."
    )


def _at_weight(file: Path, weight: int) -> bytes:
    """One weight of a font of many: its letters as wide as they are drawn."""
    out = BytesIO()
    instantiateVariableFont(TTFont(file), {"wght": weight, "wdth": 100}, inplace=True).save(out)
    return out.getvalue()
