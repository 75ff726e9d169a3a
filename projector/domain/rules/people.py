"""Who of the people at one number a call was with: the name that they tell, and what was collected under it."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from projector.domain.calls import Call
from projector.domain.memories import PersonName
from projector.domain.names.fields import name_ids
from projector.domain.names.heard import agents_own_ids
from projector.domain.names.name import Name
from projector.domain.names.reading import name_in
from projector.domain.names.sameness import fits, is_part_in_signs, is_same_given, is_shared_in_part, told_anew
from projector.domain.names.speaker import Proof, Speaker
from projector.domain.names.titles import plain
from projector.domain.rules.facts import CurrentFacts

# The state of a caller must not grow with the calls: of more people, those who called longest ago are strangers again.
_PEOPLE_MAX = 8
# Names alternate if they changed twice in so many calls that told one: somebody came back, or a third one called.
_NAMED_CALLS_MAX, _CHANGES_MIN = 6, 2
# The calls of people who tell no name, while names alternate.
_NOBODY_KNOWN = 0


class Person(Struct, frozen=True):
    """
    Somebody who calls from the caller's number, and what was collected under that name.

    `number` counts the people at this number from 1, in the order of their first calls. Calls before the first name
    are the first person's.
    """

    number: int
    name: Name = Name()
    facts: CurrentFacts = CurrentFacts()


class People(Struct, frozen=True):
    """
    The people who call from one number.

    `known` are the people in the order of their last calls. `named` are the numbers of those who told their names in
    the last few calls that told one, and `count` is that of all people so far.
    """

    known: tuple[Person, ...] = (Person(1),)
    named: tuple[int, ...] = ()
    count: int = 1

    @property
    def alternate(self) -> bool:
        """Whether names alternate, so that nobody can say who will call next."""
        return sum(one != other for one, other in zip(self.named, self.named[1:], strict=False)) >= _CHANGES_MIN

    @property
    def last_named(self) -> Person | None:
        """Whoever the caller is taken for: who told a name last; None while names alternate."""
        if self.alternate:
            return None
        return self._numbered(self.named[-1] if self.named else 1)

    def caller_of(self, heard: Name | None) -> Person:
        """
        Return who a call is with, and the name as it is known once the call is over.

        Args:
            heard: the name that the call tells; None if it tells none.
        """
        last = self.last_named
        if heard is None or not (heard.given or heard.title or last):
            return last or self._numbered(_NOBODY_KNOWN)
        for person in self._likeliest_first(heard):
            if fits(person.name, heard):
                return replace(person, name=told_anew(person.name, heard))
        return Person(self.count + 1, heard)

    def speaker_of(self, speaker: Speaker) -> tuple[Person, bool]:
        """
        Return who a call is with that told no name but in what was said, and whether it told one.

        In doubt it is whoever the caller is taken for. Only who opens a call with a name that is known here is that
        one, and only who says that a name is their own may be somebody new.
        """
        last, heard = self.last_named, speaker.name
        if heard is not None and last is not None and _may_be(last.name, heard, speaker):
            return _said_anew(last, heard), True
        if heard is not None and speaker.proof >= Proof.OPENED:
            for person in reversed(self.known):
                if is_shared_in_part(person.name, heard):
                    return _said_anew(person, heard), True
        if heard is not None and speaker.proof >= Proof.INTRODUCED:
            return Person(self.count + 1, heard), True
        return last or self._numbered(_NOBODY_KNOWN), False

    def called_for(self, person: Person, speaker: Speaker) -> Person:
        """Return whose the values are that a call collected: the caller's, or of somebody known here whom they name."""
        names = [name for told in speaker.calls_for if (name := name_in(told)) is not None]
        for each in reversed(self.known):
            if each.number != person.number and any(is_shared_in_part(each.name, name) for name in names):
                return each
        return person

    def with_facts(self, person: Person) -> "People":
        """Return the people once something is known anew of one of them, who did not call."""
        return replace(self, known=tuple(person if each.number == person.number else each for each in self.known))

    def after(self, person: Person, *, is_named: bool) -> "People":
        """
        Return the people once a call is over.

        Args:
            person: who the call was with, as known with it.
            is_named: whether the call told the name.
        """
        others = [each for each in self.known if each.number != person.number]
        return People(
            known=(*others, person)[-_PEOPLE_MAX:],
            named=(*self.named, person.number)[-_NAMED_CALLS_MAX:] if is_named and person.number else self.named,
            count=max(self.count, person.number),
        )

    def names(self) -> tuple[PersonName, ...]:
        """Return the names of the people, in the order of their last calls."""
        return tuple(PersonName(person.number, person.name.whole) for person in self.known if person.name.whole)

    def _likeliest_first(self, heard: Name) -> Iterator[Person]:
        """Yield people whom a name may belong to: who tell the same first name, and then whoever the caller is."""
        for person in reversed(self.known):
            if person.name.given and heard.given and is_same_given(person.name.given, heard.given):
                yield person
        if (last := self.last_named) is not None:
            yield last
        elif not heard.given:
            yield from (person for person in reversed(self.known) if person.name.title and person.name.family)

    def _numbered(self, number: int) -> Person:
        return next((person for person in self.known if person.number == number), Person(number))


def _may_be(known: Name, heard: Name, speaker: Speaker) -> bool:
    """Tell whether a speaker may be whoever the caller is taken for: not one who speaks of that one."""
    if not known.whole or is_shared_in_part(known, heard):
        return True
    return fits(known, heard) and not any(
        (other := name_in(told)) is not None and is_shared_in_part(known, other) for told in speaker.others
    )


def _said_anew(person: Person, heard: Name) -> Person:
    """Return a person with the name that they say now, unless that may be another one."""
    known = person.name
    if known.whole and not is_shared_in_part(known, heard):
        return person
    if is_part_in_signs(known.given, heard.given) and len(heard.given) < len(known.given):
        return person
    return replace(person, name=told_anew(known, heard))


def counted(call: Call, person: Person, shared: frozenset[str], fields: tuple[str, ...]) -> Call:
    """
    Return a call with those collected values alone that count.

    Left out are the agent's own name in place of the caller's, and, of a call in which only the agent spoke, what
    names the caller, and what would take the place of something that was said.

    Args:
        person: who the call is with, and what is known of that person before the call.
        shared: the ids of the call's values that are every agent's: see `shared_ids`.
        fields: the data collection ids that name the caller.
    """
    left_out = {id_ for id_ in agents_own_ids(call, fields) if not _is_part_of(call.collected[id_], person.name)}
    if call.is_monologue:
        left_out.update(name_ids(call, fields))
        left_out.update(id_ for id_ in call.collected if person.facts.before(call, id_, shared) is not None)
    if not left_out:
        return call
    return replace(call, collected={id_: value for id_, value in call.collected.items() if id_ not in left_out})


def _is_part_of(value: object, name: Name) -> bool:
    return {plain(word) for word in str(value).split()} <= {plain(word) for word in name.whole.split()}
