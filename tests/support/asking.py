"""One who asks models in this process, with a clock and a model that a test sets."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from events.log.event import Event
from events.log.ours.extraction import ExtractionData, Prompt, Usage, is_extraction, read_extraction
from projector.domain.calls import Call
from projector.errors import AskLaterError, ProviderHeldError
from projector.extracting.asking.asker import FALLBACK, FIRST, Asker
from projector.extracting.asking.limits import Limits, Respondent
from projector.extracting.choosing.log_watch import LogWatch
from projector.extracting.choosing.readable import Readable, Wanted
from projector.extracting.choosing.unread import Unread
from projector.read_model.open import open_live_reader, open_questions
from projector.sources.extraction.ask import Asked, Kept
from tests.support.extractions import SAYINGS, statement
from tests.support.sites import ProjectorSite

NOON_S = 1_762_948_800
Answer = Callable[[Call, str], bytes | Exception]


class AskingSite:
    """
    Asks about the calls of a site, as the process does.

    `answer` says what the model answers, bytes or an error to raise; `asked` are the calls that it was asked about, in
    their order, each with the role of whom was asked. `now_s` is the clock.
    """

    def __init__(self, site: ProjectorSite, *, version: int = 1, **more: Any) -> None:
        self.site = site
        self.now_s = float(NOON_S)
        self.answer: Answer = lambda call, _: stated(call)
        self.asked: list[tuple[str, str]] = []
        self.version = version
        self.concurrency = 1
        self.tokens_max: int | None = None
        self.roles = [FIRST]
        self.digest = "one"
        self.answers_for_each = False
        self.usage = Usage(100, 0, 20)
        self.wanted: dict[str, Any] = {}
        self.model: str | None = None
        self._lock = threading.Lock()
        for name, value in more.items():
            setattr(self, name, value)

    @contextmanager
    def asker(self) -> Iterator[Asker]:
        """Open one who asks until the block ends."""
        folder = self.site.generations.folder
        reader, questions = open_live_reader(folder), open_questions(folder)
        watch = LogWatch(self.site.log, model=self.model)
        settings = self.site.settings
        wanted = Wanted(prompt_version=self.version, **self.wanted)
        readable = Readable(reader, watch, wanted, registry=settings.fold.registry(), region=settings.region)
        limits = Limits(
            questions,
            [Respondent(role, role, self.digest, self.answers_for_each) for role in self.roles],
            tokens_per_day_max=self.tokens_max,
            failures_max=4,
            clock_s=lambda: self.now_s,
        )
        asker = Asker(
            self.site.log,
            watch,
            Unread(reader, watch, questions, readable),
            questions,
            limits,
            roles=self.roles,
            ask=self._ask,
            tokens_of=lambda _: 120,
            concurrency=self.concurrency,
            clock_s=lambda: self.now_s,
        )
        try:
            yield asker
        finally:
            asker.close()
            questions.close()
            reader.close()

    def run(self, *, at_s: float | None = None) -> list[str]:
        """Fold, ask until nothing is left to be asked now, fold again; return which calls were asked about."""
        self.now_s = self.now_s if at_s is None else at_s
        self.site.catch_up()
        before = len(self.asked)
        with self.asker() as asker:
            exhaust(asker)
        self.site.catch_up()
        return [conversation_id for conversation_id, _ in self.asked[before:]]

    def extractions(self) -> list[ExtractionData]:
        """Return the answers that the log holds, in their order."""
        events = [event for event in self.site.log.read() if isinstance(event, Event)]
        return [read_extraction(event) for event in events if is_extraction(event.receipt)]

    def _ask(self, call: Call, role: str, pieces: Kept) -> Asked:
        with self._lock:
            self.asked.append((call.conversation_id, role))
        answer = self.answer(call, role)
        if isinstance(answer, Exception):
            raise answer
        return Asked(
            answer=answer,
            outcome="complete",
            provider="test",
            host="",
            requested_model=self.model or "model",
            model=self.model or "model",
            usage=self.usage,
            latency_s=0.5,
            requests=1,
            prompt=Prompt(id="extraction", version=self.version),
            schema_sha256="",
            input_hash="",
        )


def exhaust(asker: Asker) -> None:
    """Have asked what can be asked now."""
    while asker.step(wait_s=5.0):
        pass


def stated(call: Call) -> bytes:
    """Return what a careful model states of a call of `SAYINGS`."""
    items = [statement(turn.text, turn.index) for turn in call.turns if turn.text in SAYINGS]
    return msgspec.json.encode({"memories": items})


def later(retry_after_s: float | None = None) -> Answer:
    """Return the answer of one who has none now."""
    return lambda *_: AskLaterError("it answered 503", retry_after_s)


def refuses(*_: object) -> Exception:
    """Return the answer of one who refuses all questions."""
    return ProviderHeldError("it answered 401")


__all__ = ["FALLBACK", "FIRST", "AskingSite", "exhaust", "later", "refuses", "stated"]
