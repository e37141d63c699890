"""Machines that write: what answers itself is soon left alone, a flood costs few answers, and nothing of it is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from models.message import Conversation, Message
from models.recording import ProviderCopy
from models.tip import Tip
from tests.journeys.installation import Installation

ROUNDS = 200
SOON = 8  # answers to a machine that has one thing to say, or none of its own
OUT_OF_OFFICE = (
    "I am out of office until Monday. For urgent matters call my colleague. ",
    "Dhanyavaad! Aapka sandesh mil gaya hai, hum jald hi jawab denge.",
    "यह एक स्वचालित उत्तर है। कृपया इस नंबर पर उत्तर न दें।",
)
Robot = Callable[[int, str], str]  # round and what it was told last -> what it answers


def same(n: int, _: str) -> str:
    return OUT_OF_OFFICE[0]


def in_turn(n: int, _: str) -> str:
    return OUT_OF_OFFICE[n % len(OUT_OF_OFFICE)]


def echo(_: int, told: str) -> str:
    return told


def quoting(n: int, told: str) -> str:
    return f"Re: {told}"


def numbering(n: int, _: str) -> str:
    return f"Your request has been registered. Ticket number {40_000 + 7 * n}. We will get back to you."


def helping(n: int, _: str) -> str:
    return f"Do you need help? Write HELP {n}, our assistant number {40 + n} will help you."


def speaking(n: int, _: str) -> str:
    return f"Hindi {n}. English {n}."


def telling(n: int, _: str) -> str:
    return f"naubasta me gali {n} me satta chalta hai"


def menu(n: int, _: str) -> str:
    return str(n % 9 + 1)


def talk(hotline: Installation, robot: Robot) -> int:
    """How many answers it takes until the two have nothing more to say to each other, or ROUNDS are over."""
    handset = hotline.handset("+919800000042", "whatsapp")
    ours, told = 0, "Hello! Thank you for contacting us."
    for n in range(ROUNDS):
        heard = handset.send(robot(n, told))
        ours += bool(heard)
        if not heard:
            break  # nobody wrote to it: it has nothing to answer
        told = str(heard[-1].text)
    handset.deliver()
    return ours


@pytest.mark.parametrize(
    "robot", [same, in_turn, echo, quoting, menu, helping, speaking], ids=lambda robot: robot.__name__
)
def test_a_robot_and_the_hotline_soon_have_nothing_more_to_say_to_each_other(
    hotline: Installation, robot: Robot
) -> None:
    assert talk(hotline, robot) <= SOON


@pytest.mark.parametrize("robot", [numbering, telling], ids=lambda robot: robot.__name__)
def test_a_robot_that_never_says_the_same_twice_ends_within_the_hours_answers(
    hotline: Installation, robot: Robot
) -> None:
    assert talk(hotline, robot) <= hotline.settings.text_messages_per_hour


def test_a_flood_from_one_number_costs_few_answers_and_every_word_of_it_is_kept(hotline: Installation) -> None:
    handset = hotline.handset("+919800000042", "sms")
    most, sent = hotline.settings.text_messages_per_hour, 3 * hotline.settings.text_messages_per_hour
    answers = sum(len(handset.send(f"naubasta me gali {n} me satta chalta hai")) for n in range(sent))
    handset.deliver()
    assert answers <= most
    assert len(hotline.look(lambda s: s.exec(select(Message)).all())) == sent
    assert len(hotline.tips()) == 1
    another = hotline.handset("+919800000043", "sms")
    assert another.send("kalyanpur me charas bikti hai")  # somebody else is answered as ever


def test_what_robots_wrote_is_prepared_like_any_tip_and_gone_at_the_provider(hotline: Installation) -> None:
    talk(hotline, telling)
    hotline.start("work")
    hotline.start("schedule")
    hotline.fall_silent()
    hotline.wait_until("it is routed", lambda: hotline.statuses() == ["routed"])
    hotline.wait_until("all is erased", lambda: hotline.provider.objects() == [])
    assert hotline.look(lambda s: s.exec(select(Conversation)).all()) == []
    assert all(one.text for one in hotline.look(lambda s: s.exec(select(Message)).all()))


def test_silent_hours_do_not_make_a_robot_talkative_again_with_the_same_words(hotline: Installation) -> None:
    """Each silence begins a new exchange; still a machine with one thing to say gets but a few answers of each."""
    first = talk(hotline, same)
    hotline.fall_silent()
    with hotline.parts.db.session() as session:
        for copy in session.exec(select(ProviderCopy)):
            copy.heard_at -= timedelta(minutes=31)
    second = talk(hotline, same)
    assert first <= SOON and second <= SOON
    assert len(hotline.look(lambda s: s.exec(select(Tip)).all())) <= 2
