"""How the starter models are trained: groups of lessons, other machines' voices, short answers, and the second
stage's quick sums.

Parts that need packages of requirements-train.txt (torch) or Festival are skipped, and say so, where those are not
installed. Never does: train.
"""

import random
import shutil
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from speech.train import diphones, graph, single, vocoder
from speech.train.clips import RATE, Clip, Segment, Shelf
from speech.train.grammar import BACK
from speech.train.phones import SILENCE
from speech.train.text.make import UNKNOWN, Text, plain
from speech.train.text.short import DIGITS, answers, short

_CLIP = Clip(
    "k1",
    ("नाम",),
    "voice",
    (
        Segment(SILENCE, 0.0, 0.2, -1),
        *(Segment(phone, 0.2 + 0.1 * at, 0.3 + 0.1 * at, 0) for at, phone in enumerate(("n", "a", "m"))),
        Segment(SILENCE, 0.5, 0.8, -1),
    ),
)


def _buzz() -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    at = np.arange(int(0.8 * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * 120 * part * at) / part for part in range(1, 12)) * (at > 0.2) * (at < 0.5)
    return (wave * 6000).astype(np.int16)


def test_groups_of_lessons_have_one_width_and_every_lesson_comes() -> None:
    pytest.importorskip("scipy", reason="scipy is in requirements-train.txt only")
    from speech.train.lessons import Lessons, width

    lengths = np.random.default_rng(1).integers(30, 900, 300)
    starts = np.cumsum([0, *lengths])
    nothing = np.zeros((int(starts[-1]), 1), np.float16)
    told = Lessons((SILENCE,), nothing, starts, np.zeros(0, np.int16), np.zeros(301, np.int64))
    sizes = defaultdict(set)
    seen: set[int] = set()
    for group in told.batches(np.random.default_rng(2), 3000):
        (wide,) = {width(int(lengths[at])) for at in group}
        assert wide * len(group) <= 3000 and all(wide / 1.07 - 2 < lengths[at] <= wide or wide == 36 for at in group)
        sizes[wide].add(len(group))
        seen |= set(group)
    assert seen == set(range(300)) and all(len(each) == 1 for each in sizes.values())


def test_some_recordings_are_cut_close_to_the_words_and_keep_their_phones() -> None:
    telephone = pytest.importorskip("speech.train.telephone", reason="scipy is in requirements-train.txt only")
    chance, sound, ends = np.random.default_rng(3), _buzz(), []
    for _ in range(60):
        wave, said = telephone.called(sound, _CLIP.segments, chance)
        assert [one.phone for one in said if one.word >= 0] == ["n", "a", "m"]
        assert said[0].start == 0 and said[-1].end == pytest.approx(len(wave) / 8000, abs=0.001)
        assert all(one.start <= one.end for one in said)
        ends.append((said[0].end if said[0].word < 0 else 0.0, said[-1].end - said[-2].end if said[-1].word < 0 else 0))
    assert 3 < sum(max(both) < 0.06 for both in ends) < 25
    assert sum(min(both) > 0.1 for both in ends) > 20


def test_who_cuts_by_loudness_takes_the_soft_edges_and_leaves_the_loud_middle() -> None:
    telephone = pytest.importorskip("speech.train.telephone", reason="scipy is in requirements-train.txt only")
    wave = np.concatenate([np.full(800, 1.0), np.full(1600, 1000.0), np.full(800, 20.0), np.full(800, 1.0)])
    assert telephone._loud(wave, (0.0, 0.5), 20) == pytest.approx((0.1, 0.3))
    assert telephone._loud(wave, (0.0, 0.5), 40) == pytest.approx((0.1, 0.4))
    assert telephone._loud(wave, (0.05, 0.25), 40) == pytest.approx((0.1, 0.25))
    assert telephone._loud(wave, (0.1, 0.105), 40) == (0.1, 0.105)


def test_peoples_words_are_cut_out_one_by_one_with_their_phones_and_little_else(tmp_path: Path) -> None:
    spoken = (("w", 0.5), ("ʌ", 0.6), ("n", 0.75), ("ə", 0.85), ("k", 0.9), ("æ", 1.0), ("t", 1.2))
    ends = [start for _, start in spoken[1:]] + [1.3]
    of = (0, 0, 0, 1, 2, 2, 2)
    said = [Segment(phone, start, end, at) for (phone, start), end, at in zip(spoken, ends, of, strict=True)]
    whole = (Segment(SILENCE, 0.0, 0.5, -1), *said, Segment(SILENCE, 1.3, 1.31, -1))
    clip = Clip("p1", ("one", "a", "cat"), "queen:joe", whole)
    sound = np.full(int(1.31 * RATE), 1000, np.int16)
    people, machines, shelf = (Shelf(tmp_path / name) for name in ("people", "machines", "single"))
    people.add(clip, sound)
    machines.add(Clip("f1", clip.words, "flite:slt", whole), sound)
    single.shelve(shelf, [people, machines])
    one, cat = shelf
    assert [(made.words, [part.phone for part in made.segments]) for made, _ in (one, cat)] == [
        (("one",), [SILENCE, "w", "ʌ", "n", SILENCE]),
        (("cat",), [SILENCE, "k", "æ", "t", SILENCE]),
    ]
    assert len(one[1]) / RATE == pytest.approx(0.05 + 0.35 + 0.01, abs=0.001)  # of the pause some, of "a" a trace
    assert one[0].times() == [pytest.approx((0.05, 0.4))] and cat[0].times() == [pytest.approx((0.01, 0.41))]


def test_hearing_nothing_costs_once_and_a_word_after_silence_nothing_more() -> None:
    number, words = {SILENCE: 1, "a_B": 2, "b_E": 3, "SPN_B": 4, "SPN_I": 5, "SPN_E": 6}, {"ab": 1, UNKNOWN: 2, BACK: 3}
    lines, _ = graph._sounds({"ab": {("a", "b"): 1.0}}, number, words)
    arcs, ends = defaultdict(list), {}
    for line in lines:
        match line.split():
            case here, there, symbol, _, cost:
                arcs[here].append((there, int(symbol), float(cost)))
            case here, cost:
                ends[here] = float(cost)

    def cheapest(state: str, said: tuple[int, ...]) -> float:
        """Of the ways to say these phones; the grammar's own symbols (beyond the phones) are free."""
        found = [ends.get(state, 1e9)] if not said else []
        for there, symbol, cost in arcs[state]:
            if there != state and (symbol == 0 or symbol > len(number)):
                found.append(cost + cheapest(there, said))
            elif there != state and said and symbol == said[0]:
                found.append(cost + cheapest(there, said[1:]))
        return min(found, default=1e9)

    half = np.log(2)
    assert cheapest("0", (1,)) == pytest.approx(half + graph._NOTHING, abs=1e-3)
    assert cheapest("0", ()) == pytest.approx(half + graph._NOTHING, abs=1e-3)
    assert cheapest("0", (2, 3)) == pytest.approx(2 * half, abs=1e-3)
    assert cheapest("0", (1, 2, 3, 1, 2, 3, 1)) == pytest.approx(3 * half, abs=1e-3)


def test_another_machine_says_the_same_phones_in_its_own_time() -> None:
    for seed in range(5):
        sound, said = vocoder.vocoded(_buzz(), _CLIP.segments, np.random.default_rng(seed))
        assert [(one.phone, one.word) for one in said] == [(one.phone, one.word) for one in _CLIP.segments]
        assert all(before.end == after.start for before, after in pairwise(said))
        assert abs(len(sound) / RATE - said[-1].end) < 0.02
        power = sound.astype(float) ** 2
        first, last = (int(RATE * one) for one in (said[1].start, said[3].end))
        assert power[first:last].mean() > 20 * power[: first // 2].mean()


def test_a_voice_without_our_sounds_says_their_nearest() -> None:
    chance, usual = random.Random(1), dict.fromkeys(("n", "a", "m", SILENCE), 0.1)
    score, moved = diphones._score(_CLIP, diphones.VOICES["dita"], chance, usual)
    assert [sound for sound, _, _ in score] == ["#", "n", "a:", "m", "#"]
    assert sum(lasts for _, lasts, _ in score) == pytest.approx(moved[-1].end)
    assert [one for one, _ in diphones._parts(diphones.VOICES["dita"], "bʰ")] == ["b", "h"]
    assert [one for one, _ in diphones._parts(diphones.VOICES["kal"], "ã")] == ["aa", "n"]


def test_where_a_voice_cannot_join_two_sounds_it_says_another_and_takes_as_long() -> None:
    score = [("k", 0.1, 100.0), ("h", 0.05, 100.0), ("a:", 0.2, 100.0)]
    better, missing = diphones._mended(score, frozenset({"k-ch", "ch-a:"}))
    assert ([sound for sound, _, _ in better], missing) == (["k", "ch", "a:"], 0)
    better, missing = diphones._mended(score, frozenset({"k-a:"}))
    assert ([sound for sound, _, _ in better], missing) == (["k", "a:"], 0)
    assert sum(lasts for _, lasts, _ in better) == pytest.approx(0.35)
    assert diphones._mended(score, frozenset({"k-h"}))[1] == 1


def test_without_the_voices_nothing_is_spoken(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    diphones.speak(shelf, [_CLIP], tmp_path, 10.0, 1)
    assert shelf.seconds() == 0.0


def test_festival_says_a_sentence_where_it_and_a_voice_are(tmp_path: Path) -> None:
    pytest.importorskip("scipy", reason="scipy is in requirements-train.txt only")
    if not shutil.which("festival") or not any(Path("/", one.group).is_file() for one in diphones.VOICES.values()):
        pytest.skip("festival with festvox-kallpc16k or another of the voices is not installed")
    shelf = Shelf(tmp_path)
    diphones.speak(shelf, [_CLIP], Path("/"), 10.0, 1)
    ((clip, sound),) = list(shelf)
    assert clip.words == _CLIP.words and abs(len(sound) / RATE - clip.segments[-1].end) < 0.01


@pytest.mark.parametrize("language", ["hi", "en"])
def test_short_answers_are_written_like_the_others_and_are_spoken_now_and_then(language: str) -> None:
    for answer in (*answers(language), *DIGITS[language]):
        assert plain(answer, language) == answer
    chance = random.Random(2)
    lines = [short(language, chance, "एक दो तीन", ["कुछ", "हुआ"]) for _ in range(300)]
    assert all(0 < len(line.split()) < 6 for line in lines)
    text = Text(language, 4)
    spoken = [text.spoken() for _ in range(400)]
    assert sum(line in DIGITS[language] for line in spoken) > 5


def test_the_quick_sums_are_the_slow_ones() -> None:
    torch = pytest.importorskip("torch", reason="torch is in requirements-train.txt only")
    from speech.train import faster, second_stage

    torch.manual_seed(0)
    after = torch.rand(20, 20, 20)
    model = (torch.ones(20) / 20, after / after.sum(2, keepdim=True))
    quick = faster.Sums(*model)
    if not quick.there:
        pytest.skip("there is no C compiler")
    rights = [np.array([0, 1, 4, 5, 5, 2, 3, 6, 0, 1]), np.array([0, 2, 3, 4, 6, 38])]
    strings, lengths = second_stage.strings_of(rights), torch.tensor([10, 6])
    answered = torch.randn(2, 10, 40)
    slow, fast = (second_stage.compared(answered, lengths, strings, model, one) for one in (None, quick))
    for name in ("loss", "gradient", "right"):
        assert torch.allclose(getattr(slow, name), getattr(fast, name), atol=1e-4), name
