"""Learned weights as the catalogue's files hold them: hundredths, and the features that weigh as much.

Never does: learn them (tests/interpret does) or weigh by them (interpret does).
"""

from collections.abc import Iterator

from models.catalogue.entry import Entry


def weights_in(table: Entry, beside: tuple[str, ...] = ()) -> Iterator[tuple[str, float]]:
    """Each feature of a table with its weight; `beside`: keys of the table that are something else."""
    for key in table.names():
        if key in beside:
            continue
        features = table.text(key).split()
        if not key.removeprefix("-").isdecimal():
            table.fault(key, "is no whole number of hundredths")
            continue
        for feature in features:
            yield feature, int(key) / 100
