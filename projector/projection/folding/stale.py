"""Which callers a batch of events leaves to be folded, and what is new of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from projector.domain.calls import Call
from projector.read_model.records import KeptExtraction
from projector.read_model.tables.sharing_tables import Mark

# Conversations, each with the extraction that counted before; None where there was none.
Learned = Mapping[str, KeptExtraction | None]


class Stale:
    """The callers whose memories are out of date."""

    def __init__(self) -> None:
        self._added: dict[str, list[Call]] = {}
        self._whole: set[str] = set()
        self._extracted: dict[str, dict[str, KeptExtraction | None]] = {}
        self._corrected: set[str] = set()

    def add(self, call: Call) -> None:
        """Note a call of a conversation of which no version was kept."""
        self._added.setdefault(call.caller, []).append(call)

    def add_extracted(self, caller: str, conversation_id: str, former: KeptExtraction | None) -> None:
        """
        Note a kept call of which a model said something that was not known before.

        Args:
            former: the extraction that counted before; None where there was none.
        """
        self._extracted.setdefault(caller, {}).setdefault(conversation_id, former)

    def add_corrected(self, caller: str) -> None:
        """Note a caller of whom a person corrected something."""
        self._corrected.add(caller)

    def add_whole(self, callers: Iterable[str]) -> None:
        """Note callers of whom a call was changed or removed: they are folded from all of their calls."""
        self._whole |= set(callers)

    def names(self) -> set[str]:
        """Return all of them."""
        return self._added.keys() | self._whole | self._extracted.keys() | self._corrected

    def marks(self) -> list[Mark]:
        """
        Return what is noted, as it is left for whoever folds.

        A mark holds no words. So it does not say what a model said of a call before, and such a caller is folded whole.
        """
        return [
            Mark(
                caller,
                is_whole=caller in self._whole or caller in self._extracted,
                added=tuple(call.conversation_id for call in self._added.get(caller, ())),
                is_corrected=caller in self._corrected,
            )
            for caller in sorted(self.names())
        ]

    def leave_out(self, callers: Iterable[str]) -> None:
        """Drop what was noted of some callers."""
        for caller in callers:
            self._added.pop(caller, None)
            self._whole.discard(caller)
            self._extracted.pop(caller, None)
            self._corrected.discard(caller)

    def callers(self) -> Iterator[tuple[str, list[Call] | None]]:
        """Yield each caller, in the order of their keys, with the new calls; None for one to be folded whole."""
        for caller in sorted(self._added.keys() | self._whole):
            yield caller, None if caller in self._whole else self._added[caller]

    def extracted(self, caller: str) -> Learned:
        """Return the conversations of a caller of which models said something new, with what counted before."""
        return self._extracted.get(caller, {})

    def learned(self) -> Iterator[tuple[str, Collection[str] | None]]:
        """
        Yield each caller of whom what models said has changed, with the conversations of that.

        None in place of these where a person corrected something: then all facts are folded. Callers who are folded
        whole are left out.
        """
        for caller in sorted((self._extracted.keys() | self._corrected) - self._whole):
            yield caller, None if caller in self._corrected else self._extracted[caller].keys()


class NothingFolded(Stale):
    """For a transaction that folds nobody, as those of a replay: it would hold all of its calls for nothing."""

    def add(self, call: Call) -> None:
        """Do nothing."""
