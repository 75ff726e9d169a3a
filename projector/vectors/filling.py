"""Makes the vectors that are missing: of the calls that were just learned first, then of all others, newest first."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from events.process.logging import get_logger
from projector.domain.memories import Memory
from projector.engines.meaning.encoder import Encoder
from projector.engines.meaning.rows import as_bytes, by_digest, pack
from projector.engines.meaning.texts import digest_of, may_be_alike, names_said, own_text, text_in_call
from projector.read_model.tables.engine_tables import Conversations, Stamp, VectorTable

logger = get_logger("engine")
# A long conversation is written again and again while it is made: after so many new vectors.
_VECTORS_PER_WRITE = 100
# The stamp of a row that is not whole yet; no memories have it.
_PARTIAL = -1

Conversation = tuple[str, str]


class Filling:
    """
    Keeps the vectors in step with the memories. No vector of a text is computed that is in a row already.

    `computed` counts the vectors that were made, and `failed` the texts of which the encoder made none.

    Args:
        read: returns the live generation, for each look anew.
        vectors: open for writing.
        check: called before each vector; raises where there is something better to do.
    """

    def __init__(
        self,
        read: Callable[[], Conversations],
        vectors: VectorTable,
        encoder: Encoder,
        *,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._read = read
        self._vectors = vectors
        self._encoder = encoder
        self._check = check
        self._fresh = dict[Conversation, None]()
        self._backlog = deque[Conversation]()
        # Removed last: what they hold may be what a conversation of another caller needs.
        self._gone = dict[Conversation, None]()
        self.computed = self.failed = 0

    @property
    def left(self) -> int:
        """How many conversations are still to be looked at."""
        return len(self._fresh) + len(self._backlog) + len(self._gone)

    def note(self, changed: Iterable[tuple[str, str | None]]) -> None:
        """Note conversations whose memories have changed: pairs of a caller and a conversation, None for all."""
        for caller, conversation_id in changed:
            if conversation_id is None:
                for stamp in list(self._vectors.stamps(caller)):
                    self._fresh.setdefault((caller, stamp.conversation_id))
            else:
                self._fresh.pop((caller, conversation_id), None)
                self._fresh[caller, conversation_id] = None  # the newest is last

    def compare(self) -> None:
        """Compare all vectors with all memories, and note what is to be done."""
        read_model = self._read()
        gone = {stamp[:2]: stamp for stamp in self._vectors.stamps()}
        missing = {stamp[:2] for stamp in read_model.stamps() if gone.pop(stamp[:2], None) != stamp}
        newest_first = read_model.newest_first() if missing else ()
        self._backlog = deque(conversation for conversation in newest_first if conversation in missing)
        self._gone = dict.fromkeys(gone)

    def step(self) -> bool:
        """
        Make the vectors of one conversation; return False where nothing is left to do.

        Raises what `check` raises, and as `Conversations` and `VectorTable` do: that conversation has its turn again.
        """
        if self._fresh:
            self._fill(*next(reversed(self._fresh)), check=lambda: None)
        elif self._backlog:
            self._fill(*self._backlog[0], check=self._check)
        elif self._gone:
            self._remove(*next(iter(self._gone)))
        return self.leave()

    def leave(self) -> bool:
        """Leave the conversation whose turn it is, until it changes or all are compared; False where there is none."""
        if self._fresh:
            self._fresh.popitem()
        elif self._backlog:
            self._backlog.popleft()
        elif self._gone:
            del self._gone[next(iter(self._gone))]
        else:
            return False
        return True

    def _fill(self, caller: str, conversation_id: str, *, check: Callable[[], None]) -> None:
        stamp = self._read().stamp(caller, conversation_id)
        while stamp is not None:
            memories = self._read().conversation(caller, conversation_id)
            row = _Made(stamp, memories)
            row.vectors |= self._known(stamp, row.texts)
            self._compute(row, check)
            if self._write(row, stamp if row.is_whole() else stamp._replace(stamp=_PARTIAL)):
                return
            stamp = self._read().stamp(caller, conversation_id)  # they were changed meanwhile
        self._gone[caller, conversation_id] = None

    def _compute(self, row: "_Made", check: Callable[[], None]) -> None:
        missing = [digest for digest in row.texts if digest not in row.vectors]
        partial, unwritten = row.stamp._replace(stamp=_PARTIAL), 0
        try:
            for digest in missing:
                check()
                try:
                    vector = as_bytes(self._encoder.memory(row.texts[digest]))
                except Exception as error:  # noqa: BLE001 - whatever a model does to one text, the others get vectors
                    say = logger.debug if self.failed else logger.warning  # of the others `failed` is told
                    self.failed += 1
                    say("vector_failed", reason=type(error).__name__)  # what it says may hold the text
                    continue
                row.vectors[digest] = vector
                self.computed += 1
                unwritten += 1
                if unwritten == _VECTORS_PER_WRITE:
                    unwritten = 0
                    self._write(row, partial)
        except BaseException:
            if unwritten:
                self._write(row, partial)
            raise

    def _known(self, stamp: Stamp, texts: dict[bytes, str]) -> dict[bytes, bytes]:
        rows = self._vectors.of_conversation(stamp.caller, stamp.conversation_id)
        found = by_digest(rows, self._encoder.dimensions)
        return {digest: vector for digest, vector in found.items() if digest in texts}

    def _write(self, row: "_Made", stamp: Stamp) -> bool:
        """Write what is made of a row, unless its memories have changed or gone meanwhile: then return False."""
        columns = pack(row.memories, row.vectors, row.names)
        with self._vectors.changing():
            # Inside: who forgets a caller removes the memories first, and then waits for this lock.
            if self._read().stamp(stamp.caller, stamp.conversation_id) != row.stamp:
                return False
            self._vectors.put(stamp, **columns)
        return True

    def _remove(self, caller: str, conversation_id: str) -> None:
        with self._vectors.changing():
            if self._read().stamp(caller, conversation_id) is None:
                self._vectors.remove(caller, conversation_id)


class _Made:
    """The row of one conversation while it is made: its texts and its vectors, both by the digests of the texts."""

    def __init__(self, stamp: Stamp, memories: Sequence[Memory]) -> None:
        self.stamp = stamp
        self.names = names_said(memories)
        self.texts: dict[bytes, str] = {}
        self.vectors: dict[bytes, bytes] = {}
        self.memories = [
            (memory.id, self._note(own_text(memory)), self._note(text_in_call(memory)))
            for memory in memories
            if may_be_alike(memory)
        ]

    def is_whole(self) -> bool:
        """Tell whether all texts have vectors. A row that is not is made again when all are compared."""
        return self.vectors.keys() >= self.texts.keys()

    def _note(self, text: str) -> bytes:
        digest = digest_of(text)
        self.texts[digest] = text
        return digest
