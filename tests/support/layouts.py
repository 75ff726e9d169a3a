"""
Fills a read model so that SQLite moves its rows about: pages that split and merge, values of many pages, many versions.

All that belongs to the caller in question holds a needle.
"""

import random
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from events.log.receipt import Place
from projector.read_model.checksums import with_checksum
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptCall, MissedCall
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.files.pages import unallocated
from projector.read_model.sqlite.generations import SqliteGenerations

WHO = "+12025550143"
# Of the caller in question: the number, and a word that is in each value again and again.
NEEDLES = (b"2025550143", b"zebrak")
_FILLED, _CALLERS, _CONVERSATIONS = 300, 40, 120
# Of a page with 4096 bytes: many to a page, some, one, and a row of several pages.
_SIZES = ([20], [20, 100], [300], [20, 900], [20, 100, 300, 900, 3000, 9000], [1200], [2000, 20_000])


class Layout:
    """
    One layout; equal seeds write equal rows, if told to write as much.

    Args:
        seed: of all that is drawn.
    """

    def __init__(self, seed: str) -> None:
        self._dice = random.Random(seed)
        self._sizes = self._dice.choice(_SIZES)
        self._share = self._dice.choice([0.02, 0.1, 0.4])
        self._number = 0

    def write(self, writer: ReadModelWriter, changes: int) -> None:
        """Make some changes in one transaction, of many callers."""
        with writer.transaction():
            for _ in range(changes):
                self._change(writer, WHO if self._dice.random() < self._share else self._other())

    def write_others(self, writer: ReadModelWriter, changes: int) -> None:
        """Make some changes in one transaction, of others alone."""
        with writer.transaction():
            for _ in range(changes):
                self._change(writer, self._other())

    def forget(self, writer: ReadModelWriter, *, per_transaction: int) -> None:
        """Remove all rows of the caller, a few conversations in each transaction, in any order."""
        conversations = [f"conv_{number}_{WHO}" for number in range(_CONVERSATIONS)]
        self._dice.shuffle(conversations)
        for at in range(0, len(conversations), per_transaction):
            with writer.transaction():
                for conversation_id in conversations[at : at + per_transaction]:
                    self._remove(writer, WHO, conversation_id)
        with writer.transaction():
            writer.read_model.engine_tables.blocks.remove_caller(WHO)
            writer.callers.remove(WHO)

    def _other(self) -> str:
        # Right beside the one in question, and anywhere.
        number = self._dice.choice([2025550142, 2025550144, 2025550000 + self._dice.randrange(_CALLERS) * 7])
        return f"+1{number}" if number != int(WHO[2:]) else "+12025550144"

    def _change(self, writer: ReadModelWriter, caller: str) -> None:
        conversation_id = f"conv_{self._dice.randrange(_CONVERSATIONS)}_{caller}"
        # A newer version takes the place of the one before.
        self._remove(writer, caller, conversation_id)
        if self._dice.random() < 0.25:
            return
        self._number += 1
        at = self._number
        writer.calls.put(
            KeptCall(conversation_id, caller, Place(at, at, f"{at:064x}"), self._value(caller), checksum=0),
            agent_number=None,
        )
        writer.memories.insert([self._memory(caller, conversation_id, key) for key in range(self._dice.randint(1, 4))])
        writer.parties.note(conversation_id, caller, at, position=at)
        writer.links.note(conversation_id, f"whatsapp:{caller}", caller, at)
        writer.calls.put_missed(MissedCall(conversation_id, at, "busy"), caller, sha256=f"{at:064x}")
        tables = writer.read_model.engine_tables
        tables.segments.put(caller, [(conversation_id, at, self._value(caller))])
        if self._dice.random() < 0.2:
            tables.blocks.remove(caller, at % 5)
            tables.blocks.put(caller, (at % 5, at), self._value(caller), {row: self._value(caller) for row in range(3)})
        writer.callers.put(caller, self._value(caller), self._value(caller))

    def _remove(self, writer: ReadModelWriter, caller: str, conversation_id: str) -> None:
        writer.calls.remove(conversation_id)
        writer.calls.remove_missed(conversation_id)
        writer.memories.remove(caller, conversation_id)
        writer.parties.remove(conversation_id)
        writer.links.remove(conversation_id)
        writer.read_model.engine_tables.segments.remove(caller, conversation_id)

    def _memory(self, caller: str, conversation_id: str, key: int) -> tuple[object, ...]:
        self._number += 1
        # Ids are spread over their index, as digests are.
        id_ = f"{self._dice.getrandbits(64):016x}{self._word(caller)}{self._number}"
        row = (id_, caller, conversation_id, "turn", str(key), None, self._number, 1, 0.3)
        return with_checksum(*row, self._value(caller))

    def _value(self, caller: str) -> bytes:
        self._number += 1
        word = self._word(caller)
        text = f"{caller} {word} {self._number} {word} {word} "
        return (text * (self._dice.choice(self._sizes) // len(text) + 1)).encode()

    def _word(self, caller: str) -> str:
        return "zebrak" if caller == WHO else "walrus"


def needles_in(folders: Iterable[Path]) -> dict[str, list[bytes]]:
    """Return what is left of the caller in question, by file; an empty dictionary where nothing is."""
    found = {}
    for path in (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()):
        body = path.read_bytes()
        if needles := [needle for needle in NEEDLES if needle in body]:
            found[path.name] = needles
    return found


@contextmanager
def filled(folder: Path, layout: Layout, *, changes: int = _FILLED) -> Iterator[ReadModelWriter]:
    """Open the writer of a generation that was filled aside, as a replay does."""
    generations = SqliteGenerations(folder)
    assert generations.begin() == 1
    with closing(generations.create(1, fingerprint="one", engine="embedded", is_outside=False)) as writer:
        layout.write(writer, changes)
    generations.settle(1)
    generations.publish(1)
    with closing(generations.open(1)) as writer:
        yield writer


def check_pages(folder: Path, generation: int = 1) -> None:
    """Assert that the database is whole, and that each page has nothing but zeros in its unallocated space."""
    path = folder / str(generation) / "readmodel.sqlite"
    with closing(Database.open(path, is_writing=False)) as database:
        assert database.value("PRAGMA integrity_check") == "ok"
        size = database.value("PRAGMA page_size")
    body = path.read_bytes()
    for number in range(1, len(body) // size + 1):
        page = body[(number - 1) * size : number * size]
        begin, end = unallocated(page, number, size) or (0, 0)
        assert not any(page[begin:end])
