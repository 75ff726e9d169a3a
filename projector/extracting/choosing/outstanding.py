"""Tells which calls are not to be asked about alone, because a batch that is out asks about them."""

from projector.domain.calls import Call
from projector.extracting.choosing.readable import Wanted
from projector.read_model.tables.learning_tables import Batches


def is_out(batches: Batches, call: Call, wanted: Wanted, *, model: str | None) -> bool:
    """
    Tell whether a batch asks about a call as it is, and its answer will do.

    Args:
        model: whose answer is wanted; None for that of any.
    """
    return any(
        batch.prompt_version >= wanted.prompt_version and (model is None or batch.model == model)
        for batch in batches.of(call.conversation_id, call.sha256)
    )
