"""Files made here hold what a telephone writes into them: otherwise nothing would show that we take it out."""

import io

import soundfile
from PIL import ExifTags, Image

from ivr.simulator.darkroom import CAMERA_MODEL, CAMERA_SERIAL, contact_card, photo, voice_note
from settings import ROOT


def test_a_photo_tells_where_and_by_which_device_it_was_taken() -> None:
    taken = photo("दुकान")
    exif = Image.open(io.BytesIO(taken)).getexif()
    assert exif[ExifTags.Base.Model] == CAMERA_MODEL
    assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] == CAMERA_SERIAL
    assert exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude][:2] == (26.0, 26.0)
    assert CAMERA_SERIAL.encode() in taken and len(taken) < 40_000


def test_a_voice_note_is_opus_and_as_long_as_the_speech() -> None:
    clip = ROOT / "ivr" / "simulator" / "speech" / "drugs_hi.wav"
    note = voice_note(clip)
    info = soundfile.info(io.BytesIO(note))
    assert (info.format, info.subtype) == ("OGG", "OPUS")
    assert abs(info.duration - soundfile.info(clip).duration) < 0.1


def test_a_contact_card_is_a_vcard() -> None:
    assert contact_card("A B", "+911").startswith(b"BEGIN:VCARD\r\n")
