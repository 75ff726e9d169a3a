"""Callers, calls and memories to write into a read model."""

import msgspec

from events.log.receipt import Place
from projector.domain.memories import CallerView, Memory
from projector.read_model.checksums import memory_row
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptCall
from tests.contract.engines.memories import ANA, memory

NOON_S = 1_762_948_800
ONE, TWO = Place(1, 0, "a" * 64), Place(2, 0, "b" * 64)


def call(conversation: str = "conv_1", caller: str = ANA, place: Place = ONE, body: bytes = b"{}") -> KeptCall:
    """Return a call to store."""
    return KeptCall(conversation, caller, place, body, checksum=0)


def view(caller: str = ANA, name: str = "Ana") -> CallerView:
    """Return the view of a caller."""
    return CallerView(
        caller=caller,
        name=name,
        given_name=name,
        language=None,
        call_count=1,
        first_call_at_s=NOON_S,
        last_call_at_s=NOON_S,
        facts=(),
        past_calls=(),
    )


def dated(text: str, at_s: int, **more: str | bool | None) -> Memory:
    """Return a memory of a moment, in Unix seconds."""
    return msgspec.structs.replace(memory(text, **more), occurred_at_s=at_s)  # type: ignore[arg-type]


def write(
    writer: ReadModelWriter,
    *memories: Memory,
    calls: tuple[KeptCall, ...] = (),
    caller: str = ANA,
    state: bytes | None = b"{}",
) -> None:
    """Write a caller with calls and memories, in one transaction, as the projection does."""
    with writer.transaction():
        for kept in calls or (call(caller=caller),):
            writer.calls.put(kept, agent_number=None)
        writer.memories.insert([memory_row(each, msgspec.json.encode(each)) for each in memories])
        writer.callers.put(caller, msgspec.json.encode(view(caller)), state)
