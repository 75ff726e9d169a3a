"""What models are asked about calls, as a fact: nothing waits for it, so it degrades nothing."""

import time
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from projector.read_side.signs.learning import read_learning

NOBODY = "no extraction"


class LearningHealth(Struct, kw_only=True):
    """Whether a model reads the calls, and what keeps it from that."""

    status: Annotated[
        str,
        Meta(
            description="`no extraction` (`LLM_PROVIDER` is not set), `ok`, `held` (the provider refuses all"
            " questions), `spent` (the tokens of the day are), `waiting`, or `silent` (the process that asks gives no"
            " sign of life)."
        ),
    ]
    reason: Annotated[str | None, Meta(description="Why it is not `ok`, for an operator.")] = None
    waiting: Annotated[int, Meta(description="Calls that no model has read yet.")] = 0
    under_way: Annotated[int, Meta(description="Calls that one is asked about just now.")] = 0
    in_batch: Annotated[
        int, Meta(description="Calls that a batch at the vendor asks about; its answers come within a day.")
    ] = 0
    failed: Annotated[
        int, Meta(description="Calls that are not asked about any more; `projector failures` lists them.")
    ] = 0
    tokens_today: Annotated[int, Meta(description="Tokens that were spent today (UTC), in and out.")] = 0


def learning_health(folder: Path) -> LearningHealth:
    """
    Return how models are asked.

    Args:
        folder: `READ_MODEL_PATH`.
    """
    learning, now_s = read_learning(folder), time.time()
    if learning is None or not learning.provider:
        return LearningHealth(status=NOBODY)
    status, reason = "ok", None
    if learning.held:
        status, reason = "held", learning.held
    elif learning.is_silent(now_s):
        status, reason = "silent", "the projector does not run, or it cannot begin the process that asks: see its log"
    elif learning.is_spent:
        status, reason = "spent", "the tokens of today are spent (LLM_TOKENS_PER_DAY_MAX); the rest waits for tomorrow"
    elif learning.waits_for or learning.batch_waits_for:
        status, reason = "waiting", learning.waits_for or f"batch: {learning.batch_waits_for}"
    return LearningHealth(
        status=status,
        reason=reason,
        waiting=learning.waiting,
        under_way=learning.under_way,
        in_batch=learning.in_batch,
        failed=learning.failed,
        tokens_today=learning.tokens_today,
    )
