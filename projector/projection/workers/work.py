"""The part of a projection that needs no open database: reading a call, folding a caller, wiping what was filled."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from events.log.event import Bodies, Event
from events.log.receipt import Place, Receipt
from events.wire.reading.webhook import ReadWebhook, read_webhook
from events.wire.webhooks import PostCallTranscription
from projector.domain.calls import Call, call_of
from projector.domain.fold import FoldResult, fold
from projector.domain.memories import by_conversation
from projector.domain.redaction.redaction import redact
from projector.engines.registry import index_of
from projector.errors import ReadModelDamagedError
from projector.projection.settings import ProjectionSettings
from projector.projection.workers.messages import WipeTask
from projector.read_model.checksums import DECODE_ERRORS, MemoryRow, memory_row

_encode = msgspec.json.Encoder().encode
calls: msgspec.json.Decoder[Call] = msgspec.json.Decoder(Call)
# What a task makes is gone with its answer: to look through it for cycles again and again finds nothing.
OBJECTS_BETWEEN_COLLECTIONS = 50_000
# To read a body needs a receipt, and no place.
_NOWHERE = Place(0, 0, "")


class FoldedCaller(Struct, frozen=True, array_like=True):
    """
    A caller, ready to be written: view and state, the rows of memories, and the engine's index of each conversation.
    """

    view: bytes
    state: bytes
    rows: list[MemoryRow]
    indexes: list[tuple[str, bytes]]


def wipe_part(task: WipeTask) -> bool:
    """Do what a task says; return False where the replay must do it itself."""
    try:
        # A new interpreter is given no such task, and needs this for no other.
        from projector.read_model.open import open_generations  # noqa: PLC0415

        open_generations(task.location).wipe_part(task.part)
    except Exception:  # noqa: BLE001 - the replay tries it itself then, and fails with the reason
        return False
    return True


def redacted_call(read: ReadWebhook, event: Event, settings: ProjectionSettings, *, is_stand_in: bool = False) -> Call:
    """
    Return the call that a transcription describes, without the numbers that must not be remembered.

    Args:
        read: a `PostCallTranscription`, and what of it could not be read.
        is_stand_in: whether it came as an event of another type.
    """
    assert isinstance(read.webhook, PostCallTranscription)
    call = call_of(read.webhook, event.receipt, settings.calls())
    if read.left_out or is_stand_in:
        call = msgspec.structs.replace(call, left_out=read.left_out, is_stand_in=is_stand_in)
    return redact(call, settings.redaction)


def read_calls(receipts: Iterable[Receipt], bodies: Bodies, settings: ProjectionSettings) -> list[bytes]:
    """Return what `read_call` makes of the event of each receipt."""
    return [read_call(Event(receipt, _NOWHERE, is_chained=True, bodies=bodies), settings) for receipt in receipts]


def fold_callers(callers: Iterable[Sequence[bytes]], settings: ProjectionSettings) -> list[FoldedCaller | None]:
    """Return what `fold_caller` makes of the calls of each caller."""
    return [fold_caller(bodies, settings) for bodies in callers]


def read_call(event: Event, settings: ProjectionSettings) -> bytes:
    """Return the call of an event, encoded as it is kept; empty for anything but a call that can be read."""
    try:
        read = read_webhook(event.body())
        if isinstance(read.webhook, PostCallTranscription):
            return msgspec.json.encode(redacted_call(read, event, settings))
    except Exception:  # noqa: BLE001, S110 - on an empty answer the replay reads the event itself, and records the fault
        pass
    return b""


def fold_caller(bodies: Sequence[bytes], settings: ProjectionSettings) -> FoldedCaller | None:
    """Return a caller, folded from calls as they are kept; None where the replay must fold the caller itself."""
    try:
        folded = fold([calls.decode(body) for body in bodies], settings.fold)
        return _written(folded, settings.engine.name)
    except Exception:  # noqa: BLE001 - the replay folds the caller itself then, and records the fault
        return None


def _written(folded: FoldResult, engine: str) -> FoldedCaller | None:
    rows: list[MemoryRow] = []
    indexes: list[tuple[str, bytes]] = []
    for conversation_id, memories in sorted(by_conversation(folded.memories).items()):
        bodies = [*map(_encode, memories)]
        rows += map(memory_row, memories, bodies)
        index = index_of(engine, memories, bodies)
        if index is None:
            return None
        indexes.append((conversation_id, index))
    return FoldedCaller(msgspec.json.encode(folded.view), msgspec.json.encode(folded.trail), rows, indexes)


def stored_call(body: bytes) -> Call:
    """
    Return a call as it is kept.

    Raises:
        ReadModelDamagedError: it cannot be read.
    """
    try:
        return calls.decode(body)
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"a stored call cannot be read: {error}") from error
