"""The name that was told in one call."""

import re

from projector.domain.calls import Call
from projector.domain.names.fields import fields_with, name_ids
from projector.domain.names.name import Name
from projector.domain.names.reading import name_in, words_in
from projector.domain.names.titles import plain

# An agent is called `Sofia - Clinic reception`, or `clinic_sofia/v2`.
_SIGNS = re.compile(r"[\W\d_]+")


def heard_name(call: Call, fields: tuple[str, ...]) -> Name | None:
    """
    Return the name that a call tells of its caller; None if it tells none.

    The name is that of the most trusted field that holds one. Where that is only a part, a field that tells the same
    part may add the rest: `user_name` Sylvia, `last_name` Cartwright.

    Args:
        fields: the data collection ids that name the caller: see `NAME_FIELDS`.
    """
    told = _told(call, fields)
    name: Name | None = None
    for field in fields_with(told, fields):
        found = _name_of([told.get(id_, "") for id_ in field])
        if found is None or is_agents_own(found, call):
            continue
        if name is None:
            name = found
        elif not name.family and found.family and found.given in {"", name.given}:
            name = Name(name.title, name.given, found.family, is_whole=name.is_whole)
        elif not name.given and not name.title and found.given and found.family in {"", name.family}:
            name = Name(found.title, found.given, name.family, is_whole=name.is_whole)
    return name


def agents_own_ids(call: Call, fields: tuple[str, ...]) -> list[str]:
    """Return the ids under which a call has its agent's own name as that of the caller."""
    if not call.agent_name:
        return []
    return [
        id_
        for id_ in name_ids(call, fields)
        if isinstance(value := call.collected[id_], str)
        and (name := name_in(value)) is not None
        and is_agents_own(name, call)
    ]


def is_agents_own(name: Name, call: Call) -> bool:
    """Return whether a name is that of the agent of a call, which introduced itself by it."""
    words = {plain(word) for word in f"{name.given} {name.family}".split()}
    own = {plain(word) for word in _SIGNS.split(call.agent_name)}
    return bool(name.given) and words <= own


def _told(call: Call, fields: tuple[str, ...]) -> dict[str, str]:
    """Return the texts under ids that name the caller, by the squeezed id in the name field."""
    told: dict[str, str] = {}
    for id_, field in name_ids(call, fields).items():
        value = call.collected[id_]
        # If the value was a card number, do not greet the caller with the text that replaced it.
        if isinstance(value, str) and id_ not in call.collected_redacted:
            told.setdefault(field, value)
    return told


def _name_of(values: list[str]) -> Name | None:
    """Return the name that the values of a field make: one whole name, or a first name and the rest."""
    if len(values) == 1:
        return name_in(values[0])
    first, *others = values
    given, families = words_in(first), [found for value in others if (found := words_in(value))]
    family = [word for found in families for word in found.words]
    title = given.title if given else families[0].title if families else ""
    names = [*given.words] if given else []
    # The whole name stands in both, or in one of them.
    if names and family[: len(names)] == names:
        family = family[len(names) :]
    if family and names[-len(family) :] == family:
        names = names[: -len(family)]
    return Name(title, " ".join(names), " ".join(family)) if names or family else None
