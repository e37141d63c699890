"""What a web process remembers of what it has just written, and what it never does instead of asking the database."""

from ivr.recent import Recent


def test_what_was_just_written_is_remembered_and_the_oldest_is_forgotten_by_and_by() -> None:
    recent = Recent(most=10)
    for n in range(1000):
        recent.add(str(n))
        assert str(n) in recent
    assert all(str(n) in recent for n in range(995, 1000))
    assert sum(str(n) in recent for n in range(1000)) <= 10
    assert "0" not in recent
