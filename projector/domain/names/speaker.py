"""Who speaks in a call, as the speaker says, and for whom."""

from enum import IntEnum

from msgspec import Struct

from projector.domain.names.name import Name
from projector.domain.names.reading import name_in


class Proof(IntEnum):
    """
    How surely the words of a call show that a name is that of whoever speaks.

    `TOLD`: the speaker said the name. `OPENED`: the speaker opened the call with it, in place of a greeting.
    `INTRODUCED`: the speaker said that it is their own.
    """

    TOLD = 1
    OPENED = 2
    INTRODUCED = 3


class Speaker(Struct, frozen=True):
    """
    What a call says of whoever speaks in it.

    `told` is the speaker's name, as it was said; empty where none was. `others` are the names of other people of whom
    they speak, and `calls_for` those of them for whom they call.
    """

    told: str = ""
    proof: Proof = Proof.TOLD
    others: tuple[str, ...] = ()
    calls_for: tuple[str, ...] = ()

    @property
    def name(self) -> Name | None:
        """The speaker's name; None where none was said."""
        return name_in(self.told) if self.told else None

    def is_of_another(self, name: Name) -> bool:
        """Tell whether a name is that of somebody else, as the speaker says."""
        own = self.name
        if own is not None and own.whole == name.whole:
            return False
        return any(other is not None and other.whole == name.whole for other in map(name_in, self.others))
