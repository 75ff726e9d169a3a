"""A log with its memories and their vectors, made in this process by a stand-in for the model."""

from collections.abc import Callable
from pathlib import Path

from projector.engines.meaning.rows import unpack
from projector.engines.meaning.texts import may_be_alike
from projector.read_model.open import open_live_reader, open_vectors
from projector.read_model.tables.engine_tables import VectorTable
from projector.vectors.filling import Filling
from tests.support.encoders import StandIn
from tests.support.samples import MARTA
from tests.support.sites import ProjectorSite


class VectorSite:
    """A log with its memories, and what makes vectors of them."""

    def __init__(self, folder: Path) -> None:
        self.site = ProjectorSite(folder)
        self.encoder = StandIn()
        self.check: Callable[[], None] = lambda: None
        self._reader = open_live_reader(self.folder)
        self.table: VectorTable = open_vectors(self.folder, self.encoder.fingerprint)
        self.filling = self._filling()

    @property
    def folder(self) -> Path:
        """`READ_MODEL_PATH`."""
        return self.site.generations.folder

    def close(self) -> None:
        """Close what is open."""
        self.table.close()
        self._reader.close()

    def fill(self) -> list[str]:
        """Compare all, make what is missing, and return the texts that were turned into vectors."""
        before = len(self.encoder.encoded)
        self.filling.compare()
        while self.filling.step():
            pass
        return self.encoder.encoded[before:]

    def restart(self) -> None:
        """Begin anew, as the next process does."""
        self.table.close()
        self.table = open_vectors(self.folder, self.encoder.fingerprint)
        self.filling = self._filling()

    def held(self) -> dict[str, list[str]]:
        """Return the ids of the memories that have vectors, by conversation, in order."""
        held: dict[str, list[str]] = {}
        for stamp in self.table.stamps():
            held.setdefault(stamp.conversation_id, [])
        for caller in {stamp.caller for stamp in self.table.stamps()}:
            for row in unpack(self.table.of(caller), self.encoder.dimensions):
                if ids := sorted(row.head.ids):
                    held[next(id_ for id_, of in self.remembered().items() if set(ids) <= set(of))] = ids
        return held

    def remembered(self) -> dict[str, list[str]]:
        """Return the ids of the memories that may have vectors, by conversation, in order."""
        found: dict[str, list[str]] = {}
        with self.site.read_model() as read_model:
            for caller, conversation_id in read_model.newest_first():
                memories = read_model.conversation(caller, conversation_id)
                found[conversation_id] = sorted(memory.id for memory in memories if may_be_alike(memory))
        return found

    def _filling(self) -> Filling:
        return Filling(self._reader.open, self.table, self.encoder, check=lambda: self.check())


def traces_of(vectors: VectorSite, conversation_id: str, caller: str = MARTA) -> list[bytes]:
    """Return what in the files would show that there were vectors of a conversation."""
    ((digests, made),) = vectors.table.of_conversation(caller, conversation_id)
    dimensions = vectors.encoder.dimensions
    texts = [made[at : at + dimensions] for at in range(0, len(made), dimensions)]
    return [*texts, digests[:32], conversation_id.encode()]


def found_in(folder: Path, trace: bytes) -> bool:
    """Tell whether any file below a folder holds some bytes."""
    return any(trace in path.read_bytes() for path in folder.rglob("*") if path.is_file())
