"""The graph that the decoder walks: sounds to words (HCLr.fst) and words to sentences (Gr.fst), joined while decoding.

Two parts, so that a caller's few possible answers can be set as a grammar at run time. A word the lexicon does not
have is heard by a phone that stands for any speech, and written [unk]. Needs fstconvert of Debian's libfst-tools.
Never does: import vosk, which cannot live in one process with kaldifst.
"""

import math
import os
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from speech.train.grammar import BACK, END, START, Grammar
from speech.train.lexicon import Lexicon
from speech.train.phones import SILENCE
from speech.train.text.make import UNKNOWN

FILLER = (
    "SPN"  # the phone of unknown words: any speech (network.with_filler). A loop over all phones floods the lattice.
)
_UNKNOWN = 2.0  # the cost of hearing one at all; network.RESERVE is its cost over time
_SILENCE = 0.5  # how likely a pause is before and after each word
_NOTHING = 6.0  # the cost of hearing no word at all: a word without silence around it is too short to win by itself
_HALF = 0.6931  # -log of the HMM's even chance to stay or to go on
_LOOKAHEAD = "libfstlookahead.so.22"  # Debian's; fstconvert looks for it by another name
_PLACES = "BIES"  # where in its word a phone stands: begin, inside, end, single

# How much the sounds count against the grammar: chosen on ./tuning and on the demonstration's calls.
_ACOUSTIC = {"hi": 1.0, "en": 1.1}
# How many ways at least and at most, and how much worse than the best, are followed: what stays 40 times real time
# without noise. In noise many ways are equally likely: with 400 at most the right one is often lost (README.md).
_SEARCH = {"hi": (20, 800, 11), "en": (20, 1200, 10.5)}
# So many frames go through the network at once: its matrices are laid out anew for each lot, which took a third of the
# time with Kaldi's 20. A recording is heard whole; who listens live would wait 1.5 or 3 s for words: 20 is right there.
_LOT = {"hi": 300, "en": 150}
_CONF = """--min-active={least}
--max-active={most}
--beam={beam}
--lattice-beam=4
--acoustic-scale={acoustic}
--frame-subsampling-factor=3
--frames-per-chunk={lot}
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=1.0
--endpoint.rule4.min-trailing-silence=2.0
"""


def conf(language: str) -> str:
    """conf/model.conf of a language's model."""
    least, most, beam = _SEARCH[language]
    return _CONF.format(acoustic=_ACOUSTIC[language], least=least, most=most, beam=beam, lot=_LOT[language])


class GraphFault(Exception):
    """The graph cannot be built; the message says what is missing."""


def placed(phones: Sequence[str]) -> list[str]:
    """Every phone once for each place in a word; silence once, first."""
    return [SILENCE, *(f"{phone}_{place}" for phone in (*phones, FILLER) if phone != SILENCE for place in _PLACES)]


def outputs(phones: Sequence[str]) -> list[tuple[int, int]]:
    """The network's outputs of every placed phone: first frame, later frames."""
    number = {phone: at for at, phone in enumerate((*phones, FILLER))}
    bases = [one if one == SILENCE else one[:-2] for one in placed(phones)]
    return [(2 * number[base], 2 * number[base] + 1) for base in bases]


def build(folder: Path, lexicon: Lexicon, phones: Sequence[str], grammar: Grammar) -> None:
    """graph/ of a model. GraphFault without fstconvert and its lookahead type."""
    import kaldifst

    (folder / "phones").mkdir(parents=True, exist_ok=True)
    number = {phone: at for at, phone in enumerate(placed(phones), 1)}
    kinds = dict(zip(_PLACES, ("begin", "internal", "end", "singleton"), strict=True))
    boundary = (f"{at} {'nonword' if phone == SILENCE else kinds[phone[-1]]}\n" for phone, at in number.items())
    (folder / "phones" / "word_boundary.int").write_text("".join(boundary))
    (folder / "phones.txt").write_text("<eps> 0\n" + "".join(f"{phone} {at}\n" for phone, at in number.items()))
    words = {word: at for at, word in enumerate([*sorted(lexicon), UNKNOWN, BACK], 1)}
    lines, symbols = _sounds(lexicon, number, words)
    sounds = kaldifst.compile("\n".join(lines) + "\n")
    kaldifst.arcsort(sounds, "olabel")
    kaldifst.determinize_star(sounds, use_log=True)
    whole = kaldifst.compile("\n".join(_expanded(sounds, len(number))) + "\n")
    kaldifst.connect(whole)
    kaldifst.arcsort(whole, "olabel")
    again = _converted(folder, whole, "HCLr.fst", "olabel_lookahead")
    renamed = {word: again.get(at, at) for word, at in words.items()}
    sentences = kaldifst.compile("\n".join(grammar.lines(renamed)) + "\n")
    kaldifst.arcsort(sentences, "ilabel")
    _converted(folder, sentences, "Gr.fst", "const")
    top = max([*renamed.values(), *again.values()])
    table = {"<eps>": 0} | renamed | {START: top + 1, END: top + 2}
    written = (f"{word} {at}\n" for word, at in sorted(table.items(), key=lambda one: one[1]))
    (folder / "words.txt").write_text("".join(written), encoding="utf-8")
    tied = (f"{2 * len(number) + at}\n" for at in range(1, symbols + 1))
    (folder / "disambig_tid.int").write_text("".join(tied))


def _spoken(way: Sequence[str]) -> tuple[str, ...]:
    if len(way) == 1:
        return (f"{way[0]}_S",)
    return (f"{way[0]}_B", *(f"{phone}_I" for phone in way[1:-1]), f"{way[-1]}_E")


def _sounds(lexicon: Lexicon, number: dict[str, int], words: dict[str, int]) -> tuple[list[str], int]:
    """The lexicon as OpenFst's text, and how many symbols it needs to stay deterministic.

    State 0 starts, 1 is between words, 3 is where a silence begins; before the first word 2 and 5 stand for these.
    Symbols after the phones: one for falling back in the grammar, one after silence, two around unknown words, then one
    a word that sounds like another or begins one.
    """
    ways = [
        (word, _spoken(way), max(likely, 1e-3)) for word in sorted(lexicon) for way, likely in lexicon[word].items()
    ]
    alike = Counter(way for _, way, _ in ways)
    begun = {way[:size] for _, way, _ in ways for size in range(1, len(way))}
    back, quiet, opens, closes = (len(number) + at for at in (1, 2, 3, 4))
    none, pause = -math.log(1 - _SILENCE), -math.log(_SILENCE)
    lines = [f"0 2 0 0 {none:.5f}", f"0 5 0 0 {pause:.5f}"]
    for between, silent in ((1, 3), (2, 5)):
        lines += [f"{silent} {silent + 1} {number[SILENCE]} 0 0", f"{silent + 1} {between} {quiet} 0 0"]
    state, used, most = 7, Counter[tuple[str, ...]](), 0
    for word, way, likely in ways:
        path = [number[phone] for phone in way]
        if alike[way] > 1 or way in begun:
            used[way] += 1
            most = max(most, used[way])
            path.append(closes + used[way])
        from_: tuple[int, ...] = (1, 2)
        for at, symbol in enumerate(path):
            written, cost = (words[word], -math.log(likely)) if at == 0 else (0, 0.0)
            if at == len(path) - 1:
                ends = ((1, none), (3, pause))
                lines += [f"{one} {to} {symbol} {written} {cost + more:.5f}" for one in from_ for to, more in ends]
            else:
                lines += [f"{one} {state} {symbol} {written} {cost:.5f}" for one in from_]
                from_, state = (state,), state + 1
    path = [opens, *(number[f"{FILLER}_{place}"] for place in "BIE"), closes]
    for at, symbol in enumerate(path[:-1]):
        written, cost = (words[UNKNOWN], _UNKNOWN) if at == 0 else (0, 0.0)
        lines += [f"{one} {state + 1} {symbol} {written} {cost}" for one in ((1, 2) if at == 0 else (state,))]
        state += 1
    lines += [f"{state} 1 {closes} 0 {none:.5f}", f"{state} 3 {closes} 0 {pause:.5f}"]
    lines += [f"{at} {at} {back} {words[BACK]} 0" for at in (1, 2)] + ["1 0", f"2 {_NOTHING}"]
    return lines, 4 + most


def _expanded(sounds: Any, phones: int) -> Iterator[str]:
    """Phones as HMM transitions: 2p enters phone p, 2p - 1 stays in it; a state once for each phone leading to it."""
    import kaldifst

    arcs: dict[int, list[tuple[int, int, float, int]]] = defaultdict(list)
    ends: dict[int, float] = {}
    for state in kaldifst.StateIterator(sounds):
        for arc in kaldifst.ArcIterator(sounds, state):
            arcs[state].append((arc.ilabel, arc.olabel, float(arc.weight.value), arc.nextstate))
        if (cost := float(sounds.final(state).value)) < 1e10:
            ends[state] = cost
    numbers = {(sounds.start, 0): 0}
    waiting = [(sounds.start, 0)]
    lines: list[tuple[int, str]] = []
    while waiting:
        state, phone = key = waiting.pop()
        here = numbers[key]
        if phone:
            lines.append((here, f"{here} {here} {2 * phone - 1} 0 {_HALF}"))
        for symbol, word, cost, after in arcs[state]:
            real = 0 < symbol <= phones
            there = (after, symbol if real else 0)
            if there not in numbers:
                numbers[there] = len(numbers)
                waiting.append(there)
            transition = 2 * symbol if real else (phones + symbol if symbol else 0)
            lines.append((here, f"{here} {numbers[there]} {transition} {word} {cost + (_HALF if real else 0):.5f}"))
        if state in ends:
            lines.append((here, f"{here} {ends[state]:.5f}"))
    return (line for _, line in sorted(lines, key=lambda one: one[0]))


def _converted(folder: Path, made: Any, name: str, kind: str) -> dict[int, int]:
    """Writes an FST in another of OpenFst's types; the new numbers of words where the type needs some."""
    plain, pairs = folder / "plain.fst", folder / "pairs"
    made.write(str(plain))
    libraries = folder / "libraries"
    libraries.mkdir(exist_ok=True)
    found = next((path for path in Path("/usr/lib").glob(f"*/{_LOOKAHEAD}")), None)
    link = libraries / "olabel_lookahead-fst.so"
    if found and not link.exists():
        link.symlink_to(found)
    command = ["fstconvert", f"--fst_type={kind}", *([f"--save_relabel_opairs={pairs}"] if kind != "const" else [])]
    try:
        environment = os.environ | {"LD_LIBRARY_PATH": str(libraries)}
        subprocess.run([*command, plain, folder / name], check=True, capture_output=True, env=environment)
    except (OSError, subprocess.CalledProcessError) as fault:
        raise GraphFault(f"fstconvert failed; it is in Debian's libfst-tools: {fault}") from None
    told = [line.split() for line in pairs.read_text().splitlines()] if pairs.exists() else []
    for path in (plain, pairs, link):
        path.unlink(missing_ok=True)
    libraries.rmdir()
    return {int(old): int(new) for old, new in told}
