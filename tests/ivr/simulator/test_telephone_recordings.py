"""What the telephone records: what ends a recording, what is announced of it, and what silence does."""

import numpy as np
import pytest

from ivr.simulator.fault import WrongMoment
from ivr.simulator.sound import silence, tone
from ivr.simulator.store import Store
from tests.ivr.simulator.lines import HANGUP, TELL, line, phone, tell


def test_a_recording_is_announced_to_the_action_and_then_to_the_callback() -> None:
    store, tips = Store(), tell()
    call = phone(tips, store).call()
    call.speak(tone(4.0))
    assert tips.paths() == ["/voice", "/voice/told", "/voice/recording", "/voice/status"]
    told, ready = tips.last("/voice/told").form, tips.last("/voice/recording").form
    assert (told["Digits"], told["RecordingDuration"], told["RecordingSid"]) == ("#", "4", call.recordings[0])
    assert "From" not in ready and "To" not in ready
    assert (ready["RecordingStatus"], ready["RecordingSource"], ready["ErrorCode"]) == ("completed", "RecordVerb", "0")
    assert store.recordings[call.recordings[0]].wav[:4] == b"RIFF"


def test_hanging_up_while_recording_still_asks_the_action_and_ignores_its_answer() -> None:
    tips = tell(voice__told="<Redirect>/voice/never</Redirect>")
    call = phone(tips).call()
    call.speak(tone(3.0), finish="hangup")
    form = tips.last("/voice/told").form
    assert (form["Digits"], form["CallStatus"]) == ("hangup", "completed")
    assert "/voice/never" not in tips.paths() and call.ended


def test_hanging_up_while_being_asked_sends_only_the_status() -> None:
    tips = line()
    call = phone(tips).call()
    call.hang_up()
    assert tips.paths() == ["/voice", "/voice/status"]


def test_silence_ends_a_recording_and_no_key_is_told() -> None:
    tips = tell()
    phone(tips).call().speak(tone(2.0), finish="silence")
    form = tips.last("/voice/told").form
    assert (form["Digits"], form["RecordingDuration"]) == ("", "5")


def test_a_thinking_pause_longer_than_the_timeout_ends_the_recording_too() -> None:
    store, tips = Store(), tell()
    call = phone(tips, store).call()
    call.speak(np.concatenate([tone(2.0), silence(3.5), tone(6.0)]))
    assert tips.last("/voice/told").form["RecordingDuration"] == "5"
    assert tips.last("/voice/told").form["Digits"] == ""


def test_a_recording_is_cut_at_its_longest() -> None:
    tips = tell()
    phone(tips).call().speak(tone(30.0))
    assert tips.last("/voice/told").form["RecordingDuration"] == "20"


def test_the_end_of_a_recording_may_be_lost_and_silence_may_be_trimmed() -> None:
    store, tips = Store(), tell(voice=TELL.replace("do-not-trim", "trim-silence"))
    call = phone(tips, store, lost_tail=1.0).call()
    call.speak(np.concatenate([silence(2.0), tone(4.0)]))
    assert tips.last("/voice/told").form["RecordingDuration"] == "5"
    assert tips.last("/voice/recording").form["RecordingDuration"] == "3"


def test_a_key_that_does_not_finish_a_recording_changes_nothing() -> None:
    tips = tell()
    call = phone(tips).call()
    call.press("5")
    assert call.recording and call.lost_keys == "5"
    call.press("#")
    form = tips.last("/voice/told").form
    assert (form["Digits"], form["RecordingDuration"]) == ("#", "0")


def test_a_silent_recording_is_kept_or_skipped_or_absent() -> None:
    fall = TELL + "<Redirect>/voice/silence</Redirect>"
    kept = tell()
    phone(kept).call().wait()
    assert kept.last("/voice/told").form["RecordingDuration"] == "3"
    skipped = tell(voice=fall, voice__silence=HANGUP)
    phone(skipped, silent="next verb").call().wait()
    assert skipped.paths() == ["/voice", "/voice/silence", "/voice/status"]
    absent = tell(voice=TELL.replace("/>", " recordingStatusCallbackEvent='completed absent'/>"))
    phone(absent, silent="absent").call().wait()
    assert absent.last("/voice/recording").form["RecordingStatus"] == "absent"
    assert absent.last("/voice/recording").form["ErrorCode"] != "0"


def test_an_absent_recording_is_not_announced_to_who_did_not_subscribe() -> None:
    tips = tell()
    phone(tips, silent="absent").call().wait()
    assert "/voice/recording" not in tips.paths()


def test_speaking_when_nobody_records_is_an_error_of_the_test() -> None:
    call = phone(line()).call()
    with pytest.raises(WrongMoment):
        call.speak(tone(1.0))
    call.hang_up()
    for act in (call.wait, call.hang_up, lambda: call.press("1")):
        with pytest.raises(WrongMoment):
            act()
