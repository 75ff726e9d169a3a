"""How often a caller has spoken with us, since when, and in which language. Only calls that count are visits."""

from collections.abc import Iterator

from msgspec import Struct

from events.wire.timezone import UTC_NAME
from projector.domain.calls import Call
from projector.domain.days import spoken_date
from projector.domain.memories import NO_CONVERSATION, Memory, Source, memory_id

# Source: the product's seeds (MEDIUM salience).
_SALIENCE = 0.7


class Visits(Struct, frozen=True):
    """
    The calls in which the caller said something.

    `first_at_s` and `last_at_s` are Unix seconds, 0 if there is no such call, or if it does not say; `first_timezone`
    and `last_timezone` are the IANA names of the zones of these calls. `language` is the last one that a call named.
    """

    count: int = 0
    first_at_s: int = 0
    last_at_s: int = 0
    language: str | None = None
    first_timezone: str = UTC_NAME
    last_timezone: str = UTC_NAME

    def after(self, call: Call) -> "Visits":
        """Return the same once a call is over."""
        if not call.is_counted:
            return self
        at_s = call.order[0]
        return Visits(
            count=self.count + 1,
            first_at_s=self.first_at_s if self.count else at_s,
            last_at_s=at_s,
            language=call.language or self.language,
            first_timezone=self.first_timezone if self.count else call.timezone,
            last_timezone=call.timezone,
        )

    def memories(self, caller: str, *, are_several: bool) -> Iterator[Memory]:
        """
        Yield what is remembered of more than one of them.

        Args:
            are_several: whether several people call from the caller's number.
        """
        if self.count < 2:
            return
        who = "People at this number have" if are_several else "The caller has"
        text = f"{who} spoken with us {self.count} times"
        first = spoken_date(self.first_at_s, self.first_timezone)
        last = spoken_date(self.last_at_s, self.last_timezone)
        if first and last:
            text += f", first on {first}, last on {last}"
        yield Memory(
            id=memory_id(caller, "pattern", NO_CONVERSATION, "frequency"),
            caller=caller,
            kind="pattern",
            key="frequency",
            sector="reflective",
            salience=_SALIENCE,
            text=text + ".",
            conversation_id=NO_CONVERSATION,
            agent_id=None,
            told_to=None,
            occurred_at_s=self.last_at_s,
            source=Source(),
            person=0,
            timezone=self.last_timezone,
        )
