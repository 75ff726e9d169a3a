"""What tests of erasure share: forgetting, looking into every file, and checking the account."""

from collections.abc import Iterable
from pathlib import Path

from events.folder_log.log import FolderLog
from events.log.erasure import Erasure, ErasureRequest, read_erasure
from events.log.erasure_request import request_erasure
from events.log.event import Event
from projector.follow.follower import Follower
from projector.follow.replay import Replay
from projector.projection.settings import ProjectionSettings
from projector.read_model.records import Fault
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.logs import file_of
from tests.support.read_models import live_read_model


def catch_up(log: FolderLog, generations: SqliteGenerations, *, now_s: float = 0.0) -> None:
    """Catch up once, as `projector --once` does."""
    follower = Follower(log, generations, ProjectionSettings(), clock_s=lambda: now_s)
    try:
        follower.catch_up()
    finally:
        follower.close()


def replayed(log: FolderLog, generations: SqliteGenerations) -> None:
    """Replay, as `projector --replay` does."""
    Replay(log, generations, ProjectionSettings(), clock_s=lambda: 0.0).run()


def forget(log: FolderLog, generations: SqliteGenerations, caller: str, *, at_s: float) -> Erasure:
    """Ask that a caller be forgotten, carry it out, and return the account."""
    position = request_erasure(log, caller, clock_s=lambda: at_s).position
    catch_up(log, generations)
    account = account_of(generations, position)
    assert account is not None
    return account


def account_of(generations: SqliteGenerations, position: int) -> Erasure | None:
    """Return the account of the request at a position, once it is finished."""
    with live_read_model(generations) as read_model:
        state = read_model.erasure(position)
    return state.account if state is not None and state.is_finished else None


def dump_of(generations: SqliteGenerations) -> str:
    """Return what is remembered."""
    with live_read_model(generations) as read_model:
        return "\n".join(read_model.dump()) + "\n"


def faults_of(generations: SqliteGenerations) -> list[Fault]:
    """Return what was set aside."""
    with live_read_model(generations) as read_model:
        return read_model.faults()


def files_holding(folders: Iterable[Path], words: Iterable[str]) -> list[tuple[str, str]]:
    """Return each file, databases and their logs included, that holds one of the words, whatever its case."""
    needles = [word.lower().encode() for word in words]
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            body = path.read_bytes().lower() if path.is_file() else b""
            found += [(path.name, needle.decode()) for needle in needles if needle in body or needle in _name(path)]
    return found


def erasures_of(log: FolderLog) -> list[Erasure]:
    """Return the erasures in a log, oldest first."""
    read = [read_erasure(event) for event in log.read() if isinstance(event, Event)]
    return [erasure for erasure in read if isinstance(erasure, Erasure)]


def requests_of(log: FolderLog) -> list[ErasureRequest]:
    """Return the requests in a log, oldest first."""
    read = [read_erasure(event) for event in log.read() if isinstance(event, Event)]
    return [request for request in read if isinstance(request, ErasureRequest)]


def assert_accounted_for(log: FolderLog) -> None:
    """Assert that each event is whole, or listed by exactly one erasure and then gone; the chain holds."""
    listed = [event for erasure in erasures_of(log) for event in erasure.events]
    positions = [event.position for event in listed]
    assert len(positions) == len(set(positions))
    conversations = [conversation_id for erasure in erasures_of(log) for conversation_id in erasure.conversations]
    assert len(conversations) == len(set(conversations))
    paths = {event.path for event in listed}
    for event in log.read():
        assert isinstance(event, Event)
        assert event.is_chained
        if event.place.position in positions:
            assert not file_of(log, event).exists()
        else:
            assert event.receipt.path not in paths
            assert event.body() is not None
    for erasure in erasures_of(log):
        for conversation_id in erasure.conversations:
            assert not (log.folder / conversation_id).exists()


def _name(path: Path) -> bytes:
    return path.name.lower().encode()
