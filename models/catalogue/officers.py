"""The words by which somebody speaks of police (officers.toml).

Never does: match anything (interpret.officers does), or say that somebody is accused.
"""

from dataclasses import dataclass

from models.catalogue.entry import Entry


@dataclass(frozen=True, slots=True)
class OfficerWords:
    """`words`: somebody of the police, what he wears, his squad, his car; `rank_si`: those that are a little word
    behind `si_behind`; `others`: the same words of somebody else; `beside` and `before`: what stands behind and in
    front of a thana, a chauki or the police where they are only a place, awaited or told."""

    words: tuple[str, ...]
    rank_si: tuple[str, ...]
    si_behind: tuple[str, ...]
    others: tuple[str, ...]
    beside: tuple[str, ...]
    before: tuple[str, ...]


def read_officers(file: Entry) -> OfficerWords:
    """The words of the file; what is missing is noted as its fault."""
    return OfficerWords(
        file.texts("words"),
        file.texts("rank_si"),
        file.texts("si_behind"),
        file.texts("others"),
        file.texts("beside"),
        file.texts("before"),
    )
