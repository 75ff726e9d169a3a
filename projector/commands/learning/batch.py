"""`projector extract --batch`: submits calls as batches, and takes the answers, or leaves them to who follows."""

import time
from contextlib import ExitStack, closing
from threading import Event as Flag

from events.log.ours.extraction import Usage
from events.process import logging
from events.process.command import FOUND_SOMETHING, say
from events.process.screen.progress import ProgressReport
from events.process.terminal import count_of
from projector.commands.learning.chosen import IF_OUT, Choice, start_for, tokens_words, wanted_for
from projector.commands.learning.turn import stopped_by_signals, take_turn
from projector.commands.runs import catch_up
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.errors import AskLaterError, ProviderHeldError
from projector.extracting.asking.schedule import RETRY_AFTER_S
from projector.extracting.messages import Start
from projector.extracting.opening import Opened, learning_of, opened, say_learning
from projector.read_model.asked import Batch
from projector.read_model.open import read_questions
from projector.sources.models.batches.open import open_batches

_STOPPING = "what is submitted stays so, and is noted"
_STEP_S, _PAUSE_S = 0.2, 0.05
_LOOK_AFTER_S, _LOOK_AFTER_S_MAX = 1.0, 60.0


def extract_by_batch(settings: Settings, choice: Choice) -> int:
    """Submit all calls that were chosen and not read yet, wait for the answers, and return the exit code."""
    start = start_for(settings, choice)
    engines = Engines(settings.projection.engine)
    catch_up(settings, engines, waits_for_engine=False)
    with stopped_by_signals(_STOPPING) as stop:
        logging.configure(level="critical")  # what is wrong is said at the end
        code = _Run(settings, start, choice, stop).run()
    catch_up(settings, engines, waits_for_engine=False)
    return code


class _Run:
    """One run of the command; it holds the turn of asking only while it submits, and while it takes answers."""

    def __init__(self, settings: Settings, start: Start, choice: Choice, stop: Flag) -> None:
        self._settings = settings
        self._start = start
        self._choice = choice
        self._stop = stop
        self._provider = open_batches(start.models.provider)
        self._submitted = self._answered = self._failed = 0
        self._used = self._batched = Usage()
        self._left: list[str] = []

    def run(self) -> int:
        self._submit()
        if self._stop.is_set():
            self._left.append("stopped; run it again to submit the rest")
        self._wait()
        calls = self._calls_out()
        if self._answered or self._failed:
            tokens = tokens_words(self._start, self._used, batched=self._batched)
            say("projector", f"{count_of(self._answered, 'call')} answered, {self._failed} without an answer; {tokens}")
        elif not (calls or self._left or self._stop.is_set()):
            nothing = "a projector that follows took the answers" if self._submitted else "no call is to be asked about"
            say("projector", nothing)
        if self._failed:
            self._left.append("`projector failures` says why; they are asked about alone later")
        if calls:
            self._left.append(f"{count_of(calls, 'call')} in a batch that is out: {IF_OUT}")
        for reason in self._left:
            say("projector", reason)
        return FOUND_SOMETHING if self._left else 0

    def _submit(self) -> None:
        """Submit all that nobody has read; where the vendor is busy, again later, as a question is asked again."""
        for retry_after_s in (*RETRY_AFTER_S, None):
            try:
                self._submit_once()
            except ProviderHeldError as error:
                self._left.append(f"{self._provider.name} takes no batch: {error.reason}")
            except AskLaterError as error:
                if retry_after_s is None:
                    self._left.append(f"{self._provider.name} takes no batch now: {error.reason}; run it again")
                    return
                wait_s = max(retry_after_s, error.retry_after_s or 0)
                say("projector", f"{error.reason}; submitting again in {wait_s:.0f} seconds")
                if not self._stop.wait(wait_s):
                    continue
            return

    def _submit_once(self) -> None:
        with ExitStack() as stack:
            now = self._turn(stack)
            self._take(now)
            submitter = now.submitter(should_go_on=lambda: not self._stop.is_set())
            report = ProgressReport("submitting")
            try:
                submitter.submit_all(self._provider, report=lambda calls: report("calls", calls, calls))
            finally:
                report.close()
                self._say_learning(now)
                self._submitted += submitter.submitted
                if submitter.submitted:
                    say("projector", f"{count_of(submitter.submitted, 'call')} submitted to {self._provider.name}")
            if submitter.is_spent:
                spent = "the tokens of today are spent, or promised to what is out (LLM_TOKENS_PER_DAY_MAX)"
                self._left.append(f"{spent}: run it again tomorrow (UTC)")

    def _wait(self) -> None:
        """Look again and again whether a batch has ended, and take what it answered, if nobody else has."""
        look_after_s = _LOOK_AFTER_S
        while not self._stop.is_set() and (batches := self._batches()):
            try:
                has_ended = any(self._provider.state(batch.id).is_ended for batch in batches if self._has(batch))
            except (AskLaterError, ProviderHeldError) as error:
                say("projector", f"{self._provider.name} does not say how a batch stands: {error.reason}")
                if isinstance(error, ProviderHeldError):
                    return
                has_ended = False
            if has_ended:
                with ExitStack() as stack:
                    self._take(self._turn(stack))
            if not any(map(self._has, batches)):
                return
            self._stop.wait(look_after_s)
            look_after_s = min(2 * look_after_s, _LOOK_AFTER_S_MAX)

    def _turn(self, stack: ExitStack) -> Opened:
        """Take the turn, and open what asks; it begins no question of its own."""
        take_turn(stack, self._settings, self._stop)
        return stack.enter_context(
            opened(
                self._start,
                clock_s=time.time,
                prompt_version=self._choice.prompt_version,
                choose=lambda version: wanted_for(self._choice, version),
                should_go_on=lambda: False,
            )
        )

    def _take(self, now: Opened) -> None:
        """Take what has ended by now."""
        while not self._stop.is_set():
            now.taker.step()
            now.asker.step(wait_s=_STEP_S)
            if not now.taker.is_busy and not now.asker.under_way:
                break
            if not now.taker.is_taking:
                self._stop.wait(_PAUSE_S)
        now.asker.close()
        books = now.asker.books
        self._answered += now.asker.answered
        self._failed += books.failed
        self._used, self._batched = self._used + books.spent, self._batched + books.batched
        if now.taker.waits_for:
            say("projector", now.taker.waits_for)
        self._say_learning(now)

    def _has(self, batch: Batch) -> bool:
        return (batch.provider, batch.host) == (self._provider.name, self._provider.host)

    def _batches(self) -> list[Batch]:
        questions = read_questions(self._settings.memories_location)
        if questions is None:
            return []
        with closing(questions):
            return questions.batches.all()

    def _calls_out(self) -> int:
        questions = read_questions(self._settings.memories_location)
        if questions is None:
            return 0
        with closing(questions):
            return questions.batches.counts()[1]

    def _say_learning(self, now: Opened) -> None:
        say_learning(self._start.folder, learning_of(self._start, now, at_s=time.time()))
