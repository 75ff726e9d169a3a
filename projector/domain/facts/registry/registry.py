"""Looks up what an attribute is, by its name or by the id under which an operator collects it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Literal

import msgspec
from msgspec import Struct, structs

from projector.domain.facts.registry.table import IDS, LANGUAGES, TABLE
from projector.domain.memories import Sector
from projector.domain.reading.ids import id_in_words, squeezed, words_of

Sensitivity = Literal["health", "money", "credentials", "third_party", "none"]

OTHER = "other:"
EVERY_ID = "*"
_SNAKE_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_NAME_CHARS_MAX = 40


class Attribute(Struct, frozen=True, kw_only=True):
    """
    What a fact can say of somebody.

    `is_several` is whether several values can be so at a time; a new value of any other takes the place of the old one.
    `is_shared` is whether all agents are told, and not only the agent that heard it; `is_safe` is whether they may
    be if it is important. `labels` are by language, ISO 639-1; `ids` are the data collection ids that mean it.
    """

    name: str
    is_several: bool = False
    is_shared: bool = False
    is_safe: bool = False
    sensitive: Sensitivity = "none"
    sector: Sector = "semantic"
    labels: dict[str, str] = {}
    ids: tuple[str, ...] = ()

    def label(self, language: str = "en") -> str:
        """Return what the attribute is called in a language; in English where that is not known."""
        return self.labels.get(language) or self.labels.get("en") or _in_words(self.name)


class AddedAttribute(Struct, frozen=True, forbid_unknown_fields=True):
    """
    An attribute that a setting adds, or says anew: one entry of `FACT_ATTRIBUTES`, by its name.

    `several`, `shared`, `safe`, `sensitive`, `sector`, `labels` and `ids` are as in `Attribute`.
    """

    several: bool = False
    shared: bool = False
    safe: bool = False
    sensitive: Sensitivity = "none"
    sector: Sector = "semantic"
    labels: dict[str, str] = {}
    ids: tuple[str, ...] = ()


class Registry:
    """
    The attributes that are known.

    Args:
        added: attributes of the operator, which take the place of ours of the same name.
        shared: squeezed ids whose attributes all agents share; `*` for every attribute.
        hidden: ids of whose attributes nobody is told.
    """

    def __init__(
        self,
        added: Mapping[str, AddedAttribute] | None = None,
        *,
        shared: Iterable[str] = (),
        hidden: Iterable[str] = (),
    ) -> None:
        known = dict(_ours())
        for name, of_operator in (added or {}).items():
            known[name] = _with_plain_ids(
                Attribute(
                    name=name,
                    is_several=of_operator.several,
                    is_shared=of_operator.shared,
                    is_safe=of_operator.safe,
                    sensitive=of_operator.sensitive,
                    sector=of_operator.sector,
                    labels=of_operator.labels,
                    ids=of_operator.ids,
                )
            )
        self._attributes = {name: attribute for name, (attribute, _) in known.items()}
        self._by_id: dict[str, str] = {}
        for name, (_, plain_ids) in known.items():
            for plain_id in plain_ids:
                self._by_id.setdefault(plain_id, name)
        for name in added or {}:  # what the operator says counts
            self._by_id |= {_plain(id_): name for id_ in (name, *self._attributes[name].ids)}
        for id_ in shared:
            for name in [*self._attributes] if id_ == EVERY_ID else [self._by_id.get(_plain(id_), "")]:
                if name:
                    self._attributes[name] = structs.replace(self._attributes[name], is_shared=True)

        self._hidden = frozenset(_plain(self.meant_by(id_).name.removeprefix(OTHER)) for id_ in hidden)

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self._attributes.values())

    def get(self, name: str) -> Attribute | None:
        """Return an attribute by its name, also one that is `other:` and a name in snake case; None if unknown."""
        if name.startswith(OTHER):
            own = name.removeprefix(OTHER)
            return Attribute(name=name) if is_snake_case(own) else None
        return self._attributes.get(name)

    def hides(self, name: str) -> bool:
        """Tell whether nobody is told of an attribute, because an id that means it is hidden."""
        return bool(self._hidden) and _plain(name.removeprefix(OTHER)) in self._hidden

    def meant_by(self, id_: str) -> Attribute:
        """Return the attribute that a data collection id means; one of its own where it means none of ours."""
        name = self._by_id.get(_plain(id_))
        if name is not None:
            return self._attributes[name]
        return Attribute(name=f"{OTHER}{'_'.join(words_of(id_)) or squeezed(id_)}")

    def sameness(self, name: str) -> Attribute | None:
        """Return an attribute by its name; where `other:` says what we have a word for, that one."""
        if name.startswith(OTHER) and self.get(name) is not None:
            return self.meant_by(name.removeprefix(OTHER))
        return self.get(name)


def is_snake_case(name: str) -> bool:
    """Tell whether a name is made of lower-case letters, digits and underscores, as `frame_size` is."""
    return 0 < len(name) <= _NAME_CHARS_MAX and _SNAKE_CHARS.issuperset(name) and name[0].isalpha()


# Each projection looks things up in registries of its own, and what is ours is the same in all.
@cache
def _ours() -> Mapping[str, tuple[Attribute, tuple[str, ...]]]:
    return {attribute.name: _with_plain_ids(attribute) for attribute in _table()}


def _with_plain_ids(attribute: Attribute) -> tuple[Attribute, tuple[str, ...]]:
    return attribute, tuple(map(_plain, (attribute.name, *attribute.labels.values(), *attribute.ids)))


def _table() -> Iterator[Attribute]:
    for line in TABLE.strip().splitlines():
        name, how_many, whose, sensitive, sector, *labels = (cell.strip() for cell in line.split("|"))
        yield Attribute(
            name=name,
            is_several=how_many == "several",
            is_shared=whose == "shared",
            is_safe=whose in {"shared", "safe"},
            sensitive=msgspec.convert(sensitive, Sensitivity),
            sector=msgspec.convert(sector, Sector),
            labels=dict(zip(LANGUAGES, labels, strict=True)),
            ids=tuple(IDS.get(name, "").split()),
        )


def _plain(id_: str) -> str:
    return "".join(words_of(id_)) or squeezed(id_)


def _in_words(name: str) -> str:
    words = id_in_words(name.removeprefix(OTHER))
    return words[:1].upper() + words[1:]
