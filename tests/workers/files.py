"""Real files of the kinds that people send, good ones and bad ones, made when a test asks for them.

Never does: keep one on disk, or hold anybody's photo.
"""

import base64
import io
import struct
import subprocess
import zipfile
import zlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image

from tests.workers.telling import SPEECH

OWNER, PHONE = "Secret Owner Sharma", "+919812345678"
HTML = b"<html><script>alert(document.cookie)</script></html>"
CARD = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{OWNER}\r\nTEL;TYPE=CELL:{PHONE}\r\nEND:VCARD\r\n".encode()

# A photo of 64 by 48 pixels as iPhones store them, with "Apple" in its EXIF; nothing installed here could make one.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRp"
    "bG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAAFIAAgAAAAACNAABAAAAAAAAADYAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABo"
    "dmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA"
    "/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMD"
    "IAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAA"
    "AAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNj"
    "AAIAAQABAAAAkG1kYXQAAABOKAGvWOb9pcwawnqKeWJXWs3AxqMoKWQrZCbckPFtKhYDhwyR9YYpAt9Jc27L6LcNr6DjgCpMEXk1wTYX"
    "UeEoV29oW6S2ZEyNI0+rA83wAAAABkV4aWYAAE1NACoAAAAIAAIBDwACAAAABgAAACYBEgADAAAAAQAGAAAAAAAAQXBwbGUA"
)


def picture(width: int = 800, height: int = 600) -> Image.Image:
    """Something that is not one colour: brighter to the right, redder below."""
    across, down = np.meshgrid(np.arange(width) * 255 // width, np.arange(height) * 255 // height)
    return Image.fromarray(np.dstack([down, across, across]).astype(np.uint8))


def jpeg(width: int = 800, height: int = 600, orientation: int = 1) -> bytes:
    """A photo with everything that telephones write into one: place, device, owner, comment."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = orientation, "Xiaomi", OWNER
    exif.get_ifd(0x8825).update({1: "N", 2: (26.0, 27.0, 11.0), 3: "E", 4: (80.0, 19.0, 55.0)})
    out = io.BytesIO()
    picture(width, height).save(out, "JPEG", exif=exif, comment=OWNER.encode(), icc_profile=b"icc " + OWNER.encode())
    return out.getvalue()


def image(form: str, mode: str = "RGB") -> bytes:
    """The same picture in another format."""
    out = io.BytesIO()
    picture().convert(mode).save(out, form)
    return out.getvalue()


def png_bomb() -> bytes:
    """A few kilobytes that announce 40,000 by 40,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(5_000_000)))
        + chunk(b"IEND", b"")
    )


def gif_and_html() -> bytes:
    """A GIF to one reader and a page with a script to another."""
    return image("GIF", "P") + b"/*" + HTML + b"*/"


def zip_bomb() -> bytes:
    """An archive that unpacks to a thousand times its size."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tip.txt", bytes(20_000_000))
    return out.getvalue()


def pdf(pages: int = 2) -> bytes:
    """A document that runs a script when it is opened, and says who wrote it."""
    kids = " ".join(f"{4 + number} 0 R" for number in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\('owned'\\)) >> >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        f"<< /Author ({OWNER}) /Producer (Scanner 9) >>",
        *["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * pages,
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 3 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def clip_as(form: str, subtype: str, name: str = "drugs_hi") -> bytes:
    """A voice note: telephone speech of this project's, as libsndfile encodes it (OGG OPUS, MP3 MPEG_LAYER_III)."""
    samples, rate = soundfile.read(SPEECH / f"{name}.wav", dtype="float32")
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format=form, subtype=subtype)
    return out.getvalue()


@cache
def made(name: str, *words: str) -> bytes:
    """A file as ffmpeg makes it: `words` are said between the program's name and the file's."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / name
        subprocess.run([get_ffmpeg_exe(), "-v", "error", "-y", *words, str(file)], check=True, stdin=subprocess.DEVNULL)
        return file.read_bytes()


def speech_as(name: str) -> bytes:
    """A voice note in a container that libsndfile does not know (a.amr, a.m4a)."""
    more = ("-ar", "8000", "-ac", "1") if name.endswith("amr") else ()
    return made(name, "-i", str(SPEECH / "drugs_hi.wav"), *more)


def film(name: str = "a.mp4", seconds: int = 2) -> bytes:
    """A video with sound that says where and by whom it was made, and brings data of its own along."""
    return made(
        name, "-f", "lavfi", "-i", f"testsrc=s=640x360:d={seconds}:r=15", "-f", "lavfi", "-i", f"sine=d={seconds}",
        "-metadata", "location=+26.4531+080.3319/", "-metadata", f"title={OWNER}", "-metadata:s:v", f"title={OWNER}",
        "-metadata", f"comment={PHONE}", "-pix_fmt", "yuv420p", "-movflags", "use_metadata_tags",
    )  # fmt: skip
