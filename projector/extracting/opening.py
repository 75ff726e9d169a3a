"""Opens all that is needed to ask; a vendor's SDK is imported with the first question, and never before."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from events.open_log import open_log
from events.wire.shared_secrets import Secrets
from projector.domain.calls import Call
from projector.extracting.asking.asker import FALLBACK, FIRST, Asker
from projector.extracting.asking.books import ANSWERS, FAILURES
from projector.extracting.asking.faults import THE_WORLDS
from projector.extracting.asking.limits import Limits, Respondent
from projector.extracting.batching.means import OpenedMeans
from projector.extracting.batching.submitter import BatchSubmitter
from projector.extracting.batching.taker import BatchTaker
from projector.extracting.choosing.log_watch import LogWatch
from projector.extracting.choosing.readable import Readable, Wanted
from projector.extracting.choosing.unread import Unread
from projector.extracting.messages import Start
from projector.extracting.settings import BATCH_DISCOUNT
from projector.read_model.open import open_live_reader, open_questions
from projector.read_model.tables.learning_tables import Questions
from projector.read_side.signs.learning import USELESS, Learning, Totals, write_learning
from projector.sources.extraction.ask import TOKENS_OUT, Asked, Kept, ask_about, tokens_of
from projector.sources.extraction.prompt import ExtractionPrompt, extraction_prompt, prompt_versions
from projector.sources.models.open import open_provider
from projector.sources.models.protocol import Provider
from projector.sources.models.settings import FILE, ProviderSettings

_DIGEST_CHARS = 16


class Lazily:
    """Opens a provider for the first question; any thread may ask for it."""

    def __init__(self, settings: ProviderSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._provider: Provider | None = None

    def get(self) -> Provider:
        """Return the provider; raises `ProviderHeldError` where its SDK cannot be imported."""
        with self._lock:
            if self._provider is None:
                self._provider = open_provider(self._settings)
            return self._provider

    def close(self) -> None:
        """Close it, if it was opened."""
        if self._provider is not None:
            self._provider.close()


class Opened(Struct, eq=False):
    """What asks, and all that it needs."""

    asker: Asker
    taker: BatchTaker
    readable: Readable
    unread: Unread
    questions: Questions
    limits: Limits
    prompt: ExtractionPrompt
    clock_s: Callable[[], float]

    def submitter(self, *, should_go_on: Callable[[], bool]) -> BatchSubmitter:
        """Return what submits batches of what is chosen."""
        return BatchSubmitter(
            self.unread,
            self.questions,
            self.limits,
            self.prompt,
            is_of_any_model=self.readable.wanted.is_of_any_model,
            tokens_of=lambda call: tokens_of(call, self.prompt) + TOKENS_OUT,
            clock_s=self.clock_s,
            should_go_on=should_go_on,
        )


@contextmanager
def opened(
    start: Start,
    *,
    clock_s: Callable[[], float],
    prompt_version: int | None = None,
    choose: Callable[[int], Wanted] = lambda version: Wanted(prompt_version=version),
    should_go_on: Callable[[], bool] = lambda: True,
) -> Iterator[Opened]:
    """
    Open what asks until the block ends; then what is under way is waited for.

    Args:
        prompt_version: None for the newest that may count.
        choose: returns which calls are wanted, for the version of the prompt.
        should_go_on: see `Asker`.
    """
    with ExitStack() as stack:
        registry = start.fold.registry()
        prompt = extraction_prompt(registry, version_of(start) if prompt_version is None else prompt_version)
        wanted = choose(prompt.version)
        log = open_log(start.payloads, log_keys=Secrets(start.log_keys), is_watching=False)
        log.proofs.check_key()  # or what is paid for would not be believed
        reader = stack.enter_context(closing(open_live_reader(start.read_model)))
        questions = stack.enter_context(closing(open_questions(start.read_model)))
        providers = {role: Lazily(settings) for role, settings in roles(start).items()}
        for provider in providers.values():
            stack.enter_context(closing(provider))
        limits = Limits(
            questions,
            [_respondent(role, settings, start) for role, settings in roles(start).items()],
            tokens_per_day_max=start.asking.tokens_per_day_max,
            failures_max=max(4, start.asking.concurrency),
            clock_s=clock_s,
        )
        watch = LogWatch(log, model=None if wanted.is_of_any_model else start.models.provider.model)
        readable = Readable(reader, watch, wanted, registry=registry, region=start.region)
        unread = Unread(reader, watch, questions, readable)
        asker = Asker(
            log,
            watch,
            unread,
            questions,
            limits,
            roles=list(providers),
            ask=_asking(providers, prompt),
            tokens_of=lambda call: tokens_of(call, prompt) + TOKENS_OUT,
            concurrency=start.asking.concurrency,
            clock_s=clock_s,
            should_go_on=should_go_on,
        )
        stack.enter_context(closing(asker))
        means = OpenedMeans([*roles(start).values()], log, reader, questions, registry=registry, region=start.region)
        taker = BatchTaker(asker, questions.batches, means, clock_s=clock_s)
        stack.enter_context(closing(taker))
        yield Opened(asker, taker, readable, unread, questions, limits, prompt, clock_s)


def version_of(start: Start) -> int | None:
    """Return the version of the prompt to ask with: the newest whose answers count; None where none's do."""
    return max((version for version in prompt_versions() if version <= start.fold.prompt_max), default=None)


def roles(start: Start) -> dict[str, ProviderSettings]:
    """Return who can be asked, by their roles."""
    fallback = {FALLBACK: start.models.fallback} if start.models.fallback is not None else {}
    return {FIRST: start.models.provider, **fallback}


def learning_of(start: Start, now: Opened, *, at_s: float) -> Learning:
    """Return how asking goes on."""
    held, fallback_held = now.questions.held(FIRST), now.questions.held(FALLBACK)
    _, failed = now.questions.counts()
    counted = _totals(now.questions.totals())
    batches, in_batch = now.questions.batches.counts()
    saved_in, saved_out = (BATCH_DISCOUNT * each for each in (counted.batch_tokens_in, counted.batch_tokens_out))
    return Learning(
        at_s=at_s,
        provider=start.models.provider.kind,
        model=start.models.provider.model,
        prompt_version=now.prompt.version,
        waiting=now.unread.left,
        under_way=now.asker.under_way,
        failed=failed,
        held=held.reason if held else "",
        held_since_s=held.since_s if held else 0,
        fallback_held=fallback_held.reason if fallback_held else "",
        tokens_today=now.questions.spent(now.limits.day()),
        tokens_per_day_max=start.asking.tokens_per_day_max,
        is_spent=now.limits.is_spent(),
        waits_for=now.asker.waits_for,
        batches=batches,
        batches_since_s=now.questions.batches.all()[0].submitted_at_s if batches else 0,
        in_batch=in_batch,
        batch_waits_for=now.taker.waits_for if batches else "",
        cost=start.asking.cost(counted.tokens_in - saved_in, counted.tokens_out - saved_out),
        totals=counted,
    )


def say_learning(folder: Path, learning: Learning) -> None:
    """Note how asking goes on, for who looks; on a full disk nobody is told."""
    with suppress(*THE_WORLDS):
        write_learning(folder, learning)


def _asking(providers: Mapping[str, Lazily], prompt: ExtractionPrompt) -> Callable[[Call, str, Kept], Asked]:
    return lambda call, role, pieces: ask_about(call, providers[role].get(), prompt, kept=pieces)


def _respondent(role: str, settings: ProviderSettings, start: Start) -> Respondent:
    digest = hashlib.sha256(msgspec.json.encode(settings)).hexdigest()[:_DIGEST_CHARS]
    # With a fallback each call has its tries, and then another to ask; without one, none is to use them up.
    is_by_itself = settings.kind == FILE or (role == FIRST and start.models.fallback is not None)
    return Respondent(role, settings.host or settings.kind, digest, answers_for_each=is_by_itself)


def _totals(totals: Mapping[str, int]) -> Totals:
    answers = _counted(totals, ANSWERS)
    return Totals(
        tokens_in=totals.get("tokens_in", 0),
        tokens_cached=totals.get("tokens_cached", 0),
        tokens_out=totals.get("tokens_out", 0),
        batch_tokens_in=totals.get("batch_tokens_in", 0),
        batch_tokens_out=totals.get("batch_tokens_out", 0),
        answers=answers,
        failures=_counted(totals, FAILURES) | {kind: answers[kind] for kind in USELESS if kind in answers},
    )


def _counted(totals: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): count for name, count in sorted(totals.items()) if name.startswith(prefix)}
