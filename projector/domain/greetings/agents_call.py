"""The newest call of an agent with a caller: what the next greeting may come from."""

from msgspec import Struct


class AgentsCall(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    The newest call that an agent had with the caller.

    `agent` is an audience of that agent alone. `occurred_at_s` is Unix seconds, 0 if the call does not say. `is_alone`
    is whether no other agent was in the call. `person` is the number of the person in the call, as in a memory.
    `language` is that of the call, a BCP 47 tag, None if the call does not say. `next_greeting` is what a model
    proposed of it, as far as the call proves that; empty if it proposed nothing.
    """

    agent: str
    conversation_id: str
    occurred_at_s: int = 0
    person: int = 1
    language: str | None = None
    is_alone: bool = True
    next_greeting: str = ""
