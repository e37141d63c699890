"""How people say things in writing: sets of words, the signs made of them, and the weights of what sounds like a
complaint about police (signs.toml, talk.toml, accusing.toml, weights.toml).

Never does: match anything (interpret does); a sign that names no set of words is a fault, not a sign that never fires.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.catalogue.entry import Entry
from models.catalogue.hundredths import weights_in

NUMBER = "number"  # in a sign: any amount in digits
INTENTS = ("stop", "attach", "status", "language", "start_again", "menu", "help", "start", "greeting")


@dataclass(frozen=True, slots=True)
class CategorySigns:
    """What tells a category beside its keywords. `signs` and `maybe`: names of word sets, separated by spaces."""

    words: tuple[str, ...]
    hints: tuple[str, ...]
    signs: tuple[str, ...]
    maybe: tuple[str, ...]
    weak: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PoliceSigns:
    """What makes a mention of police an accusation, and what keeps it from being one. `anyway`: signs that accuse
    however police are mentioned; `addressed`: words after a policeman who is only spoken to; `victim`: words before
    one who suffers or is no policeman any more; `absent`: words some way behind those who are missed."""

    signs: tuple[str, ...]
    anyway: tuple[str, ...]
    addressed: tuple[str, ...]
    innocent_after: tuple[str, ...]
    innocent_before: tuple[str, ...]
    victim: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weighing:
    """How a complaint about police is weighed. `classes`: words by what they mean here; `acts`, `actors`: classes of
    what is done and of who does it; `gates`: classes of what only police have or do; `weights`: of each feature;
    `base`: of none; `rule`: of an act of police found by rules; `least`: from which sum on it is a complaint,
    `least_unnamed`: if police are not named, `least_unspoken`: if there is no word of a gate either."""

    classes: dict[str, tuple[str, ...]]
    acts: tuple[str, ...]
    actors: tuple[str, ...]
    gates: tuple[str, ...]
    weights: dict[str, float]
    base: float
    rule: float
    least: float
    least_unnamed: float
    least_unspoken: float


@dataclass(frozen=True, slots=True)
class CommandSigns:
    """What means a command: `whole` messages, and `signs` in a message that tells nothing else."""

    whole: tuple[str, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """All of those four files. `words` and `talk_words`: the word sets by name."""

    words: dict[str, tuple[str, ...]]
    categories: dict[str, CategorySigns]
    police: PoliceSigns
    weighing: Weighing
    polite: tuple[str, ...]
    talk_words: dict[str, tuple[str, ...]]
    commands: dict[str, CommandSigns]
    answers: dict[str, tuple[str, ...]]


def read_phrases(
    signs: Entry, talk: Entry, accusing: Entry, weights: Entry, categories: Iterable[str], faults: list[str]
) -> Phrases:
    """The phrases of the four files; what does not fit is added to `faults`."""
    known = set(categories)
    words = _sets(signs, "words")
    by_category = {}
    for code, row in signs.entries("categories"):
        if code not in known:
            row.fault("", "there is no such category")
        by_category[code] = CategorySigns(
            words=row.texts("words", optional=True),
            hints=row.texts("hints", optional=True),
            signs=_signs(row, "signs", words),
            maybe=_signs(row, "maybe", words),
            weak=row.texts("weak", optional=True),
        )
    police = signs.entry("police")
    if police is None:
        signs.fault("police", "is missing")
        police = Entry({}, signs.file, "police", faults)
    police_signs = PoliceSigns(
        _signs(police, "signs", words),
        _signs(police, "anyway", words),
        police.texts("addressed"),
        police.texts("innocent_after"),
        police.texts("innocent_before"),
        police.texts("victim"),
        police.texts("absent"),
    )
    police.done()
    talk_words = _sets(talk, "words")
    commands = {}
    for name, row in talk.entries("commands"):
        if name not in INTENTS:
            row.fault("", f"is none of {', '.join(INTENTS)}")
        commands[name] = CommandSigns(row.texts("whole"), _signs(row, "signs", talk_words))
    polite = talk.texts("polite")
    weighing = _weighing(accusing, weights)
    return Phrases(words, by_category, police_signs, weighing, polite, talk_words, commands, _sets(talk, "answers"))


def _weighing(accusing: Entry, weights: Entry) -> Weighing:
    classes = _sets(accusing, "classes")
    lists = {key: accusing.texts(key) for key in ("acts", "actors", "gates")}
    for key, names in lists.items():
        for name in names:
            if name not in classes and name != "NUMBER":
                accusing.fault(key, f"there is no class {name!r}")
    told: dict[str, float] = {}
    table = weights.entry("weights")
    if table is None:
        weights.fault("weights", "is missing")
    else:
        told = dict(weights_in(table))
        table.done()
    return Weighing(
        classes, **lists, weights=told, base=weights.number("base"), rule=weights.number("rule"),
        least=weights.number("least"), least_unnamed=weights.number("least_unnamed"),
        least_unspoken=weights.number("least_unspoken"),
    )  # fmt: skip


def _sets(file: Entry, key: str) -> dict[str, tuple[str, ...]]:
    table = file.entry(key)
    if table is None:
        file.fault(key, "is missing")
        return {}
    sets = {name: table.texts(name) for name in table.names()}
    table.done()
    return sets


def _signs(row: Entry, key: str, words: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    signs = row.texts(key, optional=True)
    for sign in signs:
        for term in sign.split():
            if term != NUMBER and term.removeprefix("!") not in words:
                row.fault(key, f"{sign!r}: there are no words {term!r}")
    return signs
