"""The fold of one group: the same in any order and for any number of repetitions."""

import random

from projector.domain.facts.history import history
from projector.domain.facts.said import Said
from projector.domain.facts.statement import Status

_STATUSES: tuple[Status, ...] = ("current", "current", "current", "ended", "past", "planned")


def _said(chance: random.Random) -> Said:
    value = chance.choice(("a", "b", "a b", "c"))
    return Said(
        person=1,
        about="caller",
        attribute="interest",
        agent=None,
        at_s=chance.randrange(5),
        conversation_id=f"conv_{chance.randrange(3)}",
        turn=chance.randrange(3),
        status=chance.choice(_STATUSES),
        normal=value,
        value=value,
        content=value,
        told_to=None,
        importance=chance.randrange(1, 10),
        stems=tuple(value.split()),
    )


def test_is_the_same_in_any_order_and_number() -> None:
    """Of 3,000 random sets, shuffled and in part doubled, each has one history; one value at most is so of a single."""
    chance = random.Random(3)
    for _ in range(3000):
        said = [_said(chance) for _ in range(chance.randrange(9))]
        again = [*said, *said[: chance.randrange(4)]]
        chance.shuffle(again)
        for is_several in (True, False):
            periods = history(said, is_several=is_several)
            assert [_seen(period) for period in history(again, is_several=is_several)] == [*map(_seen, periods)]
            assert is_several or sum(period.is_current for period in periods) <= 1


def _seen(period: object) -> object:
    return [getattr(period, name) for name in ("normal", "number", "said", "ended_by", "was_only_past")]
