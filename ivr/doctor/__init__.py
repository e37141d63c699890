"""`./hotline doctor`: what is configured, reachable and missing, in plain words, and how to mend each.

Never does: show a key, a password or a number; mend anything by itself.
"""

from collections.abc import Callable, Iterator

from ivr.doctor import files, machine, stores, surroundings
from ivr.doctor.finding import Finding, Mark
from settings import Settings

_LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    machine.python,
    machine.folder,
    machine.keys,
    stores.database,
    stores.queue,
    stores.media,
    files.files,
    surroundings.speech,
    surroundings.words,
    surroundings.public,
    surroundings.telephone,
)


def examine(settings: Settings) -> list[Finding]:
    """Look at everything. A look that itself fails is a finding, not an error."""
    findings: list[Finding] = []
    for look in _LOOKS:
        try:
            findings += look(settings)
        except Exception as fault:
            findings.append(Finding(look.__name__, Mark.BROKEN, f"could not be examined: {type(fault).__name__}"))
    return findings


def report(findings: list[Finding]) -> str:
    """The findings as lines for people, with a closing one."""
    lines = []
    for one in findings:
        lines.append(f"{one.mark.value:>6}  {one.part:<11} {one.found}")
        lines += [f"{'':20}> {line}" for line in one.mend.splitlines()]
    broken = sum(one.broken for one in findings)
    notes = sum(one.mark is Mark.NOTE for one in findings)
    lines.append(f"\n{broken} broken, {notes} to look at, {len(findings) - broken - notes} in order.")
    return "\n".join(lines)


__all__ = ["Finding", "Mark", "examine", "report"]
