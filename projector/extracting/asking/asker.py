"""Asks about one call after the other, several at a time, and appends what is answered; one thread keeps the books."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from events.disk import steps
from events.log.ours.extraction import SOURCE, Usage
from events.log.protocol import EventLog
from events.process.logging import get_logger
from projector.domain.calls import Call
from projector.errors import (
    AskLaterError,
    ProviderHeldError,
    ReadModelDamagedError,
    ReadModelMissingError,
)
from projector.extracting.asking.answer_event import event_of
from projector.extracting.asking.faults import THE_WORLDS, where_raised
from projector.extracting.asking.limits import Limits
from projector.extracting.asking.schedule import after_no_answer
from projector.extracting.choosing.log_watch import LogWatch, Version
from projector.extracting.choosing.unread import Candidate, Unread
from projector.read_model.asked import Unanswered
from projector.read_model.tables.learning_tables import Questions
from projector.sources.extraction.ask import Asked, Kept

logger = get_logger("projection")
FIRST, FALLBACK = "first", "fallback"
# The call that a provider was held by comes after all others: it may be the only one that is refused.
_AFTER_PROBE_S = 60
_DRAIN_TRIES, _DRAIN_PAUSE_S = 20, 0.5


class _UnderWay(Struct, frozen=True, eq=False):
    """A question that is being answered, or whose answer is not appended yet."""

    candidate: Candidate
    role: str
    tokens: int


class Asker:
    """
    Asks about calls as `unread` has them, as far as `limits` allow.

    Call `step` again and again; `close` waits for the answers that are under way, which are paid for.

    Args:
        log: open for appending.
        roles: who can be asked: `FIRST`, and perhaps `FALLBACK`.
        ask: asks one of them about one call, in any thread, with the answers to pieces of it that are there already;
            raises `AskLaterError` or `ProviderHeldError`.
        tokens_of: about how many tokens a question costs.
        concurrency: how many questions are under way at a time.
        clock_s: the present in Unix seconds.
        should_go_on: asked before each question; False: no further one is asked.
    """

    def __init__(
        self,
        log: EventLog,
        watch: LogWatch,
        unread: Unread,
        questions: Questions,
        limits: Limits,
        *,
        roles: Sequence[str],
        ask: Callable[[Call, str, Kept], Asked],
        tokens_of: Callable[[Call], int],
        concurrency: int,
        clock_s: Callable[[], float],
        should_go_on: Callable[[], bool] = lambda: True,
    ) -> None:
        self._log = log
        self._watch = watch
        self._unread = unread
        self._questions = questions
        self._limits = limits
        self._roles = roles
        self._ask = ask
        self._tokens_of = tokens_of
        self._concurrency = concurrency
        self._clock_s = clock_s
        self._should_go_on = should_go_on
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="question")
        self._under_way: dict[Future[Asked], _UnderWay] = {}
        # Answers that could not be appended yet: nothing more is paid for meanwhile.
        self._kept: list[tuple[_UnderWay, Asked]] = []
        # Answers to pieces of calls of which another piece has none yet.
        self._pieces: dict[Version, Kept] = {}
        self._said = ""
        self.answered = self.failed = 0
        self.spent = Usage()

    @property
    def waits_for(self) -> str:
        """What keeps it from going on, such as a full disk; empty where nothing does."""
        return self._said

    @property
    def under_way(self) -> int:
        """How many questions are under way."""
        return len(self._under_way) + len(self._kept)

    def step(self, *, wait_s: float) -> bool:
        """
        Take in what was answered, and ask more; return False where nothing is under way then.

        Args:
            wait_s: how long to wait for an answer, if any is under way.

        Raises:
            ReadModelDamagedError: memories or notes are damaged; to open them again mends the notes.
        """
        try:
            self._settle(wait_s)
            self._unread.look(self._clock_s())
            if not self._kept:
                self._begin_more()
            self._said = ""
        except ReadModelDamagedError:
            self._unread.report_damage()
            raise
        except THE_WORLDS as error:
            self._say_waiting(error)
        except Exception as error:  # noqa: BLE001 - an outermost loop: one call that we fail at does not stop the rest
            logger.warning("extraction_failed", reason=type(error).__name__, where=where_raised(error))
        return bool(self.under_way)

    def close(self) -> None:
        """Ask nothing more, and append what is still answered."""
        for _ in range(_DRAIN_TRIES):
            while self._under_way:
                with suppress(*THE_WORLDS):
                    self._settle(None)
            if not self._kept:
                break
            with suppress(*THE_WORLDS):
                self._append_kept()
            if self._kept:
                time.sleep(_DRAIN_PAUSE_S)
        self._threads.shutdown()
        if self._kept:
            logger.error("extractions_lost", count=len(self._kept), consequence="these calls are asked about again")

    def _begin_more(self) -> None:
        # One that is not wanted now may be due all the same.
        unwanted = set[str]()
        while len(self._under_way) < self._concurrency and self._should_go_on():
            found = self._next(unwanted)
            if found is None:
                return
            if not self._unread.is_wanted(found.candidate):
                unwanted.add(found.candidate.call.conversation_id)
            else:
                steps.reached("question_begun")
                pieces = self._pieces.setdefault(found.candidate.version, {})
                future = self._threads.submit(self._ask, found.candidate.call, found.role, pieces)
                self._under_way[future] = found

    def _next(self, unwanted: set[str]) -> _UnderWay | None:
        """Return the next question of those that may be asked now."""
        now_s = self._clock_s()
        under_way = unwanted | {each.candidate.call.conversation_id for each in self._under_way.values()}
        for role in self._roles:
            if not self._may_ask(role):
                continue
            candidate = self._unread.next(now_s, under_way, for_fallback=role == FALLBACK)
            if candidate is None:
                continue
            if candidate.before.is_for_fallback and role == FIRST:
                if FALLBACK in self._roles:
                    if not self._may_ask(FALLBACK):
                        self._put_off(candidate)
                        continue
                    role = FALLBACK  # noqa: PLW2901 - whom this call is for
                else:
                    candidate = Candidate(candidate.call, replace(candidate.before, is_for_fallback=False, attempts=0))
            return _UnderWay(candidate, role, self._tokens_of(candidate.call))
        return None

    def _may_ask(self, role: str) -> bool:
        of_role = [each for each in self._under_way.values() if each.role == role]
        reserved = sum(each.tokens for each in self._under_way.values())
        return self._limits.may_ask(role, reserved=reserved, under_way=len(of_role))

    def _put_off(self, candidate: Candidate) -> None:
        next_try_at_s = max(int(self._clock_s()), self._limits.probe_at_s(FALLBACK)) + _AFTER_PROBE_S
        self._questions.put(replace(candidate.before, next_try_at_s=next_try_at_s))

    def _settle(self, wait_s: float | None) -> None:
        self._append_kept()
        if not self._under_way:
            return
        done, _ = wait(self._under_way, timeout=wait_s, return_when=FIRST_COMPLETED)
        for future in done:
            asked = self._under_way.pop(future)
            try:
                reply = future.result()
            except AskLaterError as error:
                self._note_no_answer(asked, error)
            except ProviderHeldError as error:
                self._note_refused(asked, error)
            except Exception as error:  # noqa: BLE001 - an outermost loop: one bad call does not stop the rest
                # What it says may hold words of a call.
                logger.warning("question_failed", reason=type(error).__name__, where=where_raised(error))
                self._note_no_answer(asked, AskLaterError(f"a fault of ours: {type(error).__name__}"))
            else:
                steps.reached("question_answered")
                self._limits.note_answer(asked.role)
                self._count(reply)
                self._kept.append((asked, reply))
        self._append_kept()

    def _append_kept(self) -> None:
        while self._kept:
            asked, reply = self._kept[0]
            self._take(asked.candidate, reply)
            self._kept.pop(0)

    def _take(self, candidate: Candidate, reply: Asked) -> None:
        """Append an answer, unless its call is to be forgotten, or is not to be asked about any more."""
        conversation_id = candidate.call.conversation_id
        if is_wanted := self._unread.is_wanted(candidate):
            event = event_of(candidate, reply, now_s=self._clock_s())
            self._log.append(msgspec.json.encode(event), source=SOURCE)
            steps.reached("extraction_appended")
            self._watch.note_answered(candidate.version, candidate.before.prompt_version)
            self.answered += 1
        else:
            logger.info("extraction_thrown_away", reason="its call is not to be asked about any more")
        self._pieces.pop(candidate.version, None)
        self._questions.remove(conversation_id)
        self._unread.note_asked(conversation_id, is_answered=is_wanted)

    def _note_no_answer(self, asked: _UnderWay, error: AskLaterError) -> None:
        self._limits.note_no_answer(asked.role, error.retry_after_s)
        self._questions.add("failures_no_answer", 1)
        after = after_no_answer(
            asked.candidate.before,
            error.reason,
            now_s=self._clock_s(),
            retry_after_s=error.retry_after_s,
            has_fallback=FALLBACK in self._roles,
        )
        logger.debug("question_without_answer", reason=error.reason, attempts=after.attempts)
        self._note(asked, msgspec.structs.replace(after, has_held=False))

    def _note_refused(self, asked: _UnderWay, error: ProviderHeldError) -> None:
        before = asked.candidate.before
        self._questions.add("failures_refused", 1)
        if before.has_held and self._questions.held(asked.role) is None:
            # Others were answered since it was refused the last time: it is this call that is refused, and no other.
            self._note(asked, replace(before, attempts=before.attempts + 1, next_try_at_s=None, reason=error.reason))
            return
        self._limits.note_refused(asked.role, error.reason)
        next_try_at_s = self._limits.probe_at_s(asked.role) + _AFTER_PROBE_S
        self._note(asked, replace(before, next_try_at_s=next_try_at_s, has_held=True, reason=error.reason))

    def _note(self, asked: _UnderWay, unanswered: Unanswered) -> None:
        """Note when a call is asked about again; nothing of one that is to be forgotten."""
        if self._unread.is_wanted(asked.candidate):
            self._questions.put(unanswered)
        else:
            self._questions.remove(unanswered.conversation_id)
        if unanswered.next_try_at_s is None:
            self._pieces.pop(asked.candidate.version, None)
            logger.warning(
                "call_not_read",
                conversation_id=unanswered.conversation_id,
                reason=unanswered.reason,
                then="see `projector failures`",
            )
        self.failed += 1
        self._unread.note_asked(unanswered.conversation_id, is_answered=False)

    def _count(self, reply: Asked) -> None:
        usage, before = reply.usage, self.spent
        self.spent = Usage(
            before.input_tokens + usage.input_tokens,
            before.cached_tokens + usage.cached_tokens,
            before.output_tokens + usage.output_tokens,
        )
        self._questions.spend(self._limits.day(), usage.input_tokens + usage.output_tokens)
        self._questions.add("tokens_in", usage.input_tokens)
        self._questions.add("tokens_cached", usage.cached_tokens)
        self._questions.add("tokens_out", usage.output_tokens)
        self._questions.add(f"answers_{reply.outcome}", 1)

    def _say_waiting(self, error: Exception) -> None:
        if str(error) != self._said:
            self._said = str(error)
            say = logger.debug if isinstance(error, ReadModelMissingError) else logger.warning
            say("extraction_waiting", reason=str(error))
