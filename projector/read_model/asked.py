"""What is kept of questions to models, beside the generations."""

from msgspec import Struct


class Unanswered(Struct, frozen=True):
    """
    A call that a model had no answer for.

    `transcription_sha256` is the hash of the webhook that was asked about. `next_try_at_s` is Unix seconds, None where
    it is not asked about any more. `is_for_fallback` is whether the fallback is asked next. `has_held` is whether a
    provider refused all questions from this one on. `reason` is the last one, in words for an operator.
    """

    conversation_id: str
    transcription_sha256: str
    prompt_version: int
    attempts: int
    next_try_at_s: int | None
    is_for_fallback: bool = False
    has_held: bool = False
    reason: str = ""


class Held(Struct, frozen=True):
    """
    Why a provider is not asked any more, since when, and when one question is to try it again; Unix seconds.

    `settings` is a digest of the settings that it was asked with: with others it is asked again at once.
    """

    since_s: int
    probe_at_s: int
    settings: str
    reason: str


class Batch(Struct, frozen=True, kw_only=True):
    """
    A batch of questions that a vendor has: whose it is, and what was asked with.

    `id` is the vendor's. `is_of_any_model` is False where calls were asked about that another model had read.
    `submitted_at_s` is Unix seconds, `tokens` about what it costs, in and out.
    """

    id: str
    provider: str
    host: str
    model: str
    is_of_any_model: bool
    prompt_version: int
    prompt_sha256: str
    submitted_at_s: int
    tokens: int


class BatchedCall(Struct, frozen=True):
    """A call that a batch asks about: its id, and the hash of the webhook that was read."""

    conversation_id: str
    transcription_sha256: str
