"""A folder that `vosk.Model` loads, from a trained network and the generator's sentences.

Never does: import vosk, which cannot live in one process with kaldifst.
"""

import json
import shutil
from collections import Counter
from pathlib import Path

import torch

from speech.train import features, graph, network
from speech.train.grammar import Grammar
from speech.train.lessons import Lessons
from speech.train.lexicon import Lexicon, lexicon
from speech.train.text.make import UNKNOWN, Text, plain
from speech.train.words import wide

SENTENCES = 10_000  # more would only repeat the patterns and make them seem surer than they are
_SOUNDS = 200  # lessons on which the phone for unknown words is fitted
_FIXED = 4.0  # whole sentences, as people say them, against those made from patterns
_NUMBERS = {"hi": 10_000, "en": 0}  # sentences with numbers beside the others: else Hindi hears "नौ से" for "नौ एक"
_HEARD = 1.0  # tips of many different kinds, each once
_TOLD, _TIMES = 2.0, 3  # whole tips with slots likewise, each filled so many times
_COMMON = 3  # a word that whole tips have so often is known letter by letter, too: for all words it would cost 1.5 MB


def language_model(language: str, words: Lexicon, seed: int) -> Grammar:
    """The grammar of the generator's sentences; a word that cannot be spoken leaves its sentences out."""
    text, known = Text(language, seed), frozenset(words) | {UNKNOWN}
    made = dict.fromkeys(sorted(set(text.sentences(SENTENCES))), 1.0)
    made |= dict.fromkeys(text.numbers(_NUMBERS[language]), 1.0)
    made |= dict.fromkeys(text.heard(1), _HEARD)
    made |= dict.fromkeys(text.told(_TIMES), _TOLD) | dict.fromkeys(text.fixed, _FIXED)
    usable = ((line, weight) for line, weight in made.items() if known.issuperset(line.split()))
    return Grammar(usable, {word: often for word, often in wide(language).items() if word in words})


def vocabulary(language: str, seed: int) -> set[str]:
    """Every word that the model shall write: those of the generator, of the catalogue and of the wide list."""
    text = Text(language, seed)
    lines = (*text.sentences(10 * SENTENCES), *text.told(_TIMES), *text.heard(1), *text.fixed, *text.names())
    said = {word for line in lines for word in line.split()}
    # Two spellings of one sound (लड़कियाँ, लड़कियां) would share what is heard of it: only ours is kept.
    ours = {word.replace("ँ", "ं") for word in said}
    others = {word for word in wide(language) if word.replace("ँ", "ं") not in ours}
    return {word for word in said | others if plain(word, language) == word}


def common(language: str, seed: int) -> set[str]:
    """The words that whole tips have again and again."""
    text = Text(language, seed)
    said = Counter(word for line in (*text.heard(1), *text.told(1), *text.fixed) for word in line.split())
    return {word for word, times in said.items() if times >= _COMMON}


def build(folder: Path, language: str, work: Path, lessons: Lessons, trained: Path, seed: int) -> None:
    """am/, graph/ and conf/ of a new model at `folder`; what was there is replaced at the end."""
    made = folder.with_name(folder.name + ".new")
    shutil.rmtree(made, ignore_errors=True)
    (made / "am").mkdir(parents=True)
    (made / "conf").mkdir()
    net = network.Network(len(lessons.phones))
    net.load_state_dict(torch.load(trained, weights_only=True)["mean"])
    some = (lessons.features(at) for at in range(0, len(lessons), max(1, len(lessons) // _SOUNDS)))
    network.with_filler(net, some, language)
    network.export(net, made / "am" / "final.mdl", graph.outputs(lessons.phones))
    (made / "conf" / "mfcc.conf").write_text(features.CONF)
    (made / "conf" / "model.conf").write_text(graph.conf(language))
    spoken = json.loads((work / "pronunciations.json").read_text(encoding="utf-8"))
    words = lexicon(vocabulary(language, seed), spoken, language, lessons.phones, common(language, seed))
    graph.build(made / "graph", words, lessons.phones, language_model(language, words, seed))
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)
