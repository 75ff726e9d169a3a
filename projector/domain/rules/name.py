"""The caller's name: the newest one that was collected, whole or in parts."""

import re
from collections.abc import Sequence

from msgspec import Struct

from projector.domain.calls import Call
from projector.domain.rules.facts import in_words

_HONORIFIC = re.compile(
    r"(?:mr|mrs|ms|miss|dr|prof|sir|madam|herr|frau|señora?|sra?|mme|mlle|m|signora?|sig|dhr|mevr)\.?", re.IGNORECASE
)


class KnownName(Struct, frozen=True):
    """
    The name of a caller; empty if it is not known.

    `given` is how to address the caller. `parts` holds the newest value of each id that a name field asks for.
    """

    whole: str = ""
    given: str = ""
    parts: dict[str, str] = {}

    def after(self, call: Call, fields: Sequence[str]) -> "KnownName":
        """
        Return the name once a call is over.

        Args:
            fields: the data collection ids that name the caller, most trusted first; joined by `+` where the values of
                several ids make one name.
        """
        ids_of = [[id_.strip() for id_ in field.split("+")] for field in fields]
        # If the value was a card number, do not greet the caller with the text that replaced it.
        here = {
            id_: in_words(value)
            for ids in ids_of
            for id_ in ids
            if isinstance(value := call.collected.get(id_), str) and id_ not in call.collected_redacted
        }
        if not here:
            return self
        parts = {**self.parts, **here}
        for ids in ids_of:
            if not any(id_ in here for id_ in ids):
                continue
            named = [parts.get(id_, "") for id_ in ids]
            if self.given and not named[0]:
                continue  # a last name alone is worth less than the name that is known already
            whole = " ".join(part for part in named if part)
            return KnownName(whole=whole, given=named[0] if len(named) > 1 else _first_name(whole), parts=parts)
        return KnownName(whole=self.whole, given=self.given, parts=parts)


def _first_name(whole: str) -> str:
    first, _, rest = whole.partition(" ")
    return whole if rest and _HONORIFIC.fullmatch(first) else first
