"""Looks whether batches have ended, fetches what they answered, and hands it to who appends it, call by call."""

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol

from msgspec import Struct

from events.disk import steps
from events.process.logging import get_logger
from projector.domain.calls import Call
from projector.errors import AskLaterError, ProviderHeldError, ReadModelDamagedError
from projector.extracting.asking.asker import Asker
from projector.extracting.asking.faults import THE_WORLDS, where_raised
from projector.extracting.choosing.unread import Candidate, Unread
from projector.read_model.asked import Batch, BatchedCall
from projector.read_model.tables.learning_tables import Batches
from projector.sources.extraction.ask import Asked, Kept
from projector.sources.extraction.prompt import ExtractionPrompt
from projector.sources.extraction.requests import requests_of
from projector.sources.models.batches.protocol import ENDS_WITHIN_S, BatchProvider, BatchState, Result
from projector.sources.models.protocol import Answered

logger = get_logger("projection")
# It is looked after a second, and then less and less often, but once a minute.
_LOOK_AFTER_S, _LOOK_AFTER_S_MAX = 1.0, 60.0
# A vendor ends it within a day. What nobody could fetch for another one, as with a wrong key, is asked about alone.
_GIVE_UP_AFTER_S = 2 * ENDS_WITHIN_S
_CALLS_A_STEP = 20


class Means(Protocol):
    """What it takes to read the answers of a batch, which may be of another model or prompt than is set now."""

    def provider(self, batch: Batch) -> BatchProvider | None:
        """Return who has the batch; None where that one is not set any more."""

    def prompt(self, batch: Batch) -> ExtractionPrompt | None:
        """Return what was asked with; None where that is not known any more."""

    def unread(self, batch: Batch) -> Unread:
        """Return what chooses among the calls of such a batch."""

    def ask(self, batch: Batch, call: Call, pieces: Kept) -> Asked:
        """Ask about a call of the batch, alone, with the pieces that were answered."""

    def begin_anew(self) -> None:
        """Forget what is known of log and memories: these were exchanged."""


class _Ended(Struct, eq=False):
    """A batch that has ended: who has it, what came of it, and the calls that are still to be looked at."""

    batch: Batch
    provider: BatchProvider | None
    state: BatchState
    results: Mapping[str, Result]
    calls: deque[BatchedCall]


class _Fetched(Struct, frozen=True):
    state: BatchState
    results: Mapping[str, Result] = {}


class BatchTaker:
    """
    Takes what batches answered; one thread uses it, and another one of its own speaks with the vendor.

    Args:
        clock_s: the present in Unix seconds.
    """

    def __init__(self, asker: Asker, batches: Batches, means: Means, *, clock_s: Callable[[], float]) -> None:
        self._asker = asker
        self._batches = batches
        self._means = means
        self._clock_s = clock_s
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="batch")
        self._round = deque[Batch]()
        self._look_after_s = _LOOK_AFTER_S
        self._look_at_s = 0.0
        self._fetching: tuple[Batch, BatchProvider, Future[_Fetched]] | None = None
        self._removing: tuple[Batch, Future[None]] | None = None
        self._ended: dict[str, _Ended] = {}
        # What keeps each batch from being fetched; under no id, what keeps all from being taken.
        self._said: dict[str, str] = {}

    @property
    def waits_for(self) -> str:
        """What keeps it from fetching a batch; empty where nothing does."""
        return next(iter(self._said.values()), "")

    @property
    def is_busy(self) -> bool:
        """Whether it is looking, fetching or taking just now, and not only waiting for the vendor."""
        return bool(self._round or self._fetching or self._removing or self._ended)

    @property
    def is_taking(self) -> bool:
        """Whether answers of a batch are there that are to be handed on."""
        return any(ended.calls for ended in self._ended.values()) and not self._asker.is_stuck

    def step(self) -> None:
        """
        Go on, without waiting for anybody.

        Raises:
            ReadModelDamagedError: memories or notes are damaged.
        """
        try:
            self._remove()
            self._fetch()
            for ended in [*self._ended.values()]:
                self._take(ended)
            self._said.pop("", None)
        except ReadModelDamagedError:
            raise
        except THE_WORLDS as error:
            self._means.begin_anew()
            self._say("", str(error))

    def close(self) -> None:
        """Look no more; what is being fetched is fetched again."""
        self._thread.shutdown(cancel_futures=True)
        with suppress(*THE_WORLDS):
            self._remove()  # what the vendor has removed by now cannot be asked for again

    def _fetch(self) -> None:
        if self._fetching is not None:
            batch, provider, future = self._fetching
            if not future.done():
                return
            self._fetching = None
            self._note_fetched(batch, provider, future)
        if not self._round and self._clock_s() >= self._look_at_s:
            self._round.extend(batch for batch in self._batches.all() if batch.id not in self._ended)
            self._look_at_s = self._clock_s() + self._look_after_s
            self._look_after_s = min(2 * self._look_after_s, _LOOK_AFTER_S_MAX)
        while self._round and self._fetching is None:
            self._begin_fetching(self._round.popleft())

    def _begin_fetching(self, batch: Batch) -> None:
        try:
            provider = self._means.provider(batch)
        except ProviderHeldError as error:
            self._note_not_fetched(batch, error.reason)
            return
        if provider is None:
            self._note_not_fetched(batch, f"a batch is out at {batch.provider} ({batch.host}), who is not set any more")
            return
        is_wanted = bool(self._batches.calls(batch.id))
        self._fetching = batch, provider, self._thread.submit(_fetched, provider, batch.id, is_wanted=is_wanted)

    def _note_fetched(self, batch: Batch, provider: BatchProvider, future: Future[_Fetched]) -> None:
        try:
            fetched = future.result()
        except (AskLaterError, ProviderHeldError) as error:
            self._note_not_fetched(batch, error.reason)
        except Exception as error:  # noqa: BLE001 - an outermost loop: one bad batch does not stop the rest
            logger.warning("extraction_batch_failed", reason=type(error).__name__, where=where_raised(error))
            self._note_not_fetched(batch, f"a fault of ours: {type(error).__name__}")
        else:
            self._said.pop(batch.id, None)
            if fetched.state.is_ended:
                steps.reached("batch_answered")
                self._note_ended(batch, provider, fetched)

    def _note_not_fetched(self, batch: Batch, reason: str) -> None:
        """Say so; give a batch up that was tried in vain, and not one that nobody has looked at for days."""
        if self._clock_s() - batch.submitted_at_s > _GIVE_UP_AFTER_S:
            self._note_ended(batch, None, _Fetched(BatchState(True, "nobody could fetch it for two days")))
        else:
            self._say(batch.id, reason)

    def _note_ended(self, batch: Batch, provider: BatchProvider | None, fetched: _Fetched) -> None:
        self._said.pop(batch.id, None)
        calls = deque(self._batches.calls(batch.id))
        self._ended[batch.id] = _Ended(batch, provider, fetched.state, fetched.results, calls)
        logger.info("extraction_batch_ended", batch=batch.id, calls=len(calls), results=len(fetched.results))

    def _take(self, ended: _Ended) -> None:
        for _ in range(_CALLS_A_STEP):
            if self._asker.is_stuck:
                return
            if not ended.calls:
                ended.calls.extend(self._left(ended.batch))
            if not ended.calls:
                break
            if not self._take_call(ended, ended.calls[0]):
                return
            ended.calls.popleft()
        if not self._batches.calls(ended.batch.id) and self._removing is None:
            steps.reached("batch_taken")
            del self._ended[ended.batch.id]
            self._removing = ended.batch, self._thread.submit(_removed, ended.provider, ended.batch.id)

    def _left(self, batch: Batch) -> list[BatchedCall]:
        """Return the calls that nothing has come of yet, and that nobody is asked about now."""
        return [call for call in self._batches.calls(batch.id) if not self._asker.is_asking(call.conversation_id)]

    def _take_call(self, ended: _Ended, call: BatchedCall) -> bool:
        """Take what came of a call; return False where it is to be looked at again later."""
        batch, provider, prompt = ended.batch, ended.provider, self._means.prompt(ended.batch)
        unread = self._means.unread(batch)
        candidate = unread.candidate(call.conversation_id)
        version = call.conversation_id, call.transcription_sha256
        # It was forgotten, read or changed meanwhile; or it was asked about with other words than there are now.
        if candidate is None or candidate.version != version or prompt is None:
            self._batches.remove_call(batch.id, call.conversation_id)
            return True
        try:
            return self._hand_on(ended, unread, candidate, provider, prompt)
        except THE_WORLDS:
            raise
        except Exception as error:  # noqa: BLE001 - an outermost loop: one bad call does not stop the rest
            logger.warning("question_failed", reason=type(error).__name__, where=where_raised(error))
            ours = AskLaterError(f"a fault of ours: {type(error).__name__}", kind="ours")
            self._asker.note_batch_failed(batch.id, unread, candidate, ours)
            return True

    def _hand_on(
        self,
        ended: _Ended,
        unread: Unread,
        candidate: Candidate,
        provider: BatchProvider | None,
        prompt: ExtractionPrompt,
    ) -> bool:
        """Hand on the answer about a call, or that there is none; False where it cannot be taken just now."""
        batch, call = ended.batch, candidate.call
        pieces: dict[str, Answered] = {}
        fault: AskLaterError | ProviderHeldError | None = None
        if provider is None:
            fault = AskLaterError(f"its batch has no answer: {ended.state.reason}", kind="batch")
        else:
            for request in requests_of(call, prompt, provider):
                result = ended.results.get(request.id, Result(reason=ended.state.reason))
                try:
                    pieces[request.key] = provider.read(result, request.question)
                except (AskLaterError, ProviderHeldError) as error:
                    fault = fault or error
        if fault is None:
            ask = _bound(self._means.ask, batch, call, pieces)
            return self._asker.take_batched(batch.id, unread, candidate, pieces, ask)
        self._asker.note_batch_failed(batch.id, unread, candidate, fault, pieces)
        return True

    def _remove(self) -> None:
        """Keep nothing of a batch once all of it is taken, and its words are removed from the vendor."""
        if self._removing is not None and self._removing[1].done():
            batch, future = self._removing
            self._removing = None
            if not future.cancelled():
                self._batches.remove(batch.id)
            self._look_after_s = _LOOK_AFTER_S

    def _say(self, batch: str, reason: str) -> None:
        if self._said.get(batch) != reason:
            self._said[batch] = reason
            logger.warning("extraction_batch_waiting", reason=reason)


def _bound(ask: Callable[[Batch, Call, Kept], Asked], batch: Batch, call: Call, pieces: Kept) -> Callable[[], Asked]:
    return lambda: ask(batch, call, pieces)


def _fetched(provider: BatchProvider, batch: str, *, is_wanted: bool) -> _Fetched:
    """Look at a batch, and fetch it if it has ended; one that nobody wants any more is cancelled."""
    try:
        state = provider.state(batch)
    except ProviderHeldError as error:
        if is_wanted or error.kind != "not_found":
            raise
        return _Fetched(BatchState(True))  # the vendor has removed it already, and who asked for that died
    if not state.is_ended:
        if not is_wanted:
            with suppress(AskLaterError, ProviderHeldError):
                provider.cancel(batch)
        return _Fetched(state)
    return _Fetched(state, provider.results(batch) if is_wanted else {})


def _removed(provider: BatchProvider | None, batch: str) -> None:
    if provider is None:
        return
    try:
        provider.remove(batch)
    except (AskLaterError, ProviderHeldError) as error:  # the vendor removes it by its own rules
        logger.warning("extraction_batch_not_removed", batch=batch, reason=error.reason)
