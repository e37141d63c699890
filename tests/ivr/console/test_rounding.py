"""What a number shows of the tips behind it, also to somebody who subtracts one from another."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Callable

import pytest

from ivr.console.rounding import ERROR, HIDDEN, Rounding, capped


def keyed(key: str) -> Callable[[str], str]:
    return lambda text: hashlib.sha256(f"{key} {text}".encode()).hexdigest()


def fixed(offset: int) -> Rounding:
    """As if the key had given this offset."""
    return Rounding(lambda _: f"{offset:x}")


def upper(shown: int) -> int:
    return shown + ERROR


@pytest.mark.parametrize("offset", range(5))
def test_what_is_below_five_looks_the_same_whatever_it_is(offset: int) -> None:
    assert {fixed(offset).shown(n, "these") for n in range(5)} == {HIDDEN}


@pytest.mark.parametrize("offset", range(5))
def test_every_other_number_is_a_multiple_of_five_and_off_by_four_at_most(offset: int) -> None:
    for n in range(5, 200):
        shown = fixed(offset).shown(n, "these")
        assert shown >= 5 and shown % 5 == 0 and abs(shown - n) <= ERROR


def test_a_number_asked_for_again_is_the_same_and_no_two_populations_share_an_offset_for_sure() -> None:
    rounding = Rounding(keyed("key"))
    once = [rounding.shown(12, f"week {week}") for week in range(40)]
    assert once == [Rounding(keyed("key")).shown(12, f"week {week}") for week in range(40)]
    assert set(once) == {10, 15}
    assert once != [Rounding(keyed("another")).shown(12, f"week {week}") for week in range(40)]


def test_rounding_does_not_lift_or_lower_in_the_long_run() -> None:
    rounding = Rounding(keyed("key"))
    shown = [rounding.shown(13, str(n)) for n in range(4000)]
    assert abs(sum(shown) / len(shown) - 13) < 0.2


def test_of_one_population_no_part_seems_larger_than_the_whole() -> None:
    rounding = Rounding(keyed("key"))
    for about in map(str, range(50)):
        numbers = [rounding.shown(n, about) for n in range(60)]
        assert numbers == sorted(numbers)


def test_a_total_never_says_that_a_hidden_row_is_more_than_nothing() -> None:
    chance = random.Random(1)
    for _ in range(20_000):
        true = [chance.choice((0, 1, 3, 4, 4, 4, 5, 9, 14, 30)) for _ in range(chance.randint(1, 6))]
        rows = [fixed(chance.randrange(5)).shown(n, "") for n in true]
        total = capped(fixed(chance.randrange(5)).shown(sum(true), ""), rows)
        for at, row in enumerate(rows):
            if row == HIDDEN:
                others = sum(upper(other) for place, other in enumerate(rows) if place != at)
                assert total - ERROR <= others, (true, rows, total)


def test_without_the_cap_two_hidden_rows_of_four_would_be_told_by_their_total() -> None:
    rows = [HIDDEN] * 4
    assert fixed(4).shown(16, "") == 20  # 16 at least, and four rows of four at most: all of them four
    assert capped(20, rows) == 15


def test_two_numbers_that_differ_by_a_hidden_one_leave_three_values_for_it_at_least() -> None:
    # A fortnight and one of its weeks; all kinds and all but one; this list and the same with one station more.
    left: dict[tuple[int, int], set[int]] = defaultdict(set)
    for known in range(60):
        for hidden in range(5):
            for one in range(5):
                for other in range(5):
                    seen = fixed(one).shown(known + hidden, ""), fixed(other).shown(known, "")
                    left[seen].add(hidden)
    inside = [values for (whole, _), values in left.items() if whole < 55]
    assert min(map(len, inside)) >= 3
