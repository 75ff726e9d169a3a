"""The ids of an event's trace."""

from pathlib import Path

from msgspec import structs

from events.folder_log.log import FolderLog
from events.log.event import Event
from events.tracing.identity import identity_of


def test_writer_and_reader_of_an_event_derive_the_same_ids(log: FolderLog) -> None:
    """What an append returns, also for bytes that were there, and what a reader gets, lead to one trace."""
    appended = [log.append(body, source="webhook") for body in (b"one", b"two", b"one")]
    read = [event.receipt for event in FolderLog(log.folder).read() if isinstance(event, Event)]
    first, second, again = map(identity_of, appended)
    assert [first, second] == [identity_of(receipt) for receipt in read]
    assert again == first != second


def test_another_log_has_other_traces(log: FolderLog, tmp_path: Path) -> None:
    """The same bytes at the same position of another log are another trace, and so are other bytes there."""
    other = FolderLog(tmp_path / "other")
    for each, before in ((log, b"one"), (other, b"two")):
        each.append(before, source="webhook")
    here, there = (each.append(b"three", source="webhook") for each in (log, other))
    assert here.position == there.position
    assert identity_of(here) != identity_of(there)
    assert identity_of(here) != identity_of(structs.replace(here, sha256="0" * 64))


def test_ids_have_the_lengths_of_the_standard(log: FolderLog) -> None:
    """128 bits and 64 bits, and the bits are used: a sampler keeps a share of them."""
    ids = [identity_of(log.append(b"%d" % number, source="webhook")) for number in range(50)]
    assert all(0 < each.trace_id < 2**128 and 0 < each.span_id < 2**64 for each in ids)
    assert 0 < sum(each.trace_id % 2**64 < 2**63 for each in ids) < 50
    assert max(each.trace_id for each in ids) > 2**120
