"""Which call is asked about next: what has just come in, then what is due again, then all others, newest first."""

from collections import deque
from collections.abc import Iterator

from msgspec import Struct

from events.errors import PositionError
from projector.domain.calls import Call
from projector.errors import ReadModelMissingError
from projector.extracting.choosing.left import Left
from projector.extracting.choosing.log_watch import LogWatch, Version
from projector.extracting.choosing.outstanding import is_out
from projector.extracting.choosing.readable import Readable
from projector.read_model.asked import Unanswered
from projector.read_model.generations import LiveReader
from projector.read_model.protocol import ReadModel
from projector.read_model.tables.learning_tables import Questions

# So many ids are held in memory at a time.
_WINDOW = 10_000
_DUE_MAX = 100
# What is not asked about may become so without an event of its own: somebody undoes that a caller opted out.
_COMPARE_EVERY_S = 600.0


class Candidate(Struct, frozen=True):
    """A call that is to be asked about, and what is noted of tries before."""

    call: Call
    before: Unanswered

    @property
    def version(self) -> Version:
        """What is asked about: the call, and the hash of its webhook."""
        return self.call.conversation_id, self.call.sha256


class Unread:
    """The calls that no model has read; one thread uses it."""

    def __init__(self, reader: LiveReader, watch: LogWatch, questions: Questions, readable: Readable) -> None:
        self._reader = reader
        self._watch = watch
        self._questions = questions
        self._readable = readable
        self._wanted = readable.wanted
        self._generation: int | None = None
        self._compare_at_s = 0.0
        self._new: list[str] = []
        self._backlog = deque[str]()
        self._is_whole = False
        # Looked at, and not to be asked about: not to be looked at again with each look.
        self._passed = set[str]()
        self._left = Left(readable, questions)

    @property
    def left(self) -> int:
        """How many calls no model has read, but for those that are given up, as far as was counted lately."""
        return self._left.count

    def look(self, now_s: float) -> None:
        """
        Take in what has changed.

        Raises:
            ProjectorError, OSError, JournalError: memories or log cannot be read now.
        """
        generation = self._reader.generation()
        read_model = self._reader.open()
        is_other = generation != self._generation
        if is_other:
            self._readable.begin(read_model)
        try:
            self._watch.look()
        except PositionError as error:  # the projector meets the same, and replays
            self._generation = None
            raise ReadModelMissingError(f"the memories are of another log: {error}") from error
        if is_other or now_s >= self._compare_at_s:
            self._compare(read_model)
            self._generation, self._compare_at_s = generation, now_s + _COMPARE_EVERY_S
        place = read_model.place()
        for conversation_id in self._watch.new_calls(place.position if place else 0):
            self._new.append(conversation_id)
            self._passed.discard(conversation_id)
        self._left.look()

    def next(self, now_s: float, under_way: set[str], *, for_fallback: bool = False) -> Candidate | None:
        """
        Return the next call to ask about; None where there is none now.

        Args:
            under_way: the calls that are asked about just now.
            for_fallback: whether only one will do that the fallback is asked about.

        Raises as `look` does.
        """
        if for_fallback:
            return self._next_for_fallback(now_s, under_way)
        for conversation_id, is_unread in self._ids(now_s):
            if conversation_id in under_way or conversation_id in self._passed:
                continue
            candidate = self.candidate(conversation_id)
            if candidate is None:
                self._passed.add(conversation_id)
                if is_unread and self._readable.is_refused(conversation_id):
                    self._left.note_refused(conversation_id)
                self._questions.remove(conversation_id)
            elif self._is_due(candidate.before, now_s) and not self.is_out(candidate.call):
                return candidate
        return None

    def candidate(self, conversation_id: str) -> Candidate | None:
        """Return a call as it may be asked about, whenever that is due; None for one that may not, or need not."""
        call = self._readable.call(conversation_id)
        return None if call is None else Candidate(call, self._noted(call))

    def is_out(self, call: Call) -> bool:
        """Tell whether a batch that is out asks about a call already."""
        return is_out(self._questions.batches, call, self._wanted, model=self._watch.model)

    def is_wanted(self, candidate: Candidate) -> bool:
        """
        Tell, at the last moment, whether a call may be asked about, and what is said of it be kept.

        Not if its caller was or is to be forgotten, or opted out, or if it was answered meanwhile.
        """
        self._watch.look()
        read_model = self._reader.open()
        now = self._readable.call(candidate.call.conversation_id)
        place = read_model.place()
        people = {candidate.call.caller, *candidate.call.parties, *read_model.keys_of(candidate.call.caller)}
        return (
            now is not None
            and now.sha256 == candidate.call.sha256
            and not self._watch.is_to_be_forgotten(people, place.position if place else 0)
        )

    def report_damage(self) -> None:
        """Have the projector look whether the memories are damaged."""
        self._reader.report_damage()

    def note_asked(self, conversation_id: str, *, is_answered: bool) -> None:
        """Note that a call was asked about, and whether an answer was appended."""
        if self._wanted.is_eager:
            self._passed.add(conversation_id)
        if is_answered:
            self._left.note_answered(conversation_id)

    def _next_for_fallback(self, now_s: float, under_way: set[str]) -> Candidate | None:
        for noted in self._questions.due(now_s, limit=_DUE_MAX):
            if noted.is_for_fallback and noted.conversation_id not in under_way:
                candidate = self.candidate(noted.conversation_id)
                if candidate is not None and candidate.before.is_for_fallback and not self.is_out(candidate.call):
                    return candidate
        return None

    def _ids(self, now_s: float) -> Iterator[tuple[str, bool]]:
        """Yield the calls to look at, each with whether it is one of those that are counted as unread."""
        while self._new:
            yield self._new.pop(), False
        if not self._wanted.is_eager:
            for each in self._questions.due(now_s, limit=_DUE_MAX):
                yield each.conversation_id, False
        while self._backlog or self._refill():
            yield self._backlog.popleft(), True

    def _compare(self, read_model: ReadModel) -> None:
        if not self._wanted.is_eager:  # who asks once asks nobody twice
            self._passed.clear()
        self._backlog.clear()
        self._is_whole = False
        noted = [each.conversation_id for each in self._questions.all()]
        self._questions.remove(*(each for each in noted if read_model.caller_of(each) is None))
        self._left.begin()

    def _refill(self) -> bool:
        """Hold the next ones; return False where there are none."""
        if self._is_whole:
            return False
        noted, _ = self._questions.counts()
        _, out = self._questions.batches.counts()
        known = len(self._passed) + noted + out + self._watch.answered_count
        limit = None if self._wanted.is_eager else _WINDOW + known
        ids = self._readable.newest(limit)
        self._is_whole = limit is None or len(ids) < limit
        self._backlog.extend(ids)
        return bool(self._backlog)

    def _noted(self, call: Call) -> Unanswered:
        noted = self._questions.of(call.conversation_id)
        of = call.sha256, self._wanted.prompt_version
        if noted is None or (noted.transcription_sha256, noted.prompt_version) != of:
            return Unanswered(call.conversation_id, *of, attempts=0, next_try_at_s=0)
        return noted

    def _is_due(self, before: Unanswered, now_s: float) -> bool:
        return self._wanted.is_eager or (before.next_try_at_s is not None and before.next_try_at_s <= now_s)
