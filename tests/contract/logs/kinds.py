"""The kinds of logs that are held to the contract, and where a test of each finds an empty one."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from msgspec import Struct

from events.open_log import is_database, with_body_store
from events.postgres_server.location import read_location
from tests.support.empty_logs import log_database
from tests.support.object_store import SHARED_STORE
from tests.support.postgres import SHARED, why_not


class Kind(Struct, frozen=True, kw_only=True):
    """
    One kind of log.

    Args:
        place: gives a test the location of a log that is not there yet, for as long as the block lasts; in a folder,
            if it needs one.
        empty: as `place`, of a log that may be there, and is empty.
        why_not: why it cannot be run here; empty if it can.
        has_recordings: whether it keeps recordings for people to listen to.
    """

    name: str
    place: Callable[[Path], AbstractContextManager[str]]
    empty: Callable[[Path], AbstractContextManager[str]]
    why_not: str = ""
    has_recordings: bool = True


@contextmanager
def _in_folder(folder: Path) -> Iterator[str]:
    yield str(folder / "payloads")


@contextmanager
def _in_database(_: Path) -> Iterator[str]:
    with SHARED.cluster().database() as url:
        yield url


@contextmanager
def _empty_in_database(_: Path) -> Iterator[str]:
    with log_database() as url:
        yield url


@contextmanager
def _empty_with_bucket(_: Path) -> Iterator[str]:
    with log_database() as url:
        yield with_body_store(url, SHARED_STORE.store().url())


@contextmanager
def _with_bucket(_: Path) -> Iterator[str]:
    with SHARED.cluster().database() as url:
        yield with_body_store(url, SHARED_STORE.store().url())


# Add a new kind of log here, and nowhere else in this suite.
KINDS = (
    Kind(name="folder", place=_in_folder, empty=_in_folder),
    Kind(name="postgres", place=_in_database, empty=_empty_in_database, why_not=why_not(), has_recordings=False),
    Kind(
        name="postgres and a bucket",
        place=_with_bucket,
        empty=_empty_with_bucket,
        why_not=why_not(),
        has_recordings=False,
    ),
)


def put_step(location: str, in_folder: str) -> str:
    """Return the step at which some of a long body is where its log is kept; `in_folder` is that of a folder's log."""
    if not is_database(location):
        return in_folder
    return "object_put" if read_location(location).body_store else "parts_put"
