"""The erasures in a log, and whether they account for every event that is gone."""

import msgspec

from events.folder_log.log import FolderLog
from events.log.erasure import SOURCE, ErasedEvent, Erasure, ErasureRequest, read_erasure
from events.log.event import Event
from tests.support.logs import file_of


def listing(*conversations: str, strays: tuple[ErasedEvent, ...] = ()) -> Erasure:
    """Return an erasure of conversations, and of events of none."""
    return Erasure(request=1, caller="0" * 64, requested_at_s=0, conversations=conversations, events=strays, counts={})


def erasures_of(log: FolderLog) -> list[Erasure]:
    """Return the erasures in a log, oldest first."""
    read = [read_erasure(event) for event in log.read() if isinstance(event, Event)]
    return [erasure for erasure in read if isinstance(erasure, Erasure)]


def requests_of(log: FolderLog) -> list[ErasureRequest]:
    """Return the requests in a log, oldest first."""
    read = [read_erasure(event) for event in log.read() if isinstance(event, Event)]
    return [request for request in read if isinstance(request, ErasureRequest)]


def request_by_time(log: FolderLog, caller: str, *, at_s: int) -> int:
    """Append a request as earlier releases did, which covers the calls that started by then; return its position."""
    hashes = log.caller_hashes(may_create=True)
    request = ErasureRequest(id="1", caller=hashes.of(caller), key_id=hashes.key_id, requested_at_s=at_s)
    return log.append(msgspec.json.encode(request), source=SOURCE).position


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
