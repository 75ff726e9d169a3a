"""Makes an answer of a response; what kind of page it is counts before what it says."""

import httpx2

from events.log.ours.extraction import COUNT_MAX, Usage
from projector.sources.models.protocol import Answered, Content, Finish, Model, Question, content_of
from projector.sources.models.refusals import fault_of, finish_of

# Of a page that no model wrote, enough to see what it is.
_PAGE_BYTES_MAX = 64 * 1024


def answered(
    model: Model,
    response: httpx2.Response,
    body: bytes,
    *,
    finish: Finish,
    latency_s: float,
    answered_by: str = "",
    usage: Usage | None = None,
) -> Answered:
    """
    Return what a response says.

    Args:
        body: the text of the model; the whole body where it is no envelope of the vendor.
        latency_s: from the question to the end of the answer, in seconds.
    """
    content: Content = content_of(body) if body else "prose"
    if response.is_success and not _is_json(response):
        body, finish, content = response.content[:_PAGE_BYTES_MAX], "other", "html"
    return Answered(
        provider=model.name,
        host=model.host,
        requested_model=model.model,
        model=answered_by or model.model,
        body=body,
        finish=finish,
        content=content,
        usage=usage or Usage(),
        latency_s=latency_s,
    )


def ended_by_error(
    model: Model, response: httpx2.Response, question: Question, *, key: str, latency_s: float
) -> Answered:
    """
    Return what an error says of one question: that it was refused, or is too long.

    Raises:
        AskLaterError, ProviderHeldError: the error is not about the question.
    """
    finish = finish_of(response)
    if finish is None:
        raise fault_of(response, question.user, key=key)
    return answered(model, response, b"", finish=finish, latency_s=latency_s)


def tokens(count: int | None) -> int:
    """Return how many tokens an answer says; none where it does not, or says something impossible."""
    return count if count is not None and 0 <= count <= COUNT_MAX else 0


def _is_json(response: httpx2.Response) -> bool:
    kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
    if not kind:
        return response.content.lstrip()[:1] == b"{"
    return kind == "application/json" or kind.endswith("+json")
