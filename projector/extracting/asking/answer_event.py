"""The event of what a model said of a call, as the fold reads it."""

from events.log.ours.extraction import Extraction, ExtractionData, encoded_answer
from projector.extracting.choosing.unread import Candidate
from projector.sources.extraction.ask import Asked


def event_of(candidate: Candidate, asked: Asked, *, now_s: float) -> Extraction:
    """
    Return the event of an answer, whatever it is: a refusal, words and a page are answers, too.

    Args:
        now_s: when it was complete, Unix seconds.
    """
    answer, encoding = encoded_answer(asked.answer)
    conversation_id, sha256 = candidate.version
    return Extraction(
        data=ExtractionData(
            conversation_id=conversation_id,
            transcription_sha256=sha256,
            provider=asked.provider,
            model=asked.model,
            requested_model=asked.requested_model,
            completed_at_s=int(now_s),
            answer=answer,
            encoding=encoding,
            prompt=asked.prompt,
            schema_sha256=asked.schema_sha256,
            host=asked.host,
            usage=asked.usage,
            finish_reason=asked.outcome,
            latency_ms=int(asked.latency_s * 1000),
            attempt=candidate.before.attempts + 1,
        )
    )
