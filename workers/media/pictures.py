"""Reads a photo or a document in a cell and draws it anew: pixels in, two JPEG files out.

Never does: run outside a cell; keep anything of a file but what can be seen: no EXIF, place, device, colour profile,
comment, script or further frame.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from workers.media.faults import LOCKED, SHORTENED, TOO_MANY_PIXELS, Refused

LONGEST_SIDE, THUMBNAIL = 2560, 480
MOST_PIXELS = 120_000_000  # telephones make photos of 108 million
PAGES, PAGE_WIDTH, PAGE_HEIGHT, STRIP_HEIGHT = 12, 1000, 3000, 30_000
_BETWEEN_PAGES, _GREY = 12, (120, 120, 120)


@dataclass(frozen=True)
class Drawn:
    """Two JPEG files, and a remark (SHORTENED: not all of it is shown) or None."""

    shown: bytes
    thumbnail: bytes
    remark: str | None = None


def photo(data: bytes, form: str) -> Drawn:
    """A photo of one named format, upright, at most LONGEST_SIDE pixels long. Raises Refused or any reader's error."""
    if form == "HEIF":
        import pi_heif

        pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # our own limit comes first, and says so
    with Image.open(io.BytesIO(data), formats=[form]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(TOO_MANY_PIXELS)
        orientation = picture.getexif().get(0x0112, 1)
        if form == "JPEG":
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
        return _drawn(_upright(_flat(picture), orientation))


def document(data: bytes, _form: str) -> Drawn:
    """The first PAGES pages of a PDF, one below the other. Raises Refused or any reader's error."""
    import pypdfium2

    try:
        pages = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as fault:
        raise (Refused(LOCKED) if "password" in str(fault).lower() else fault) from None
    drawn = [_page(pages[number]) for number in range(min(len(pages), PAGES))]
    width = max(page.width for page in drawn)
    height = sum(page.height + _BETWEEN_PAGES for page in drawn) - _BETWEEN_PAGES
    strip = Image.new("RGB", (width, min(height, STRIP_HEIGHT)), _GREY)
    top = 0
    for page in drawn:
        strip.paste(page, ((width - page.width) // 2, top))
        top += page.height + _BETWEEN_PAGES
    cut = len(pages) > PAGES or height > STRIP_HEIGHT
    return Drawn(_jpeg(strip), _jpeg(_within(drawn[0], THUMBNAIL)), SHORTENED if cut else None)


def _page(page: object) -> Image.Image:
    width, height = page.get_size()  # type: ignore[attr-defined]  # the library has no types for this
    scale = min(PAGE_WIDTH / max(width, 1), PAGE_HEIGHT / max(height, 1), 4.0)
    drawn: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()  # type: ignore[attr-defined]
    return drawn.convert("RGB")


def _flat(picture: Image.Image) -> Image.Image:
    """Plain RGB pixels, what was transparent on white; nothing else of the picture comes along."""
    is_clear = picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGBA" if is_clear else "RGB")
    elif picture.mode != "RGBA" and is_clear:
        picture = picture.convert("RGBA")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    small = picture
    if is_clear:
        small = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small)
    plain = Image.new("RGB", small.size)
    plain.paste(small.convert("RGB"))
    return plain


def _upright(picture: Image.Image, orientation: object) -> Image.Image:
    if orientation not in range(2, 9):
        return picture
    picture.getexif()[0x0112] = orientation
    return ImageOps.exif_transpose(picture)


def _drawn(picture: Image.Image) -> Drawn:
    return Drawn(_jpeg(picture), _jpeg(_within(picture, THUMBNAIL)))


def _within(picture: Image.Image, longest: int) -> Image.Image:
    small = picture.copy()
    small.thumbnail((longest, longest))
    return small


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, optimize=True, exif=b"", icc_profile=None, comment=b"")
    return out.getvalue()
