"""What a copy says: a note for each body that was left out, and how much was copied."""

from msgspec import Struct

from events.process.terminal import count_of


class CopyNote(Struct, frozen=True, kw_only=True):
    """An event whose body was left out, because it is missing or damaged where it is copied from."""

    what: str = "left out"
    position: int
    path: str
    words: str

    def __str__(self) -> str:
        return f"{self.what}  {self.position}  {self.path}  {self.words}"


class CopyTotals(Struct, kw_only=True):
    """
    How much was copied, and where both logs now end.

    `copied` counts the events that are new in the target. Of these, `erased` have no body, because an erasure lists
    them, and `left_out` have none because it could not be read. `removed` counts the erasures that were carried out in
    the target, and `remains` says which server there may still keep what they removed, and why; it is empty where none
    does. `position` and `head` are those of the last event; 0 and empty where there is none.
    """

    copied: int = 0
    erased: int = 0
    left_out: int = 0
    removed: int = 0
    remains: str = ""
    position: int = 0
    head: str = ""

    def __str__(self) -> str:
        if not self.head:
            return "the log is empty: nothing to copy"
        said = [f"copied {count_of(self.copied, 'event')}" if self.copied else "nothing new"]
        if self.erased:
            said.append(f"{self.erased} of them erased")
        if self.removed:
            said.append(f"{count_of(self.removed, 'erasure')} carried out")
        if self.left_out:
            said.append(
                f"{self.left_out} without its body" if self.left_out == 1 else f"{self.left_out} without bodies"
            )
        remains = f"; what was erased may still be there: {self.remains}" if self.remains else ""
        return f"{', '.join(said)}; both end at position {self.position}, {self.head}{remains}"
