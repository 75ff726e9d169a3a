"""Whose a memory is, where several people call from one number."""

from collections.abc import Sequence

from ingress.wording.spoken_name import spoken_name
from projector.domain.memories import CallerView, Fact, Memory, PastCall, PersonName

_SOMEBODY = "somebody who gave no name"
# Of a name that cannot be said.
_ANOTHER = "somebody else"
_NAMED_MAX = 4


def are_several(view: CallerView) -> bool:
    """Return whether more than one person is known to call from the caller's number."""
    return len(view.people) > 1


def said_by(memory: Memory, view: CallerView | None) -> str:
    """Return who said what is remembered; empty where one person calls, and for what stems from many calls."""
    if view is None or not are_several(view) or memory.kind == "pattern":
        return ""
    return _name(view, memory.person)


def said_by_another(memory: Memory, view: CallerView | None) -> str:
    """Return who said what is remembered; empty where that is whoever the caller is taken for."""
    return "" if view is None or _is_taken_for(memory.person, view) else said_by(memory, view)


def of_another(call: PastCall, view: CallerView) -> str:
    """Return who an earlier call was with; empty where that is whoever the caller is taken for."""
    return "" if not are_several(view) or _is_taken_for(call.person, view) else _name(view, call.person)


def facts_beside(memory: Memory, view: CallerView | None, facts: Sequence[Fact]) -> Sequence[Fact]:
    """
    Return those of some facts that say whether a memory is still so: none for what another one said.

    Args:
        facts: those of whoever the caller is taken for.
    """
    is_own = view is None or memory.kind == "pattern" or _is_taken_for(memory.person, view)
    return facts if is_own else ()


def own_calls(view: CallerView) -> list[PastCall]:
    """Return the earlier calls of whoever the caller is taken for; of everybody while nobody can say who calls."""
    return [call for call in view.past_calls if call.person == view.person or not view.person]


def other_people(view: CallerView) -> str:
    """Return who else calls from the number than whoever the caller is taken for, newest first."""
    names = [_spoken(each) for each in reversed(view.people) if each.number != view.person]
    if len(names) > _NAMED_MAX:
        names = [*names[:_NAMED_MAX], "others"]
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _is_taken_for(person: int, view: CallerView) -> bool:
    return person != 0 and person == view.person


def _name(view: CallerView, person: int) -> str:
    return next((_spoken(each) for each in view.people if each.number == person), _SOMEBODY)


def _spoken(person: PersonName) -> str:
    return spoken_name(person.name) or _ANOTHER
