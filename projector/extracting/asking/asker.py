"""Asks about one call after the other, several at a time, and appends what is answered; one thread keeps the books."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress

import msgspec
from msgspec.structs import replace

from events.disk import steps
from events.log.ours.extraction import SOURCE
from events.log.protocol import EventLog
from events.process.logging import get_logger
from projector.domain.calls import Call
from projector.errors import AskLaterError, ProviderHeldError, ReadModelDamagedError, ReadModelMissingError
from projector.extracting.asking.answer_event import event_of
from projector.extracting.asking.books import AFTER_PROBE_S, Books
from projector.extracting.asking.faults import THE_WORLDS, where_raised
from projector.extracting.asking.limits import Limits
from projector.extracting.asking.under_way import UnderWay
from projector.extracting.choosing.log_watch import LogWatch, Version
from projector.extracting.choosing.unread import Candidate, Unread
from projector.read_model.tables.learning_tables import Questions
from projector.sources.extraction.ask import Asked, Kept, total_of
from projector.sources.extraction.requests import is_cut

logger = get_logger("projection")
FIRST, FALLBACK = "first", "fallback"
_DRAIN_TRIES, _DRAIN_PAUSE_S = 20, 0.5


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
        self._under_way: dict[Future[Asked], UnderWay] = {}
        # Answers that could not be appended yet: nothing more is paid for meanwhile.
        self._kept: list[tuple[UnderWay, Asked]] = []
        # Answers to pieces of calls of which another piece has none yet.
        self._pieces: dict[Version, Kept] = {}
        self._said = ""
        self.answered = 0
        self.books = Books(questions, limits, has_fallback=FALLBACK in roles, clock_s=clock_s)

    @property
    def waits_for(self) -> str:
        """What keeps it from going on, such as a full disk; empty where nothing does."""
        return self._said

    @property
    def is_stuck(self) -> bool:
        """Whether answers are there that cannot be appended now."""
        return bool(self._kept)

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

    def take_batched(
        self, batch: str, unread: Unread, candidate: Candidate, pieces: Kept, ask: Callable[[], Asked]
    ) -> bool:
        """
        Append what a batch answered about a call; False where the halves must wait for a question that is under way.

        Halves of what was cut are asked about now, alone: that is one answer of many, and no call is to wait a day for
        it. Where nobody may be asked, the call is asked about later, with the pieces that are there.

        Args:
            unread: what chose the call.
            pieces: the answers to all its pieces.
            ask: asks about the call with these.

        Raises as `step` does, but for a disk that is full: then `is_stuck` is true.
        """
        batched = total_of(pieces.values())
        asked = UnderWay(candidate, FIRST, self._tokens_of(candidate.call), unread, batch, batched)
        if not is_cut(pieces):
            reply = ask()
            self.books.count(reply, batched=batched)
            self._kept.append((asked, reply))
            self._append_kept()
            return True
        may_ask = len(self._under_way) < self._concurrency and self._may_ask(FIRST)
        if self._under_way and not may_ask:
            return False
        if may_ask:
            self._under_way[self._threads.submit(ask)] = asked
        else:
            self.note_batch_failed(batch, unread, candidate, AskLaterError("its answer was cut", kind="length"), pieces)
        return True

    def note_batch_failed(
        self,
        batch: str,
        unread: Unread,
        candidate: Candidate,
        error: AskLaterError | ProviderHeldError,
        pieces: Kept | None = None,
    ) -> None:
        """Note that a batch has no answer about a call, or only to some of its pieces."""
        if pieces:
            self._pieces[candidate.version] = pieces
        asked = UnderWay(candidate, FIRST, 0, unread, batch)
        self._end(asked, is_over=self.books.note_batch_failed(asked, error))

    def is_asking(self, conversation_id: str) -> bool:
        """Tell whether a question about a call is under way, or its answer is to be appended."""
        asked = [*self._under_way.values(), *(each for each, _ in self._kept)]
        return any(each.candidate.call.conversation_id == conversation_id for each in asked)

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

    def _next(self, unwanted: set[str]) -> UnderWay | None:
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
            return UnderWay(candidate, role, self._tokens_of(candidate.call), self._unread)
        return None

    def _may_ask(self, role: str) -> bool:
        of_role = [each for each in self._under_way.values() if each.role == role]
        reserved = sum(each.tokens for each in self._under_way.values()) + self._questions.batches.tokens()
        return self._limits.may_ask(role, reserved=reserved, under_way=len(of_role))

    def _put_off(self, candidate: Candidate) -> None:
        next_try_at_s = max(int(self._clock_s()), self._limits.probe_at_s(FALLBACK)) + AFTER_PROBE_S
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
            except (AskLaterError, ProviderHeldError) as error:
                self._end(asked, is_over=self.books.note_unanswered(asked, error))
            except Exception as error:  # noqa: BLE001 - an outermost loop: one bad call does not stop the rest
                # What it says may hold words of a call.
                logger.warning("question_failed", reason=type(error).__name__, where=where_raised(error))
                ours = AskLaterError(f"a fault of ours: {type(error).__name__}", kind="ours")
                self._end(asked, is_over=self.books.note_unanswered(asked, ours))
            else:
                steps.reached("question_answered")
                self._limits.note_answer(asked.role)
                self.books.count(reply, batched=asked.batched)
                self._kept.append((asked, reply))
        self._append_kept()

    def _append_kept(self) -> None:
        while self._kept:
            asked, reply = self._kept[0]
            self._take(asked, reply)
            self._kept.pop(0)

    def _take(self, asked: UnderWay, reply: Asked) -> None:
        """Append an answer, unless its call is to be forgotten, or is not to be asked about any more."""
        candidate = asked.candidate
        conversation_id = candidate.call.conversation_id
        if is_wanted := asked.unread.is_wanted(candidate):
            steps.reached("answer_wanted")
            event = event_of(candidate, reply, now_s=self._clock_s())
            self._log.append(msgspec.json.encode(event), source=SOURCE)
            steps.reached("extraction_appended")
            self._watch.note_answered(candidate.version, candidate.before.prompt_version)
            self.answered += 1
        else:
            logger.info("extraction_thrown_away", reason="its call is not to be asked about any more")
        self._questions.remove(conversation_id)
        self._end(asked, is_over=True)
        self._unread.note_asked(conversation_id, is_answered=is_wanted)

    def _end(self, asked: UnderWay, *, is_over: bool) -> None:
        """Keep of a question that was asked only what the next one about its call needs."""
        if is_over:
            self._pieces.pop(asked.candidate.version, None)
        if asked.batch:
            self._questions.batches.remove_call(asked.batch, asked.candidate.call.conversation_id)

    def _say_waiting(self, error: Exception) -> None:
        if str(error) != self._said:
            self._said = str(error)
            say = logger.debug if isinstance(error, ReadModelMissingError) else logger.warning
            say("extraction_waiting", reason=str(error))
