"""How the starter models are trained: the parts that need neither a voice nor a network.

Parts that need packages of requirements-train.txt (torch, kaldi-native-fbank) are skipped, and say so, where those
are not installed. Never does: train.
"""

import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from settings import ROOT
from speech.train import kaldi
from speech.train.clips import Clip, Segment, Shelf
from speech.train.edges import from_clock, mended
from speech.train.features import CONF, answers, labels
from speech.train.grammar import Grammar
from speech.train.graph import conf as decoding
from speech.train.graph import outputs, placed
from speech.train.lexicon import lexicon
from speech.train.phones import SILENCE, Unit, shared_out, units
from speech.train.spelling import spelled
from speech.train.text.make import UNKNOWN, Text, heldout, plain
from speech.train.text.numbers import Numbers

LANGUAGES = ("hi", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_seed_makes_the_same_sentences_and_another_one_others(language: str) -> None:
    first, again, other = (list(Text(language, seed).sentences(200)) for seed in (5, 5, 6))
    assert first == again
    assert first != other


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_written_as_the_recogniser_writes_them(language: str) -> None:
    for line in (*Text(language, 1).sentences(3000), *Text(language, 1).fixed):
        told = line.replace(UNKNOWN, "")
        assert plain(told, language) == " ".join(told.split()), line


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_tips_come_filled_written_like_the_others_and_never_held_out(language: str) -> None:
    told = list(Text(language, 1).told(2))
    assert len(told) > 1000
    assert all(plain(line, language) == line for line in told)
    assert not set(told) & set(heldout(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_held_out_sentence_is_ever_made(language: str) -> None:
    kept = set(heldout(language))
    assert len(kept) >= 300
    text = Text(language, 3)
    assert not kept & set(text.fixed)
    assert not kept & set(text.sentences(20_000))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_that_is_held_out_is_left_out_even_if_a_pattern_makes_it(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = Text(language, 9).sentence()
    monkeypatch.setattr("speech.train.text.make.heldout", lambda _language: (once,))
    assert once not in set(Text(language, 9).sentences(500))


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_sentences_are_written_like_the_others_and_only_once(language: str) -> None:
    lines = heldout(language)
    assert len(lines) == len(set(lines))
    assert [line for line in lines if plain(line, language) != line] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_station_and_locality_is_among_the_words(language: str) -> None:
    from models.catalogue import load

    known = set(Text(language, 1).names())
    for station in load().stations.values():
        assert plain(station.name_hi if language == "hi" else station.name_en, language) in known
        for place in station.localities:
            assert plain(place.hi if language == "hi" else place.en, language) in known


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_spoken_in_words(language: str) -> None:
    import random

    numbers = Numbers(language, random.Random(2))
    for slot in ("digits", "phone", "plate", "pin", "number", "money", "hour", "letter"):
        for _ in range(200):
            assert plain(numbers.slot(slot), language) == numbers.slot(slot) or plain(numbers.slot(slot), language)
    assert len(numbers.slot("pin").split()) in range(3, 8)
    with pytest.raises(KeyError):
        numbers.slot("nothing")


def test_hindi_is_written_with_one_spelling() -> None:
    assert plain("क़लम ज़रूर फ़ोन", "hi") == "कलम जरूर फोन"
    assert plain("लड़का पढ़ता", "hi") == "लड\u093cका पढ\u093cता"


def test_letters_are_cut_into_phones_with_their_stress_and_length() -> None:
    assert [unit.letters for unit in units("bˈʌs", "en")] == ["b", "ˈʌ", "s"]
    assert [unit.phone for unit in units("ɡˈaːɽi", "hi")] == ["ɡ", "a", "ɽ", "i"]
    assert [unit.phone for unit in units("kʰũ", "hi")] == ["kʰ", "u\u0303"]
    assert [unit.phone for unit in units("wˈɒtɚ", "en")] == ["w", "ɔ", "t", "ɚ"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("शिकायत", "ʃ ɪ k a j ə t ə"),
        ("करता", "k ə ɾ ə t a"),
        ("में", "m e m"),
        ("गंगा", "ɡ ə ŋ ɡ a"),
        ("पाँच", "p a n c ə"),
        ("पहाड़", "p ə h a ɖ ə"),
        ("है", "h ə ɪ"),
        ("कृपया", "k ɾ ɪ p ə j a"),
    ],
)
def test_who_reads_every_letter_keeps_every_vowel(word: str, said: str) -> None:
    assert spelled(word) == tuple(said.split())


def test_only_common_words_are_known_letter_by_letter_and_as_a_rarer_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speech.train.lexicon._alone", lambda text, language: [])  # needs espeak
    known = "b ə s a t p k ɾ".split()
    found = lexicon(("बस", "पर"), {"बस": {"b ə s": 3}, "पर": {"p ə ɾ": 3}}, "hi", known, ("बस",))
    assert found["बस"][("b", "ə", "s")] == 1.0
    assert 0 < found["बस"][("b", "ə", "s", "ə")] < 0.5
    assert ("p", "ə", "ɾ", "ə") not in found["पर"]


def test_words_drawn_together_are_cut_where_they_would_end_alone() -> None:
    assert shared_out(["ɪnðə", "bʌs"], [2, 2, 3]) == ["ɪn", "ðə", "bʌs"]
    assert shared_out(["ɪn", "ðə"], [2, 2]) == ["ɪn", "ðə"]
    assert shared_out(["ɪnð"], [2, 2]) is None


def test_the_clock_becomes_segments_without_a_gap_and_ends_with_silence() -> None:
    said = [(Unit("a", "a"), Unit("b", "b")), (Unit("c", "c"),)]
    found = from_clock(said, [4.0, 1.0, 0.0], [[2.0, 2.0], [10.0]], 1.0)
    assert [one.phone for one in found] == [SILENCE, "a", "b", "c", SILENCE]
    assert all(left.end == pytest.approx(right.start) for left, right in pairwise(found))
    assert found[3].end - found[3].start < 10 * 0.025  # the rest of the last letter is silence
    assert found[-1].end == 1.0


def test_a_pause_hidden_in_the_end_of_a_word_is_found() -> None:
    loud = (np.random.default_rng(1).standard_normal(16_000) * 5000).astype(np.int16)
    loud[6400:11_200] = 0
    found = mended([Segment("a", 0.0, 0.7, 0), Segment("b", 0.7, 1.0, 1)], loud)
    assert [one.phone for one in found] == ["a", SILENCE, "b"]
    assert found[1].start == pytest.approx(0.4, abs=0.02)


def test_every_phone_has_a_label_and_the_first_one_is_special() -> None:
    phones = {SILENCE: 0, "a": 1, "b": 2}
    segments = [Segment(SILENCE, 0, 0.3, -1), Segment("a", 0.3, 0.31, 0), Segment("b", 0.31, 0.6, 0)]
    found = labels(segments, 20, phones)
    assert found is not None
    assert list(found[:9]) == [0, 1, 1, 1, 1, 1, 1, 1, 1]
    assert [int(one) for one in found if one % 2 == 0] == [0, 2, 4]
    assert labels(segments, 2, phones) is None


def test_features_are_what_the_model_configuration_promises() -> None:
    pytest.importorskip("kaldi_native_fbank", reason="kaldi-native-fbank is in requirements-train.txt only")
    from speech.train.features import SIZE, mfcc

    found = mfcc(np.zeros(8000, np.int16))
    assert found.shape == (98, SIZE)  # 25 ms windows every 10 ms, none over the edge
    assert answers(len(found)) == 33
    assert f"--num-ceps={SIZE}" in CONF and "--dither=0.0" in CONF
    assert np.isfinite(found).all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starter_models_are_configured_as_they_were_trained(language: str) -> None:
    conf = ROOT / "speech" / "starter" / language / "conf"
    assert (conf / "mfcc.conf").read_text() == CONF
    assert (conf / "model.conf").read_text() == decoding(language)


def test_a_kaldi_file_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    affine = kaldi.Affine(
        chance.standard_normal((4, 6)).astype(np.float32), chance.standard_normal(4).astype(np.float32)
    )
    last = kaldi.Affine(chance.standard_normal((2, 4)).astype(np.float32), np.zeros(2, np.float32))
    both = outputs([SILENCE, "a"])
    parts: list[tuple[str, kaldi.Component]] = [
        ("one", affine),
        ("two", kaldi.Relu(4)),
        ("three", kaldi.Same(4)),
        ("out", last),
    ]
    kaldi.write(tmp_path / "final.mdl", both, ["input-node name=input dim=6"], parts, 3)
    assert (tmp_path / "final.mdl").read_bytes().startswith(b"\0B<TransitionModel> ")
    assert kaldi.read_outputs(tmp_path / "final.mdl") == both
    found = kaldi.read_affines(tmp_path / "final.mdl")
    assert set(found) == {"one", "out"}
    assert np.abs(found["one"].weights - affine.weights).max() < 1e-4 and np.array_equal(found["one"].bias, affine.bias)


def test_a_matrix_takes_two_bytes_a_number_as_kaldi_compresses_it_and_floats_of_older_files_are_read() -> None:
    values = np.array([[-1.0, 0.25, 2.0], [0.0, 1.0, -0.5]], np.float32)
    written = kaldi._matrix(values)
    assert written[:4] == b"CM2 " and len(written) == 4 + 16 + 2 * 6
    assert struct.unpack_from("<ffii", written, 4) == (-1.0, 3.0, 2, 3)
    assert struct.unpack_from("<6H", written, 20) == (0, 27306, 65535, 21845, 43690, 10922)
    read, end = kaldi._read_matrix(b"before" + written + b"after", 6)
    assert end == 6 + len(written) and np.abs(read - values).max() <= 3.0 / 65535
    floats = b"FM " + struct.pack("<bibi", 4, 2, 4, 3) + values.tobytes()
    assert np.array_equal(kaldi._read_matrix(floats + b"after", 0)[0], values)
    assert kaldi._read_matrix(floats + b"after", 0)[1] == len(floats)
    assert np.array_equal(kaldi._read_matrix(kaldi._matrix(np.ones((2, 2), np.float32)), 0)[0], np.ones((2, 2)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starter_models_can_be_trained_further(language: str) -> None:
    model = ROOT / "speech" / "starter" / language
    found = kaldi.read_affines(model / "am" / "final.mdl")
    both = kaldi.read_outputs(model / "am" / "final.mdl")
    names = (model / "graph" / "phones.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert len(names) == len(both)
    assert found["output.affine"].weights.shape[0] == max(later for _, later in both) + 1


def test_phones_stand_in_four_places_and_share_the_outputs_and_the_unknown_words_phone_comes_last() -> None:
    assert placed([SILENCE, "a"])[:5] == [SILENCE, "a_B", "a_I", "a_E", "a_S"]
    assert outputs([SILENCE, "a"])[:5] == [(0, 1), (2, 3), (2, 3), (2, 3), (2, 3)]


def test_the_grammar_is_a_probability_and_knows_words_that_no_sentence_has() -> None:
    grammar = Grammar([("a b c", 1.0), ("a b d", 1.0)], {"e": 0.01, "a": 0.5})
    for history in grammar.probability:
        whole = sum(grammar.likely(history, word) for word in ("a", "b", "c", "d", "e", "</s>"))
        assert whole == pytest.approx(1.0, abs=1e-6)
    known = grammar.context(("a", "b"))
    assert grammar.likely(known, "c") > grammar.likely(known, "e") > 0
    plain_figure, missing = grammar.perplexity(["a b c", "a x"])
    assert plain_figure > 1 and missing == 1


def test_a_shelf_gives_back_what_was_put_on_it_and_goes_on(tmp_path: Path) -> None:
    clip = Clip("k1", ("a",), "voice", (Segment(SILENCE, 0.0, 0.1, -1), Segment("a", 0.1, 0.2, 0)))
    sound = np.arange(3200, dtype=np.int16)
    Shelf(tmp_path).add(clip, sound)
    with (tmp_path / "clips.jsonl").open("a") as file:
        file.write('{"key": "cut off by a power c')
    shelf = Shelf(tmp_path)
    shelf.add(Clip("k2", ("b",), "voice", ()), sound[:10])
    found = list(Shelf(tmp_path))
    assert [one.key for one, _ in found] == ["k1", "k2"] and Shelf(tmp_path).keys() == {"k1", "k2"}
    assert found[0][0].times() == [(0.1, 0.2)]
    assert np.array_equal(found[0][1], sound) and np.array_equal(found[1][1], sound[:10])
    assert shelf.seconds() == pytest.approx(3210 / 16_000)


def test_the_second_stage_follows_its_own_gradient() -> None:
    torch = pytest.importorskip("torch", reason="torch is in requirements-train.txt only")
    from speech.train.second_stage import compared, strings_of

    torch.manual_seed(0)
    strings = strings_of([np.array([0, 1, 4, 5, 5, 2, 3, 6, 0, 1]), np.array([0, 2, 3, 4, 6, 7])])
    lengths, answered = torch.tensor([10, 6]), torch.randn(2, 10, 8)
    after = torch.rand(4, 4, 4)
    model = (torch.ones(4) / 4, after / after.sum(2, keepdim=True))
    gradient = compared(answered, lengths, strings, model).gradient
    for place in ((0, 3, 4), (0, 5, 2), (1, 2, 3), (0, 0, 0)):
        step = torch.zeros_like(answered)
        step[place] = 1e-2
        up, down = (compared(answered + sign * step, lengths, strings, model).loss.sum() for sign in (1, -1))
        assert float((up - down) / 2e-2) == pytest.approx(float(gradient[place]), abs=2e-3)
    assert float(gradient[1, 8].abs().sum()) == 0.0  # nothing beyond a lesson's end
