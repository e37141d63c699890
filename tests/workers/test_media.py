"""What is made of pictures, videos and voice notes: shown and heard anew, without metadata, with voices disguised."""

import io

import numpy as np
import pytest
import soundfile
from PIL import Image

from tests.workers import files
from tests.workers.looking import LONGEST, opened
from tests.workers.telling import SPEECH
from workers.media import opening
from workers.media.clean import clean
from workers.media.faults import Refused


def test_a_photo_is_shown_upright_and_without_a_trace_of_place_device_or_owner() -> None:
    original = files.jpeg(1200, 800, orientation=6)
    assert b"Xiaomi" in original and files.OWNER.encode() in original
    cleaned = clean(original, LONGEST)
    assert (cleaned.kind, cleaned.quarantined, cleaned.shown_type) == ("photo", False, "image/jpeg")
    for data, longest in ((cleaned.shown, 1200), (cleaned.thumbnail, 480)):
        shown = opened(data)
        assert shown.format == "JPEG" and max(shown.size) == longest and shown.height > shown.width
        assert dict(shown.getexif()) == {} and not {"exif", "icc_profile", "comment", "xmp"} & set(shown.info)
        assert b"Xiaomi" not in (data or b"") and files.OWNER.encode() not in (data or b"")
    brighter_below = opened(cleaned.shown).convert("L")  # what was right lies below once it is turned
    assert np.asarray(brighter_below)[-100:].mean() > np.asarray(brighter_below)[:100].mean() + 50


def test_a_large_photo_becomes_smaller() -> None:
    assert opened(clean(files.jpeg(5000, 3000), LONGEST).shown).size == (2560, 1536)


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGBA"), ("GIF", "P"), ("WEBP", "RGB"), ("AVIF", "RGB"), ("BMP", "RGB"), ("PNG", "1")]
)
def test_photos_of_every_format_become_jpeg(form: str, mode: str) -> None:
    cleaned = clean(files.image(form, mode), LONGEST)
    assert (cleaned.kind, cleaned.reason) == ("photo", None)
    assert opened(cleaned.shown).size == (800, 600)


def test_photos_of_iphones_are_shown_too() -> None:
    cleaned = clean(files.HEIC, LONGEST)
    assert b"Apple" in files.HEIC and b"Apple" not in (cleaned.shown or b"")
    assert (cleaned.kind, opened(cleaned.shown).size) == ("photo", (64, 48))


def test_what_was_transparent_is_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (90, 90), (0, 0, 0, 0)).save(out, "PNG")
    assert np.asarray(opened(clean(out.getvalue(), LONGEST).shown)).min() > 250


def test_a_video_is_made_anew_with_its_sound_and_without_its_metadata() -> None:
    original = files.film()
    assert files.OWNER.encode() in original and files.PHONE.encode() in original and b"+26.4531" in original
    cleaned = clean(original, LONGEST)
    assert (cleaned.kind, cleaned.quarantined, cleaned.reason) == ("video", False, None)
    assert cleaned.shown_type == "video/mp4" and cleaned.seconds == pytest.approx(2, abs=0.3)
    assert cleaned.shown is not None and cleaned.shown[4:8] == b"ftyp"
    for secret in (files.OWNER.encode(), files.PHONE.encode(), b"26.4531", b"Lavf", b"x264 - core"):
        assert secret not in cleaned.shown
    assert max(opened(cleaned.thumbnail).size) == 480
    assert len(opening.sound(cleaned.shown, "mov", LONGEST)) > 16_000


def share_near(hertz: float, samples: np.ndarray) -> float:
    """How much of a sound lies within 1 % of a pitch."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    pitch = np.fft.rfftfreq(len(samples), 1 / 8000)
    return float(power[np.abs(pitch / hertz - 1) < 0.01].sum() / power.sum())


def heard_in(film: bytes | None) -> np.ndarray:
    return np.frombuffer(opening.sound(film or b"", "mov", LONGEST), "<i2").astype(float)


def test_the_sound_of_a_video_is_disguised_and_stays_with_its_pictures() -> None:
    original = files.film(seconds=6)
    cleaned = clean(original, LONGEST)
    true, disguised = heard_in(original), heard_in(cleaned.shown)
    assert share_near(440, true) > 0.9 and share_near(440, disguised) < 0.3
    assert np.abs(disguised).max() > 1000
    assert len(disguised) / 8000 == pytest.approx(6, abs=0.3) and cleaned.seconds == pytest.approx(6, abs=0.3)


def test_the_sound_of_a_video_begins_when_it_began() -> None:
    late = files.made(
        "late.mp4", "-f", "lavfi", "-i", "testsrc=s=320x240:d=4:r=10", "-itsoffset", "2", "-f", "lavfi",
        "-i", "sine=d=2", "-pix_fmt", "yuv420p",
    )  # fmt: skip
    heard = np.abs(heard_in(clean(late, LONGEST).shown))
    assert heard[: 8000 * 1].max() < 100 and heard[8000 * 3 : 8000 * 3 + 4000].max() > 1000


def test_a_video_without_sound_is_shown_without_sound_and_nothing_is_said_of_it() -> None:
    cleaned = clean(files.made("mute.mp4", "-f", "lavfi", "-i", "testsrc=s=320x240:d=1"), LONGEST)
    assert (cleaned.kind, cleaned.reason, cleaned.quarantined) == ("video", None, False)
    with pytest.raises(Refused, match="no_sound"):
        heard_in(cleaned.shown)


@pytest.mark.parametrize("broken", ["workers.media.clean.disguise", "workers.media.opening.Track"])
def test_a_voice_that_cannot_be_disguised_is_left_out_of_the_video(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broken, lambda *_: 1 / 0)
    cleaned = clean(files.film(), LONGEST)
    assert (cleaned.reason, cleaned.quarantined) == ("sound_left_out", False)
    with pytest.raises(Refused, match="no_sound"):
        heard_in(cleaned.shown)


def test_a_disguised_voice_that_cannot_be_joined_is_left_out_of_the_video(monkeypatch: pytest.MonkeyPatch) -> None:
    real = opening.Track
    monkeypatch.setattr("workers.media.opening.Track", lambda samples, _: real(samples, 1000.0))
    cleaned = clean(files.film(), LONGEST)
    assert (cleaned.reason, cleaned.shown is not None) == ("sound_left_out", True)
    with pytest.raises(Refused, match="no_sound"):
        heard_in(cleaned.shown)


@pytest.mark.parametrize("name", ["a.3gp", "a.webm", "a.mkv", "a.mov"])
def test_videos_of_other_telephones_become_mp4(name: str) -> None:
    words = ("-f", "lavfi", "-i", "testsrc=s=352x288:d=1")
    cleaned = clean(files.made(name, *words, *(("-c:v", "h263") if name == "a.3gp" else ())), LONGEST)
    assert (cleaned.kind, cleaned.shown_type, cleaned.reason) == ("video", "video/mp4", None)


def test_of_a_long_video_the_beginning_is_shown_and_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.media.clean.LONGEST_FILM", 1)
    cleaned = clean(files.film(), LONGEST)
    assert cleaned.reason == "shortened" and not cleaned.quarantined
    assert cleaned.seconds == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(lambda: files.clip_as("OGG", "OPUS"), id="ogg opus"),
        pytest.param(lambda: files.clip_as("OGG", "VORBIS"), id="ogg vorbis"),
        pytest.param(lambda: files.clip_as("MP3", "MPEG_LAYER_III"), id="mp3"),
        pytest.param(lambda: files.speech_as("a.m4a"), id="m4a"),
        pytest.param(lambda: files.speech_as("a.amr"), id="amr"),
        pytest.param(lambda: (SPEECH / "drugs_hi.wav").read_bytes(), id="wav"),
    ],
)
def test_voice_notes_of_every_format_become_telephone_samples(sound: object) -> None:
    cleaned = clean(sound(), LONGEST)  # type: ignore[operator]
    assert (cleaned.kind, cleaned.quarantined, cleaned.shown) == ("voice", False, None)
    samples = np.frombuffer(cleaned.samples or b"", "<i2")
    wanted = soundfile.info(SPEECH / "drugs_hi.wav").duration
    assert len(samples) / 8000 == pytest.approx(wanted, abs=0.2) and np.abs(samples.astype(int)).max() > 2000


def test_of_a_long_voice_note_the_beginning_is_heard() -> None:
    cleaned = clean(files.clip_as("OGG", "OPUS"), 3)
    assert (cleaned.reason, cleaned.seconds) == ("shortened", 3.0)
