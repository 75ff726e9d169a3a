"""The engines that are held to the contract, where each of them is to be had, and how a test comes to an empty one."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from msgspec import Struct

from projector.engines.openmemory.sdk.install import INSTALL, missing_modules
from projector.engines.protocol import Engine
from projector.engines.registry import open_engine, open_store
from projector.engines.settings import OPENMEMORY, OPENMEMORY_SERVER, EngineSettings
from projector.read_model.sqlite.connection import SCHEMA
from tests.support.openmemory import real
from tests.support.openmemory.fresh_sdk import fresh_sdk
from tests.support.openmemory.server import OpenMemoryServer

# Everything on the slow engines as well, which takes them an hour rather than minutes.
IS_FULL = bool(os.environ.get("CONTRACT_FULL"))
# Whose memories are put.
LOG = "0123456789abcdef"


class Kind(Struct, frozen=True, kw_only=True):
    """
    One engine to be held to the contract.

    Args:
        why_not: why it cannot be run here, in words; nothing where it can.
        place: gives it a place for one test, in the folder where it needs one.
        is_slow: whether each change and each search takes tens of milliseconds.
        others_every: for one in how many memories to ask also as another caller: among some thousand rows a server
            looks for a second until it can say that there is nothing.
        may_be_short: whether among some thousand rows it may answer with less than there is, and say so.
    """

    name: str
    why_not: str = ""
    place: Callable[[Path], AbstractContextManager[EngineSettings]]
    is_slow: bool = True
    others_every: int = 1
    may_be_short: bool = False

    def few(self, count: int, of: int) -> int:
        """Return how many of something to try: `of` where that costs nothing, or everything is wanted."""
        return count if self.is_slow and not IS_FULL else of


@contextmanager
def _embedded(folder: Path) -> Iterator[EngineSettings]:
    yield EngineSettings()


@contextmanager
def _openmemory(folder: Path) -> Iterator[EngineSettings]:
    # The SDK has one file per process: it is made to let go of it after each test.
    with pytest.MonkeyPatch.context() as patched, fresh_sdk(patched):
        yield EngineSettings(name=OPENMEMORY, location=str(folder / "openmemory.db"))


def _without_sdk() -> str:
    missing = missing_modules()
    return f"{' and '.join(missing)} cannot be imported: {INSTALL}" if missing else ""


@contextmanager
def _server_of_tests(folder: Path) -> Iterator[EngineSettings]:
    with OpenMemoryServer().serving() as server:
        yield EngineSettings(name=OPENMEMORY_SERVER, location=server.url, key=server.key)


@contextmanager
def _real_server(folder: Path) -> Iterator[EngineSettings]:
    with real.real_server() as place:
        yield place


KINDS = (
    Kind(name="embedded", place=_embedded, is_slow=False),
    Kind(name="openmemory", why_not=_without_sdk(), place=_openmemory),
    Kind(name="openmemory-server, the tests' own", place=_server_of_tests),
    Kind(
        name="openmemory-server, a real one",
        why_not=real.why_not(),
        place=_real_server,
        others_every=10,
        may_be_short=True,
    ),
)


@contextmanager
def generation(path: Path | None = None) -> Iterator[sqlite3.Connection]:
    """Make the database of a new generation."""
    with closing(sqlite3.connect(path or ":memory:", isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        yield connection


@contextmanager
def opened(place: EngineSettings) -> Iterator[Engine]:
    """Open an engine over a new generation; what an engine keeps outside of it is as it was left."""
    with generation() as connection:
        yield open_engine(place, connection, is_new=True, is_writing=True, log_name=LOG)


@contextmanager
def emptied(place: EngineSettings) -> Iterator[Engine]:
    """Open an engine over a new generation, with nothing of anybody, wherever it is kept."""
    empty(place)
    with opened(place) as engine:
        yield engine


def empty(place: EngineSettings) -> None:
    """Remove everything of everybody that an engine keeps outside of generations."""
    if place.is_outside:
        store = open_store(place, may_create=True)
        for user_id in store.users():
            store.remove_all(user_id)


def told_of() -> Iterator[str]:
    """Yield a line for each engine: that it is held to the contract here, or why not."""
    for kind in KINDS:
        yield f"{kind.name}: {f'SKIPPED, {kind.why_not}' if kind.why_not else 'run'}"
