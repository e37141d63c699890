"""The overview's tables: true numbers in, rounded ones out. PURE.

Everything that is shown (order, shares, changes, circles on a map, the sheet to take away) is made of what stands in
`Tables` and of nothing else, so that no page can tell more than these numbers do. Rows below five are not named: they
are one row together, in which nobody sees whose they are. What runs is in the trend alone.
Never does: let a true number through, or give two populations one offset.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ivr.console.access import Reach
from ivr.console.coarse import PARTS
from ivr.console.counting import LATER, STEPS, Counted, Row
from ivr.console.periods import Period, ended
from ivr.console.rounding import ERROR, HIDDEN, STEP, Rounding, capped, rounded

CHANNELS = ("voice", "sms", "whatsapp")
LANGUAGES = ("hi", "en")
CLEARLY = 2 * STEP  # a smaller difference may be none
LEAST_PIN = 2 * STEP  # a PIN code is a few streets
EVERY: Mapping[str, str] = {}
AT_MOST = 8  # rows of a table of hot spots


@dataclass(frozen=True)
class Line:
    """Tips of one kind, place or way: rounded numbers (rounding.HIDDEN: fewer than five). `key` None: all the others,
    of which each is below five or without a name."""

    key: str | None
    came: int
    opened: int = 0
    reported: int = 0
    closed: int = 0

    @property
    def waiting(self) -> int | None:
        """Of those that came, nobody has opened so many; None where it is hidden how many were opened: the difference
        would be off by up to eight. Of two numbers with one offset it is off by four at most."""
        return None if self.opened == HIDDEN else self.came - self.opened


@dataclass(frozen=True)
class Bar:
    """A period and how many tips came in it; `change` against the one before, None where it cannot be said."""

    period: Period
    came: int
    change: int | None


@dataclass(frozen=True)
class Rise:
    """A station of which clearly more came in the later half of the time."""

    key: str
    earlier: int
    later: int


@dataclass(frozen=True)
class Tables:
    """All that the page shows; of one kind, neither `opened_within` nor channels, languages, parts of the day: with the
    same rows of all kinds they would undo the total's cap. `whole`: the time that is over, of which all is but the
    trend. `places`: the periods in which it is still known where tips were told; the station tables are of these.
    `thrown_away`: None for whom it is not counted."""

    whole: Period
    total: Line
    trend: tuple[Bar, ...]
    places: tuple[Period, ...]
    stations: tuple[Line, ...]
    rising: tuple[Rise, ...]
    pins: tuple[Line, ...]
    opened_within: tuple[Line, ...]
    kinds: tuple[Line, ...]
    channels: tuple[Line, ...]
    languages: tuple[Line, ...]
    parts: tuple[Line, ...]
    thrown_away: int | None


def tabulate(
    counted: Counted, over: Sequence[Period], places: Sequence[Period], rounding: Rounding, reach: Reach, category: str
) -> Tables:
    """`places`: the last periods that are over in which places are still known. `category`: the kind asked for."""
    sums = _Sums(rounding, f"{reach.unit} {'all' if reach.everything else 'own'}", category)
    done = over[: ended(over)]
    everything = (done[0], done[-1])
    rows = [row for row in counted.places if row.period < len(done)]
    trend = sums.trend(counted.places, over)
    times, within = [part for _, part in PARTS], [*(name for name, _ in STEPS), LATER]
    channels, languages, parts, speed = (
        () if category else sums.simple(counts, everything, what, values)
        for counts, what, values in (
            (counted.channels, "channel", CHANNELS), (counted.languages, "language", LANGUAGES),
            (counted.parts, "part", times), (counted.within, "opened", within),
        )
    )  # fmt: skip
    kinds = () if category else sums.by(counted.kinds, everything, "kind")
    stations: tuple[Line, ...] = ()
    rising: tuple[Rise, ...] = ()
    pins: tuple[Line, ...] = ()
    if reach.compares and places:
        since = len(done) - len(places)
        placed = [row for row in rows if row.period >= since]
        stations = sums.by(placed, (places[0], places[-1]), "station")
        rising = _rising(sums, placed, since, places, stations)
        *named, _ = sums.by(counted.pins, (places[0], places[-1]), "pin")
        pins = tuple(Line(line.key, line.came) for line in named if line.came >= LEAST_PIN)[:AT_MOST]
    covering = [channels, languages, parts, kinds, stations if len(places) == len(done) else ()]
    shown = [[bar.came for bar in trend[: len(done)]], *([line.came for line in table] for table in covering)]
    cap = capped(sums.line(None, rows, everything).came, *shown)
    return Tables(
        whole=Period(done[0].first, done[-1].end),
        total=sums.line(None, rows, everything, at_most=cap),
        trend=trend,
        places=tuple(places) if reach.compares else (),
        stations=stations,
        rising=rising,
        pins=pins,
        opened_within=tuple(sorted(speed, key=lambda line: within.index(str(line.key)))),
        kinds=kinds,
        channels=channels,
        languages=languages,
        parts=tuple(sorted(parts, key=lambda line: times.index(str(line.key)))),
        thrown_away=(
            None if counted.thrown_away is None
            else rounding.shown(counted.thrown_away, sums.population(everything, away="yes"))
        ),
    )  # fmt: skip


class _Sums:
    """Adds up and rounds. Whatever the table, the same tips have the same name, and so the same offset."""

    def __init__(self, rounding: Rounding, whose: str, category: str) -> None:
        self._rounding = rounding
        self._whose = whose
        self._category = category

    def population(self, window: tuple[Period, Period], **narrowed: str) -> str:
        """The name of some tips."""
        if self._category:
            narrowed["kind"] = self._category
        told = " ".join(f"{name}={value}" for name, value in sorted(narrowed.items()))
        return f"{self._whose} {window[0].first} {window[1].end} {told}"

    def line(
        self, key: str | None, rows: Iterable[Row], window: tuple[Period, Period], narrowed: Mapping[str, str] = EVERY,
        at_most: int | None = None,
    ) -> Line:  # fmt: skip
        """Rounded sums of rows, in the order they came, were opened, and so on: none can be above the one before.
        `at_most`: the cap of a total; then all of its numbers have a smaller offset."""
        rows, name = list(rows), self.population(window, **narrowed)
        opened = [row for row in rows if not row.is_new]
        numbers = [
            sum(row.n for row in some)
            for some in (
                rows, opened, [row for row in opened if row.is_reported], [row for row in opened if row.is_closed],
            )
        ]  # fmt: skip
        offset = self._rounding.offset(name)
        while at_most is not None and offset and rounded(numbers[0], offset) > at_most:
            offset -= 1
        return Line(key, *(rounded(n, offset) for n in numbers))

    def by(self, rows: Sequence[Row], window: tuple[Period, Period], what: str) -> tuple[Line, ...]:
        """A line for each value that five or more have, the most first; then one for all others together. Of a place,
        what its station has in its list is known there exactly: the rest must be five or more by itself."""
        groups: dict[str | None, list[Row]] = {}
        for row in rows:
            groups.setdefault(row.key, []).append(row)
        rest = groups.pop(None, [])
        lines = []
        for value, its in groups.items():
            if what != "kind":
                its, kept = _told_apart(its)
                rest += kept
            line = self.line(value, its, window, {what: str(value)})
            if line.came == HIDDEN:
                rest += its
            else:
                lines.append(line)
        lines.sort(key=lambda line: (-line.came, str(line.key)))
        return (*lines, self.line(None, rest, window, {what: "(others)"}))

    def simple(
        self, counts: Counter[str], window: tuple[Period, Period], what: str, values: Iterable[str]
    ) -> tuple[Line, ...]:
        """A line for each of the values, the most first; hidden ones too, and those that nobody has look like them."""
        lines = [
            Line(value, self._rounding.shown(counts[value], self.population(window, **{what: value})))
            for value in values
        ]  # fmt: skip
        return tuple(sorted(lines, key=lambda line: (-line.came, str(line.key))))

    def trend(self, rows: Sequence[Row], over: Sequence[Period]) -> tuple[Bar, ...]:
        """A bar for each period. What is not over is compared with nothing."""
        came = Counter[int]()
        for row in rows:
            came[row.period] += row.n
        shown = [
            self._rounding.shown(came[n], self.population((period, period))) for n, period in enumerate(over)
        ]  # fmt: skip
        changes = [None, *(later - earlier for earlier, later in pairwise(shown))]
        return tuple(
            Bar(period, n, None if period.is_running else change)
            for period, n, change in zip(over, shown, changes, strict=True)
        )


def _told_apart(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """What of a place may be counted under its name, and what is among the others."""
    rows = list(rows)
    sent, kept = ([row for row in rows if row.is_sent is of] for of in (True, False))
    return ([*sent, *kept], []) if sum(row.n for row in kept) >= STEP else (sent, kept)


def _rising(
    sums: _Sums, rows: Sequence[Row], since: int, places: Sequence[Period], stations: Sequence[Line]
) -> tuple[Rise, ...]:
    """Stations that have clearly more in the later half of the periods that are over than in the earlier half. `since`:
    which period the first of `places` is."""
    half = len(places) // 2
    if half == 0:
        return ()
    first = since + len(places) - 2 * half
    earlier, later = places[-2 * half : -half], places[-half:]
    found = []
    for line in stations:
        if line.key is None:
            continue
        its = [row for row in rows if row.key == line.key]
        before, after = (
            sums.line(
                line.key, _told_apart(row for row in its if start <= row.period < start + half)[0], (part[0], part[-1]),
                {"station": line.key},
            ).came
            for start, part in ((first, earlier), (first + half, later))
        )  # fmt: skip
        # A hidden half must not be what is left of the whole.
        if after - before >= CLEARLY and (before != HIDDEN or line.came <= after + 2 * ERROR):
            found.append(Rise(line.key, before, after))
    return tuple(sorted(found, key=lambda rise: (rise.earlier - rise.later, rise.key)))[:AT_MOST]
