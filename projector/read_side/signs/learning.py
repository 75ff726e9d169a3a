"""How asking models goes on, as the process that asks last said it in a small file beside the generations."""

from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from projector.read_side.signs.notices import write_over

NAME = ".learning"
# How a question ends; see `projector.sources.extraction.ask`.
OUTCOMES = ("complete", "length", "refusal", "prose", "html", "other")
# Asked about again later: 429; 5xx; no whole answer in time; a connection that was refused or cut; an answer too large;
# none recorded; a batch that expired, was cancelled or lacks it; a fault of ours.
LATER = ("busy", "down", "timeout", "broken_off", "unusable", "no_answer", "batch", "ours")
# The provider is held: 401; 403; 402, or 429 for want of money; 404; 400 and others; a redirect; what is set up here.
HELD = ("key", "rights", "unpaid", "not_found", "bad_request", "redirect", "setup")
# An answer, but of no use: it is not asked for again.
USELESS = OUTCOMES[1:]
FAILURES = (*LATER, *HELD, *USELESS)
# Escaped in JSON, a character takes six bytes.
_SIZE_BYTES = 12_288
_REASON_CHARS_MAX = 200
# While it has questions under way it says so every two seconds.
_SILENT_S = 15.0


class Totals(Struct, frozen=True, kw_only=True):
    """
    All that was counted since the file of questions was made: tokens, and how questions ended.

    Tokens of batches are among the others, too. `failures` has the kinds of `FAILURES`.
    """

    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    batch_tokens_in: int = 0
    batch_tokens_out: int = 0
    answers: dict[str, int] = {}
    failures: dict[str, int] = {}


class Learning(Struct, frozen=True, kw_only=True):
    """
    What models are asked, and what keeps them from being asked. Times are Unix seconds.

    `provider` is empty where nobody is asked. `waiting` counts the calls that nobody has read, those that are asked
    about now (`under_way`) and again later among them; `failed` those that are not asked about any more. `held` says
    why the provider refuses all questions, since `held_since_s`; `fallback_held` that of the fallback. `is_spent`
    means that the tokens of the day are spent. `waits_for` is what else it waits for.

    `batches` are out at the vendor, the oldest since `batches_since_s`, with questions about `in_batch` calls;
    `batch_waits_for` is what keeps them from being fetched.
    """

    at_s: float = 0.0
    provider: str = ""
    model: str = ""
    prompt_version: int = 0
    waiting: int = 0
    under_way: int = 0
    failed: int = 0
    held: str = ""
    held_since_s: int = 0
    fallback_held: str = ""
    tokens_today: int = 0
    tokens_per_day_max: int | None = None
    is_spent: bool = False
    waits_for: str = ""
    batches: int = 0
    batches_since_s: int = 0
    in_batch: int = 0
    batch_waits_for: str = ""
    cost: float | None = None
    totals: Totals = Totals()

    def is_silent(self, now_s: float) -> bool:
        """Tell whether who asks has given no sign of life lately, although there is somebody to ask."""
        return bool(self.provider) and now_s - self.at_s > _SILENT_S


def write_learning(folder: Path, learning: Learning) -> None:
    """
    Write how asking goes on over what was said before.

    Raises:
        OSError: it cannot be written.
    """
    texts = ("provider", "model", "held", "fallback_held", "waits_for", "batch_waits_for")
    short = {name: getattr(learning, name)[:_REASON_CHARS_MAX] for name in texts}
    text = msgspec.json.encode(msgspec.structs.replace(learning, **short))
    write_over(folder / NAME, text, size_bytes=_SIZE_BYTES)


def read_learning(folder: Path) -> Learning | None:
    """Return how asking goes on; None where nobody ever asked, or it cannot be read."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Learning)
    return None
