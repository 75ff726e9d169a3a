"""The health of the search by meaning of one worker."""

from typing import Annotated

from msgspec import Meta, Struct

from projector.engines.meaning.search import Meaning


class MeaningHealth(Struct, kw_only=True):
    """Whether this worker searches by meaning as well."""

    is_used: Annotated[bool, Meta(description="Whether it does; else memories are found by their words.")]
    encoder: Annotated[str | None, Meta(description="The package and the model, once it is loaded.")]
    reason: Annotated[str | None, Meta(description="Why it does not, if it does not.")]
    late: Annotated[
        int, Meta(description="Questions answered by words alone, for more than `SEMANTIC_DEADLINE_MS` had passed.")
    ]


def meaning_health(meaning: Meaning | None) -> MeaningHealth:
    """Return how the search by meaning stands; None where that is switched off."""
    if meaning is None:
        return MeaningHealth(is_used=False, encoder=None, reason="it is switched off", late=0)
    questions = meaning.questions
    encoder = questions.encoder
    return MeaningHealth(
        is_used=encoder is not None,
        encoder=encoder.name if encoder is not None else None,
        reason=questions.why_not or None,
        late=questions.late,
    )
