"""What is made of files: real ones, hostile ones, and the cell in which each is opened."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile
from PIL import Image

from settings import ROOT
from tests.workers import files
from tests.workers.telling import SPEECH
from workers.media import able, cell, opening
from workers.media.clean import Cleaned, clean
from workers.media.faults import REASONS, Refused
from workers.media.kinds import Kind, kind_of

LONGEST = 600


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    shown = Image.open(io.BytesIO(data))
    shown.load()
    return shown


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


def test_a_document_is_shown_as_pictures_of_its_pages_and_its_script_is_gone() -> None:
    original = files.pdf(3)
    assert b"JavaScript" in original and files.OWNER.encode() in original
    cleaned = clean(original, LONGEST)
    assert (cleaned.kind, cleaned.shown_type, cleaned.reason) == ("document", "image/jpeg", None)
    shown = opened(cleaned.shown)
    assert shown.width == 1000 and 3 * 1400 < shown.height < 3 * 1450
    assert b"JavaScript" not in (cleaned.shown or b"") and files.OWNER.encode() not in (cleaned.shown or b"")


def test_of_a_long_document_the_first_pages_are_shown() -> None:
    assert clean(files.pdf(40), LONGEST).reason == "shortened"


def test_a_document_with_a_password_says_so() -> None:
    encrypted = files.pdf(1).replace(
        b"/Root 1 0 R",
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <" + b"28" * 32 + b"> /U <" + b"28" * 32 + b"> /P -4 >> "
        b"/ID [<00> <00>] /Root 1 0 R",
    )
    assert clean(encrypted, LONGEST) == Cleaned("document", quarantined=True, reason="locked")


def test_a_contact_card_is_kept_and_nothing_of_it_is_shown() -> None:
    for card in (files.CARD, b"\xef\xbb\xbf" + files.CARD, files.CARD.lower()):
        assert clean(card, LONGEST) == Cleaned("contact")


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (b"", "file", "empty"),
        (files.zip_bomb(), "file", "type_not_opened"),
        (files.HTML, "file", "type_not_opened"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file", "type_not_opened"),
        (b"MZ\x90\x00" + bytes(500), "file", "type_not_opened"),
        (b"\x7fELF" + bytes(500), "file", "type_not_opened"),
        (b"PK\x03\x04\x14\x00\x06\x00" + bytes(26) + b"word/document.xml" + bytes(500), "file", "type_not_opened"),
        (b"just words", "file", "type_not_opened"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "file", "type_not_opened"),
        (files.png_bomb(), "photo", "too_many_pixels"),
        (b"\xff\xd8\xff\xe0" + os.urandom(2000), "photo", "damaged"),
        (files.jpeg()[:6000], "photo", "damaged"),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(500), "photo", "damaged"),
        (b"%PDF-1.7\n" + os.urandom(500), "document", "damaged"),
        (b"OggS" + os.urandom(500), "voice", "damaged"),
        (b"\x00\x00\x00\x18ftypmp42" + os.urandom(2000), "video", "damaged"),
    ],
)
def test_what_is_damaged_or_dangerous_is_quarantined_with_a_reason(data: bytes, kind: str, reason: str) -> None:
    assert clean(data, LONGEST) == Cleaned(kind, quarantined=True, reason=reason)
    assert reason in REASONS


def test_half_a_video_is_quarantined_or_shown_as_far_as_it_goes() -> None:
    whole = files.film(seconds=3)
    cleaned = clean(whole[: len(whole) // 2], LONGEST)
    assert cleaned.quarantined or (cleaned.seconds or 0) < 3


def test_a_file_that_is_two_things_is_what_the_strict_reader_makes_of_it() -> None:
    polyglot = files.gif_and_html()
    cleaned = clean(polyglot, LONGEST)
    assert (cleaned.kind, cleaned.shown_type) == ("photo", "image/jpeg")
    assert b"<script>" in polyglot and b"<script>" not in (cleaned.shown or b"")


def test_a_playlist_dressed_as_a_video_reads_no_file_of_ours() -> None:
    reference = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"#EXTM3U\nfile:///etc/passwd\n"
    assert clean(reference, LONGEST).quarantined


# --- the cell
def test_a_reader_that_dies_is_tried_once_more_and_then_the_file_is_quarantined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = []
    real = opening._cell

    def counted(words: object, data: bytes, patience: int, track: object) -> object:
        runs.append(words)
        return real(words, data, patience, track)  # type: ignore[arg-type]

    monkeypatch.setattr(opening, "_cell", counted)
    monkeypatch.setattr(cell, "PICTURE_MB", 0)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Refused, match="reader_died"):
        opening.picture("photo", files.jpeg(), "JPEG")
    assert len(runs) == 2


def test_a_file_that_keeps_its_reader_busy_is_quarantined_and_the_reader_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(opening.PATIENCE, "film", 1)
    began = time.monotonic()
    long = files.made("long.mp4", "-f", "lavfi", "-i", "testsrc2=s=1280x720:d=20:r=30", "-preset", "ultrafast")
    began = time.monotonic()
    assert clean(long, LONGEST).reason == "took_too_long"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("how", ["and waits for it", "and goes"])
def test_what_a_reader_has_started_without_walls_ends_with_it(
    how: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started, reader = tmp_path / "started", tmp_path / "reader"
    waits = "wait" if how == "and waits for it" else "exit 0"
    reader.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {started}.part; mv {started}.part {started}; {waits}\n")
    reader.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(reader))
    monkeypatch.setitem(opening.PATIENCE, "photo", 2)
    with pytest.raises(Refused):
        opening.picture("photo", files.jpeg(), "JPEG")
    child = int(started.read_text())
    for _ in range(100):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    raise AssertionError("what the reader had started goes on")


def test_a_machine_without_the_reader_is_a_problem_and_not_the_files_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "_cell", lambda *_: (cell.UNABLE, opening.Seen(b"", "ImportError")))
    with pytest.raises(opening.CannotRead) as caught:
        clean(files.jpeg(), LONGEST)
    assert caught.value.problem == "media_reader_missing"


WALLED = """
import ctypes, json, os, platform, resource, socket, subprocess, sys, threading
from workers.media.walls import close_in
from workers.media.cell import readable_places
import workers.media.pictures
secret, told = sys.argv[1], {}
close_in(memory_mb=700, cpu_seconds=20, file_mb=1, readable=readable_places())
def tried(name, what):
    try: what(); told[name] = "done"
    except BaseException as fault: told[name] = type(fault).__name__
tried("network", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
tried("unix socket", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
tried("secret", lambda: open(secret).read())
tried("write", lambda: open(secret + ".new", "w").write("x"))
tried("list", lambda: os.listdir(os.path.dirname(secret)))
tried("kill", lambda: os.kill(os.getppid(), 0))
libc = ctypes.CDLL(None, use_errno=True)
def called(number, *words):
    if libc.syscall(number, *words) < 0:
        raise OSError(ctypes.get_errno(), "refused")
parent, room = os.getppid(), ctypes.create_string_buffer(128)
numbers = {"x86_64": (200, 234, 129, 297, 302), "aarch64": (130, 131, 138, 240, 261)}[platform.machine()]
tkill, tgkill, queue, queue_thread, limits = numbers
tried("tkill", lambda: called(tkill, parent, 0))
tried("tgkill", lambda: called(tgkill, parent, parent, 0))
tried("rt_sigqueueinfo", lambda: called(queue, parent, 0, room))
tried("rt_tgsigqueueinfo", lambda: called(queue_thread, parent, parent, 0, room))
tried("pidfd_send_signal", lambda: called(424, 0, 0, 0, 0))
tried("pidfd_getfd", lambda: called(438, 0, 0, 0))
tried("prlimit64", lambda: called(limits, parent, resource.RLIMIT_CPU, room, None))
tried("prlimit64 of its parent by Python", lambda: resource.prlimit(parent, resource.RLIMIT_CPU, (1, 1)))
tried("fork", lambda: os._exit(0) if os.fork() == 0 else None)
tried("a program", lambda: subprocess.run(["/bin/true"]))
tried("a signal to itself", lambda: called(tgkill, os.getpid(), threading.get_native_id(), 0))
tried("a limit of its own", lambda: resource.prlimit(0, resource.RLIMIT_CPU))
thread = threading.Thread(target=lambda: told.update(thread="ran"))
thread.start(); thread.join()
tried("memory", lambda: bytearray(900 * 1024 * 1024))
told["limits"] = [resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_CPU", "RLIMIT_CORE")]
told["environment"] = sorted(os.environ)
print(json.dumps(told))
"""


# What touches other processes, or begets one.
OTHERS = (
    "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal", "pidfd_getfd", "prlimit64",
    "prlimit64 of its parent by Python", "fork", "a program",
)  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")
def test_behind_its_walls_a_reader_has_no_network_no_files_and_little_memory(tmp_path: object) -> None:
    secret = tmp_path / "seal.key"  # type: ignore[operator]
    secret.write_text("secret")
    ran = subprocess.run(
        [sys.executable, "-c", WALLED, str(secret)], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    told = __import__("json").loads(ran.stdout)
    for what in ("network", "unix socket", "secret", "write", "list", *OTHERS):
        assert told[what] == "PermissionError", what
    assert (told["a signal to itself"], told["a limit of its own"], told["thread"]) == ("done", "done", "ran")
    assert told["memory"] == "MemoryError"
    assert told["limits"] == [20, 0]


def test_a_reader_is_given_none_of_the_workers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}
    real = subprocess.Popen

    def watched(*words: object, **named: object) -> object:
        seen.update(named)
        return real(*words, **named)  # type: ignore[call-overload]

    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret")
    monkeypatch.setattr(subprocess, "Popen", watched)
    clean(files.jpeg(), LONGEST)
    assert set(seen["env"]) == {"PATH", "LANG", "PYTHONDONTWRITEBYTECODE"}  # type: ignore[call-overload]


def test_descriptors_are_given_back() -> None:
    clean(files.jpeg(), LONGEST)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for data in (files.jpeg(), b"\xff\xd8\xff\xe0xxxx", b""):
        clean(data, LONGEST)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_types_are_told_by_content_and_not_by_name() -> None:
    assert kind_of(files.jpeg()) == Kind("photo", "JPEG")
    assert kind_of(b"") == kind_of(b"\x00" * 100) == Kind("file")


def test_a_reader_that_cannot_be_loaded_is_known_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(able.packages().values()) and able.runs(able.program() or "")
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    assert able.packages()["PDFium"] is None and able.packages()["Pillow"]
    assert able.program() is None and able.runs("/bin/false") is None and able.runs("/nowhere") is None
