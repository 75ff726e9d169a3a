"""A kind of words: whole words, words that begin alike, and several words in a row."""

from collections.abc import Sequence


class WordKind:
    """
    Words that do the same in a sentence, in all languages.

    Args:
        entries: words in lower case with blanks between them. `verif*` is any word that begins so, `turn_off` is two
            words in a row.
    """

    def __init__(self, entries: str) -> None:
        self._whole: set[str] = set()
        self._beginnings: dict[str, list[str]] = {}
        self._rows: dict[str, list[tuple[str, ...]]] = {}
        for entry in entries.casefold().split():
            first, *rest = entry.split("_")
            if rest:
                self._rows.setdefault(first, []).append((first, *rest))
            elif entry.endswith("*"):
                self._beginnings.setdefault(entry[:2], []).append(entry[:-1])
            else:
                self._whole.add(entry)

    def length_at(self, told: Sequence[str], at: int) -> int:
        """Return how many words from a place on are of this kind; 0 where none is."""
        word = told[at]
        rows = [len(row) for row in self._rows.get(word, ()) if _is_row(row, told, at)]
        if rows:
            return max(rows)
        is_one = word in self._whole or any(map(word.startswith, self._beginnings.get(word[:2], ())))
        return int(is_one)

    def may_begin_with(self, word: str) -> bool:
        """Tell whether some of these words begin with a word."""
        is_one = word in self._whole or any(map(word.startswith, self._beginnings.get(word[:2], ())))
        return is_one or word in self._rows

    def is_in(self, told: Sequence[str]) -> bool:
        """Tell whether any word of some is of this kind."""
        return any(self.length_at(told, at) for at in range(len(told)))

    def without(self, told: Sequence[str]) -> list[str]:
        """Return the words of some that are not of this kind."""
        kept, at = [], 0
        while at < len(told):
            length = self.length_at(told, at)
            kept += [] if length else [told[at]]
            at += length or 1
        return kept


def _is_row(row: tuple[str, ...], told: Sequence[str], at: int) -> bool:
    return len(told) >= at + len(row) and all(
        told[at + offset].startswith(part[:-1]) if part.endswith("*") else told[at + offset] == part
        for offset, part in enumerate(row)
    )
