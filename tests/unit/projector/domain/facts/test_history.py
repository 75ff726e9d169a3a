"""The fold of one group: the same in any order and for any number of repetitions."""

import random

import msgspec
from msgspec import structs

from projector.domain.facts.history import GroupFold, Rules, Settled, history
from projector.domain.facts.period import Period, by_call
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.said import Said
from projector.domain.facts.statement import Status
from projector.domain.facts.told.stems import content_stems
from projector.domain.facts.told_facts import rules_of
from projector.domain.facts.value import Value

_STATUSES: tuple[Status, ...] = ("current", "current", "current", "ended", "past", "planned")


def _said(chance: random.Random) -> Said:
    value = chance.choice(("a", "b", "a b", "c"))
    begins_at_s = chance.choice((0, 2, 3, 4, 9))
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
        begins_at_s=begins_at_s,
        valid_from=str(begins_at_s),  # of which the other follows
    )


def _is_part(said: Said, whole: Said) -> bool:
    return {*said.stems} < {*whole.stems}


def _is_never(said: Said, whole: Said) -> bool:
    return False


def test_is_the_same_in_any_order_and_number() -> None:
    """Of 3,000 random sets, shuffled and in part doubled, each has one history; one value at most is so of a single."""
    chance = random.Random(3)
    for _ in range(3000):
        said = [_said(chance) for _ in range(chance.randrange(9))]
        again = [*said, *said[: chance.randrange(4)]]
        chance.shuffle(again)
        for is_several in (True, False):
            rules = Rules(is_several=is_several, is_part=chance.choice((_is_part, _is_never)))
            periods = history(said, rules)
            assert history(again, rules) == periods
            assert is_several or sum(period.is_current for period in periods) <= 1


class _Stored:
    """Values as they would be stored: as JSON."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def keep(self, changed: dict[str, Value]) -> None:
        self.bodies |= {normal: msgspec.json.encode(value) for normal, value in changed.items()}

    def get(self, normal: str) -> Value | None:
        return msgspec.json.decode(self.bodies[normal], type=Value) if normal in self.bodies else None

    def current(self) -> list[Value]:
        values = (self.get(normal) for normal in self.bodies)
        return [value for value in values if value is not None and value.is_standing]

    def current_with(self, stems: frozenset[str]) -> list[Value]:
        standing = [value for value in self.current() if value.current is not None]
        return [value for value in standing if value.current and not stems.isdisjoint(value.current.last.stems)]


def test_added_call_by_call_is_folded_whole() -> None:
    """Call after call, with nothing but what is stored between two of them, makes the periods of the whole fold."""
    chance = random.Random(4)
    settled = Settled(frozenset({"a/2", "c/1"}), {"a b/1": 2, "b/1": 1})
    for number in range(2000):
        said = [_said(chance) for _ in range(chance.randrange(9))]
        rules = Rules(
            is_several=number % 2 == 0,
            is_part=_is_part if number % 5 == 0 else _is_never,
            settled=settled if number % 3 == 0 else Settled(),
        )
        stored = _Stored()
        periods: dict[tuple[str, int], Period] = {}
        for _, of_call in by_call(said):
            fold = GroupFold(rules, stored)
            fold.add(of_call)
            stored.keep(fold.changed)
            periods |= fold.touched
        assert [*periods.values()] == history(said, rules)


def test_what_is_settled_is_open_again_once_it_is_said_again() -> None:
    """An issue that a person settled ends then; where it comes again later, that is another one."""
    before, after = (_of(value="a", at_s=at_s) for at_s in (1, 9))
    rules = Rules(is_several=True, settled=Settled(resolved={"a/1": 5}))
    first, second = history([before, after], rules)
    assert first.end is not None
    assert (first.end.at_s, second.number, second.is_current) == (5, 2, True)


def test_what_was_dropped_ends_nothing() -> None:
    """A value that is wrong takes the place of none: the one before it is so still."""
    rules = Rules(is_several=False, settled=Settled(dropped=frozenset({"b/1"})))
    (period,) = history([_of(value="a", at_s=1), _of(value="b", at_s=2)], rules)
    assert (period.normal, period.is_current) == ("a", True)


def test_correction_after_a_drop_counts() -> None:
    """What a person says is right is so, though the same value had been dropped before; not if it is dropped after."""
    corrected = structs.replace(_of(value="a", at_s=5), is_operators=True, conversation_id="")
    for at_s, is_so in ((4, True), (6, False)):
        settled = Settled(dropped=frozenset({"a/1"}), dropped_at_s={"a/1": at_s})
        periods = history([_of(value="a", at_s=1), corrected], Rules(is_several=False, settled=settled))
        assert [period.is_operators for period in periods] == ([True] if is_so else [])


def test_nothing_heard_ends_what_a_person_corrected() -> None:
    """Neither another value nor that it is no longer so counts against the word of a person."""
    corrected = structs.replace(_of(value="a", at_s=1), is_operators=True, conversation_id="")
    said = [corrected, _of(value="b", at_s=2), _of(value="a", at_s=3, status="ended")]
    for is_several in (True, False):
        periods = history(said, Rules(is_several=is_several))
        assert ("a", True) in [(period.normal, period.is_current) for period in periods]


def test_end_that_is_told_again_is_no_further_fact() -> None:
    """That a value has ended is known once another took its place."""
    said = [_of(value="a", at_s=1), _of(value="b", at_s=2), _of(value="a", at_s=3, status="ended")]
    said.append(_of(value="a", at_s=4, status="past"))
    assert [period.normal for period in history(said, Rules(is_several=False))] == ["a", "b"]


def test_plan_ends_nothing_until_its_day() -> None:
    """What is planned stands beside what is so, and takes its place at the call that comes after its day."""
    rules = Rules(is_several=False)
    said = [_of(value="a", at_s=1), structs.replace(_of(value="b", at_s=2, status="planned"), begins_at_s=5)]
    assert _told(said, rules) == [("a", True, None), ("b", False, None)]
    said.append(_of(value="a", at_s=4))
    assert _told(said, rules) == [("a", True, None), ("b", False, None)]
    said.append(_of(value="b", at_s=8))
    assert _told(said, rules) == [("a", False, 5), ("b", True, None)]


def test_plan_without_a_day_waits_for_the_word() -> None:
    """A plan whose day is not known is so when somebody says that it is; another plan takes its place."""
    rules = Rules(is_several=False)
    said = [_of(value="a", at_s=1), _of(value="b", at_s=2, status="planned"), _of(value="a", at_s=3)]
    assert _told(said, rules) == [("a", True, None), ("b", False, None)]
    assert _told([*said, _of(value="b", at_s=4)], rules) == [("a", False, 4), ("b", True, None)]
    assert _told([*said, _of(value="c", at_s=4, status="planned")], rules) == [
        ("a", True, None),
        ("b", False, 4),
        ("c", False, None),
    ]
    taken_back = [*said, _of(value="b", at_s=4, status="ended")]
    assert _told(taken_back, rules) == [("a", True, None), ("b", False, 4)]


def test_no_plan_ends_what_a_person_corrected() -> None:
    """A correction ends the plans before it, and of those after it none is followed."""
    rules = Rules(is_several=False)
    corrected = structs.replace(_of(value="a", at_s=2), is_operators=True, conversation_id="")
    plans = [
        structs.replace(_of(value="b", at_s=at_s, status="planned"), normal=normal, value=normal, begins_at_s=5)
        for at_s, normal in ((1, "b"), (3, "c"))
    ]
    told = _told([corrected, *plans, _of(value="a", at_s=9)], rules)
    assert ("a", True, None) in told
    assert [each[0] for each in told if each[1]] == ["a"]


def _told(said: list[Said], rules: Rules) -> list[tuple[str, bool, int | None]]:
    """Return each value, whether it is so, and when it ended."""
    periods = sorted(history(said, rules), key=lambda period: period.normal)
    return [(each.normal, each.is_current, each.end.at_s if each.end is not None else None) for each in periods]


def _of(*, value: str, at_s: int, status: Status = "current") -> Said:
    said = _said(random.Random(1))
    return structs.replace(
        said,
        value=value,
        normal=value,
        stems=(value,),
        at_s=at_s,
        status=status,
        begins_at_s=0,
        conversation_id=f"conv_{at_s}",
    )


def _heard(attribute: str, value: str, at_s: int, **changed: object) -> Said:
    said = structs.replace(_said(random.Random(1)), attribute=attribute, value=value, normal=value.casefold())
    said = structs.replace(said, at_s=at_s, status="current", stems=tuple(content_stems(value, "en")))
    return structs.replace(said, **changed)


def _current(*said: Said) -> list[str]:
    rules = rules_of(["+12025550143"], said[0].group, Registry())
    return [period.last.value for period in history(said, rules) if period.is_current]


def test_part_of_a_name_takes_the_place_of_no_whole_one() -> None:
    """Who is known as Ornella Castagnetti, and says `Ornella here`, is still called so; another name is another."""
    whole = _heard("name", "Ornella Castagnetti", 1)
    assert _current(whole, _heard("name", "Ornella", 2)) == ["Ornella Castagnetti"]
    assert _current(whole, _heard("name", "Signora Castagnetti", 2)) == ["Ornella Castagnetti"]
    assert _current(_heard("name", "Ornella", 0), whole) == ["Ornella Castagnetti"]
    assert _current(whole, _heard("name", "Ornella Bianchi", 2)) == ["Ornella Bianchi"]
    assert _current(whole, _heard("name", "Ornella", 2, is_operators=True)) == ["Ornella"]
    assert _current(whole, _heard("name", "Castagnetti", 2, status="ended")) == []


def test_part_of_an_address_takes_the_place_of_no_whole_one() -> None:
    """So it is with what else is called by a name; of what is counted a part is another value."""
    assert _current(_heard("address", "9 Juniper Court, Morton", 1), _heard("address", "Juniper Court", 2)) == [
        "9 Juniper Court, Morton"
    ]
    assert _current(_heard("address", "9 Juniper Court", 1), _heard("address", "9 Juniper Court, Morton", 2)) == [
        "9 Juniper Court, Morton"
    ]
    assert _current(_heard("address", "9 Juniper Court", 1), _heard("address", "7 Juniper Court", 2)) == [
        "7 Juniper Court"
    ]
    assert _current(_heard("household", "two adults, a dog", 1), _heard("household", "two adults", 2)) == ["two adults"]
