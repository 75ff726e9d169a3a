"""Submits calls that nobody has read as batches, each noted on disk before the next one is made."""

from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct

from events.disk import steps
from events.process.logging import get_logger
from projector.domain.calls import Call
from projector.errors import AskLaterError, ProviderHeldError
from projector.extracting.asking.limits import Limits
from projector.extracting.choosing.unread import Candidate, Unread
from projector.read_model.asked import Batch, BatchedCall
from projector.read_model.tables.learning_tables import Questions
from projector.sources.extraction.prompt import ExtractionPrompt
from projector.sources.extraction.requests import requests_of
from projector.sources.models.batches.protocol import BYTES_MAX, REQUESTS_MAX, BatchProvider, size_of
from projector.sources.models.protocol import Question

logger = get_logger("projection")


class Bounds(Struct, frozen=True):
    """How many requests, and how many bytes of them, one batch takes at most."""

    requests: int = REQUESTS_MAX
    size_bytes: int = BYTES_MAX


_BOUNDS = Bounds()


class _Group(Struct):
    """A batch that is being put together."""

    calls: list[BatchedCall] = []
    questions: dict[str, Question] = {}
    size_bytes: int = 0
    tokens: int = 0


class BatchSubmitter:
    """
    Submits all calls that `unread` has, as far as `limits` allow.

    Args:
        is_of_any_model: whether an answer of any model would have done.
        tokens_of: about how many tokens a call costs.
        clock_s: the present in Unix seconds.
        should_go_on: asked before each batch; False: no further one is submitted.
    """

    def __init__(
        self,
        unread: Unread,
        questions: Questions,
        limits: Limits,
        prompt: ExtractionPrompt,
        *,
        is_of_any_model: bool,
        tokens_of: Callable[[Call], int],
        clock_s: Callable[[], float],
        should_go_on: Callable[[], bool] = lambda: True,
        bounds: Bounds = _BOUNDS,
    ) -> None:
        self._unread = unread
        self._questions = questions
        self._limits = limits
        self._prompt = prompt
        self._is_of_any_model = is_of_any_model
        self._tokens_of = tokens_of
        self._clock_s = clock_s
        self._should_go_on = should_go_on
        self._bounds = bounds
        # The call that no longer fitted into the batch before.
        self._next: Candidate | None = None
        self.submitted = 0
        self.is_spent = False

    def submit_all(self, provider: BatchProvider, *, report: Callable[[int], None] = lambda _: None) -> None:
        """
        Submit one batch after the other; `submitted` counts the calls, and `is_spent` tells whether tokens ran out.

        Args:
            report: told how many calls are submitted by now.

        Raises:
            AskLaterError, ProviderHeldError: a batch was not taken. What was submitted before is noted.
            ProjectorError, OSError, EventsError: memories, log or notes cannot be read or written now.
        """
        self._unread.look(self._clock_s())
        while self._should_go_on():
            group = self._gather(provider)
            if not group.calls:
                return
            self._submit(provider, group)
            self.submitted += len(group.calls)
            report(self.submitted)

    def _gather(self, provider: BatchProvider) -> _Group:
        group = _Group()
        while (candidate := self._next or self._unread.next(self._clock_s(), set())) is not None:
            self._next = None
            if not self._unread.is_wanted(candidate):
                continue
            tokens = self._tokens_of(candidate.call)
            if self._limits.is_spent(self._questions.batches.tokens() + group.tokens):
                self.is_spent = True
                return group
            requests = {request.id: request.question for request in requests_of(candidate.call, self._prompt, provider)}
            size_bytes = sum(map(size_of, requests.values()))
            is_full = len(group.questions) + len(requests) > self._bounds.requests
            if group.calls and (is_full or group.size_bytes + size_bytes > self._bounds.size_bytes):
                self._next = candidate
                return group
            group.calls.append(BatchedCall(*candidate.version))
            group.questions |= requests
            group.size_bytes += size_bytes
            group.tokens += tokens
        return group

    def _submit(self, provider: BatchProvider, group: _Group) -> None:
        steps.reached("batch_begun")
        id_ = provider.submit(group.questions)
        # Who dies here has paid for a batch that nobody knows of.
        steps.reached("batch_submitted")
        batch = Batch(
            id=id_,
            provider=provider.name,
            host=provider.host,
            model=provider.model,
            is_of_any_model=self._is_of_any_model,
            prompt_version=self._prompt.version,
            prompt_sha256=self._prompt.named.sha256,
            submitted_at_s=int(self._clock_s()),
            tokens=group.tokens,
        )
        try:
            self._questions.batches.put(batch, group.calls)
        except BaseException:  # nobody would fetch it, and its calls would be paid for again
            with suppress(AskLaterError, ProviderHeldError):
                provider.cancel(id_)
            raise
        steps.reached("batch_noted")
        logger.info("extraction_batch_submitted", batch=id_, provider=provider.name, calls=len(group.calls))
