"""A tip's sound: which takes are heard, how they are given, and what is said where there is none."""

import io

import soundfile
from sqlmodel import select

from ivr.parts import Parts
from models.tables import Recording, Transcript
from tests.ivr.console.desk import OFFICE, Desk, lay_tip, put, recording_of, sound, trail_of


def test_only_the_takes_that_count_are_shown_and_heard(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, sent_take=2)
    thrown_away = recording_of(parts, tip)
    second, third = (Recording(tip_id=tip, take=take, seconds=2, sha256="1" * 64) for take in (2, 3))
    second.listening = parts.vault.put_listening(sound())
    put(parts, second, third)
    for take, word in ((second, "दूसरी"), (third, "तीसरी")):
        heard = [{"w": word, "start": 0.0, "end": 0.5, "conf": 1.0}]
        put(
            parts,
            Transcript(
                recording_id=take.id, tip_id=tip, language="hi", model="m", confidence=1, text=word, words=heard
            ),
        )
    page = officer.get(f"/console/tips/{tip}").text
    assert page.index("दूसरी") < page.index("तीसरी")
    assert "स्कूल" not in page
    assert "सुनने के लिए आवाज़ नहीं है" in page  # the third has words only
    assert officer.get(f"/console/sound/{second.id}.wav").status_code == 200
    assert officer.get(f"/console/sound/{third.id}.wav").status_code == 404
    assert officer.get(f"/console/sound/{thrown_away}.wav").status_code == 404


def test_sound_is_given_whole_and_in_pieces_and_leaves_one_trail(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"})
    path = f"/console/sound/{recording_of(parts, tip)}.wav"
    whole = officer.get(path)
    assert whole.status_code == 200
    assert whole.mimetype == "audio/wav"
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert len(soundfile.read(io.BytesIO(whole.data))[0]) == 24_000
    piece = officer.get(path, headers={"Range": "bytes=100-199"})
    assert piece.status_code == 206
    assert piece.headers["Content-Range"] == f"bytes 100-199/{len(whole.data)}"
    assert piece.data == whole.data[100:200]
    assert officer.get(path, headers={"Range": f"bytes={len(whole.data)}-"}).status_code == 416
    assert trail_of(parts, tip) == ["listen"]


def test_of_the_sound_only_the_disguised_copys_rough_length_is_told(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, seconds=30)
    assert "करीब 30 सेकंड।" in officer.get(f"/console/tips/{tip}").text
    unknown = officer.get(f"/console/tips/{lay_tip(parts, {OFFICE: 'to'}, seconds=0)}").text
    assert "सेकंड" not in unknown and "<audio" in unknown


def test_sound_lost_from_the_store_is_not_there_and_breaks_nothing(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"})
    with parts.db.session() as session:
        recording = session.exec(select(Recording).where(Recording.tip_id == tip)).one()
        assert recording.listening is not None
        parts.vault.destroy(recording.listening)
    assert officer.get(f"/console/sound/{recording.id}.wav").status_code == 404
    assert officer.get(f"/console/tips/{tip}").status_code == 200
