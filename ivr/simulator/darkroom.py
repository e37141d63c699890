"""Files as a telephone makes them, invented anew each time: photos with what a camera writes into them, voice notes.

The photo carries EXIF: place, maker, model, serial number; a telephone's own words about itself, for nobody to read.
Never does: use anything of a real person or device.
"""

import io
from pathlib import Path

import numpy as np
import soundfile
import soxr
from PIL import ExifTags, Image, ImageDraw

CAMERA_MAKER, CAMERA_MODEL, CAMERA_SERIAL = "Kaveri Mobile", "Kaveri K7 Canary", "KVR7SERIAL40817"
PLACE = (26.449912, 80.331877)  # decimal degrees
_OPUS_RATE = 16_000


def photo(words: str = "", *, size: tuple[int, int] = (640, 480), place: tuple[float, float] = PLACE) -> bytes:
    """A JPEG of a made-up street, with EXIF. `words` are painted on a shop sign."""
    image = Image.new("RGB", size, (203, 219, 235))
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((0, height * 2 // 3, width, height), fill=(120, 116, 110))
    for number in range(4):
        left = number * width // 4
        top = height // 4 + (number * 37) % (height // 5)
        draw.rectangle((left + 4, top, left + width // 4 - 4, height * 2 // 3), fill=(170 - 20 * number, 130, 100))
        draw.rectangle((left + 30, height // 2, left + 70, height * 2 // 3), fill=(60, 50, 45))
    draw.text((12, 12), words, fill=(20, 20, 20))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, exif=_exif(place))
    return out.getvalue()


def _exif(place: tuple[float, float]) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = CAMERA_MAKER, CAMERA_MODEL
    exif[ExifTags.Base.DateTime] = "2026:03:14 15:09:26"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.BodySerialNumber] = CAMERA_SERIAL
    details[ExifTags.Base.UserComment] = b"ASCII\0\0\0" + CAMERA_SERIAL.encode()
    where = exif.get_ifd(ExifTags.IFD.GPSInfo)
    where[ExifTags.GPS.GPSLatitudeRef], where[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    where[ExifTags.GPS.GPSLatitude], where[ExifTags.GPS.GPSLongitude] = (_sexagesimal(degrees) for degrees in place)
    return exif


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = (degrees % 1) * 60
    return float(int(degrees)), float(int(minutes)), round((minutes % 1) * 60, 3)


def voice_note(sound: Path) -> bytes:
    """A sound file as WhatsApp sends voice notes: OGG with Opus. OSError, RuntimeError when it cannot be read."""
    samples, rate = soundfile.read(sound, dtype="float32", always_2d=True)
    mono = soxr.resample(samples.mean(axis=1), rate, _OPUS_RATE)
    out = io.BytesIO()
    soundfile.write(out, np.clip(mono, -1, 1), _OPUS_RATE, format="OGG", subtype="OPUS")
    return out.getvalue()


def contact_card(name: str, number: str) -> bytes:
    """A vCard, as telephones share contacts."""
    lines = ("BEGIN:VCARD", "VERSION:3.0", f"N:;{name};;;", f"FN:{name}", f"TEL;type=CELL:{number}", "END:VCARD", "")
    return "\r\n".join(lines).encode()
