"""Memories of a few callers, and how a test fills and searches an engine."""

from typing import TypeAlias

from projector.domain.memories import Memory, Source, memory_id
from projector.engines.protocol import Engine, Hit, IndexedEngine, OutsideEngine

# An engine as the projector opens it: one that can be filled.
AnyEngine: TypeAlias = IndexedEngine | OutsideEngine
ANA, BEN = "+12025550143", "+12025550144"
# Keys that belong to a caller, whatever an index, an address or a pattern may read into them.
CALLERS = (
    *(ANA, BEN, f"user:{ANA}", 'user:a" OR caller : "b', "user:'; DROP TABLE segments; --", "whatsapp:%", "user:*"),
    *("user:%", "user:a/b", "user:../memory/all?x=1&y#z", "user:%2F%00", "user: ", "user:\\\n\t", "user:{}", "user:_"),
    *("user:Zoë שלום 👩‍👧", "user:zoe\u0301", "user:ZOE", f"user:{'long' * 75}", f"user:{'long' * 75}r", "user:all"),
)
AGENT, OTHER_AGENT = "agent_a", "agent_b"


def memory(
    text: str,
    *,
    caller: str = ANA,
    conversation: str = "conv_1",
    key: str = "",
    asked: str = "",
    told_to: str | None = None,
    salience: float = 0.3,
    is_current: bool = True,
) -> Memory:
    """Return a memory; its key is its text if no key is given."""
    return Memory(
        id=memory_id(caller, "turn", conversation, key or text),
        caller=caller,
        kind="turn",
        key=key or text,
        sector="episodic",
        salience=salience,
        text=text,
        conversation_id=conversation,
        agent_id=told_to,
        told_to=told_to,
        occurred_at_s=0,
        is_current=is_current,
        source=Source(words=text, asked=asked),
    )


SON_3, SON_4 = memory("My son is 3."), memory("My son is 4.", conversation="conv_2")
DOG = memory("We have a dog called Rex.")


def put(engine: AnyEngine, *memories: Memory) -> None:
    """Add these memories to an engine, conversation by conversation."""
    conversations: dict[tuple[str, str], list[Memory]] = {}
    for m in memories:
        conversations.setdefault((m.caller, m.conversation_id), []).append(m)
    for (caller, conversation_id), of_conversation in conversations.items():
        engine.replace(caller, conversation_id, of_conversation)


def search(engine: Engine, query: str, *, caller: str = ANA, limit: int = 20, agent: str | None = None) -> list[Hit]:
    """Return the hits, best first."""
    return engine.search(caller, query, limit=limit, agent_id=agent)


def found(engine: Engine, query: str, *, caller: str = ANA, limit: int = 20, agent: str | None = None) -> list[str]:
    """Return the ids of the hits, best first."""
    return [hit.memory_id for hit in search(engine, query, caller=caller, limit=limit, agent=agent)]


def ids(*memories: Memory) -> list[str]:
    """Return the ids of memories."""
    return [m.id for m in memories]
