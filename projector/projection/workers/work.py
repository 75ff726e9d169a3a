"""What of a projection needs no database: reading a call, and folding a caller. Here, or in another process."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from events.log.event import Event
from events.wire.webhooks import PostCallTranscription, PostCallWebhook
from projector.domain.calls import Call, call_of
from projector.domain.fold import FoldResult, fold
from projector.domain.memories import by_conversation
from projector.domain.redaction.redaction import redact
from projector.engines.registry import index_of
from projector.errors import ReadModelDamagedError
from projector.projection.settings import ProjectionSettings
from projector.read_model.checksums import MemoryRow, memory_row

webhooks: msgspec.json.Decoder[PostCallWebhook] = msgspec.json.Decoder(PostCallWebhook)

calls: msgspec.json.Decoder[Call] = msgspec.json.Decoder(Call)


class FoldedCaller(Struct, frozen=True, array_like=True):
    """A caller as the read model has it: the view, the rows of the memories, and an engine's index of each call."""

    view: bytes
    rows: list[MemoryRow]
    indexes: list[tuple[str, bytes]]


def redacted_call(webhook: PostCallTranscription, event: Event, settings: ProjectionSettings) -> Call:
    """Return the call that a transcription tells of, without what is not to be remembered."""
    return redact(call_of(webhook, event.receipt, region=settings.region), settings.redaction)


def read_call(event: Event, settings: ProjectionSettings) -> bytes:
    """Return the call of an event as it is kept; nothing, where it is none, or not like others."""
    try:
        webhook = webhooks.decode(event.body())
        if isinstance(webhook, PostCallTranscription):
            return msgspec.json.encode(redacted_call(webhook, event, settings))
    except Exception:  # noqa: BLE001, S110 - whoever gets nothing reads the event, and meets it again
        pass
    return b""


def fold_caller(bodies: Sequence[bytes], settings: ProjectionSettings) -> FoldedCaller | None:
    """Return a caller, folded from the calls that are kept; None, where that is not as easy as that."""
    try:
        folded = fold([calls.decode(body) for body in bodies], settings.fold)
        return _written(folded, settings.engine.name)
    except Exception:  # noqa: BLE001 - whoever gets nothing folds the caller, and meets it again
        return None


def _written(folded: FoldResult, engine: str) -> FoldedCaller | None:
    rows: list[MemoryRow] = []
    indexes: list[tuple[str, bytes]] = []
    for conversation_id, memories in sorted(by_conversation(folded.memories).items()):
        bodies = [msgspec.json.encode(memory) for memory in memories]
        rows += map(memory_row, memories, bodies)
        index = index_of(engine, memories, bodies)
        if index is None:
            return None
        indexes.append((conversation_id, index))
    return FoldedCaller(msgspec.json.encode(folded.view), rows, indexes)


def stored_call(body: bytes) -> Call:
    """
    Return a call as it is kept.

    Raises:
        ReadModelDamagedError: it cannot be read.
    """
    try:
        return calls.decode(body)
    except msgspec.MsgspecError as error:
        raise ReadModelDamagedError(f"a stored call cannot be read: {error}") from error
