"""What each call taught of a caller: values that are new, that took the place of others, or that were said again."""

from collections.abc import Sequence

from msgspec import Struct

from projector.domain.memories import Fact, Memory, is_same_value, label_of
from projector.domain.reading.ids import words_of

# In the nine languages; without accents, in lower case. Each word in the id or the label of a value is
# enough to say that it tells what is still to be done for a caller.
_ISSUE_WORDS = {
    "en": "callback complaint complaints followup issue issues pending problem problems todo todos unresolved",
    "de": "anliegen beschwerde beschwerden problem probleme ruckruf",
    "es": "pendiente pendientes problema problemas queja quejas",
    "fr": "probleme problemes reclamation reclamations rappel",
    "it": "problema problemi reclamo sospeso",
    "nl": "klacht klachten probleem problemen terugbellen",
    "pl": "problem problemy reklamacja skarga",
    "pt": "pendencia pendente problema problemas queixa reclamacao",
    "sv": "arende klagomal problem aterkoppling",
}
_WORDS = frozenset(word for words in _ISSUE_WORDS.values() for word in words.split())


class Learned(Struct, frozen=True, kw_only=True):
    """
    A value that a call taught.

    `before` is the memory that it superseded, of the same person, id and audience, and `after` the one that superseded
    it; None where there is none. `again` are earlier memories of the same value, which it reinforces, oldest first.
    """

    memory: Memory
    before: Memory | None = None
    after: Memory | None = None
    again: tuple[Memory, ...] = ()

    @property
    def label(self) -> str:
        """What the value is called."""
        return label_of(self.memory)

    @property
    def value(self) -> str:
        """The value, in words."""
        return self.memory.source.words


def learned_values(memories: Sequence[Memory]) -> list[Learned]:
    """Return each collected value among memories that are in the order of the calls, with what it superseded."""
    chains: dict[tuple[int, str, str | None], list[Memory]] = {}
    for memory in memories:
        if memory.kind == "collected":
            chains.setdefault(whose(memory), []).append(memory)
    found: dict[str, Learned] = {}
    for chain in chains.values():
        found |= {each.memory.id: each for each in _of_chain(chain)}
    return [found[memory.id] for memory in memories if memory.id in found]


def whose(memory: Memory) -> tuple[int, str, str | None]:
    """Return what the values of one chain have in common: each person has an own value, and some agents have."""
    return memory.person, memory.key, None if memory.told_to is None else memory.agent_id or ""


def is_issue(fact: Fact) -> bool:
    """Tell whether a fact says what is still to be done for a caller: its id or its label says so."""
    return not _WORDS.isdisjoint([*words_of(fact.id), *words_of(fact.label)])


def _of_chain(chain: Sequence[Memory]) -> list[Learned]:
    found: list[Learned] = []
    for at, memory in enumerate(chain):
        same: list[Memory] = []
        former = at
        while former and is_same_value(chain[former - 1].source.words, memory.source.words):
            former -= 1
            same.insert(0, chain[former])
        following = next(
            (one for one in chain[at + 1 :] if not is_same_value(one.source.words, memory.source.words)), None
        )
        before = chain[former - 1] if former else None
        found.append(Learned(memory=memory, before=before, after=following, again=tuple(same)))
    return found
