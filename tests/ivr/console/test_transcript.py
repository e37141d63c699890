"""How the heard words become the pieces of a page."""

from ivr.console.transcript import is_demonstration, is_doubtful, pieces
from tests.ivr.console.desk import WORDS


def test_each_word_tells_how_sure_the_machine_was() -> None:
    assert [piece.sureness for piece in pieces(WORDS)[:6]] == ["sure", "sure", "doubtful", "guess", "sure", "sure"]
    assert pieces(WORDS)[3].percent == 55


def test_a_hidden_word_is_a_gap_with_its_kind_and_times() -> None:
    gap = pieces(WORDS)[-1]
    assert (gap.text, gap.hidden, gap.start, gap.end) == ("", "phone", 2.1, 2.9)


def test_a_kind_of_hidden_word_without_a_name_of_ours_is_still_a_gap() -> None:
    (gap,) = pieces([{"hidden": "shoe size", "start": 0.0, "end": 1.0}])
    assert gap.hidden == "other"


def test_only_a_low_mean_marks_a_tip_and_no_transcript_does_not() -> None:
    assert is_doubtful(0.6)
    assert not is_doubtful(0.95)
    assert not is_doubtful(None)


def test_starter_models_are_told_from_real_ones() -> None:
    assert is_demonstration("starter-hi")
    assert not is_demonstration("hi")  # a folder of that name is somebody's own model
    assert not is_demonstration("vosk-model-small-hi-0.22")
    assert not is_demonstration(None)
