"""A bucket that cannot be used holds long bodies, for as long as an append may wait, and nobody else."""

import threading
import time
import traceback

import pytest

from events.errors import DamagedEventError, EventsError, LogClosedError
from events.log.draft import DraftedBody
from events.log.receipt import Receipt
from events.open_log import open_log, with_body_store
from events.postgres_log.log import PostgresLog
from tests.support.logs import CALL, OTHER, append, bodies, events
from tests.support.object_store import SECRET_KEY, ObjectStore
from tests.support.samples import transcription

LONG = transcription("conv_1", "x" * 3_000_000)
NEXT = transcription("conv_1", "y" * 3_000_000)


def test_short_bodies_go_on_without_the_bucket(log: PostgresLog, impatient: PostgresLog, store: ObjectStore) -> None:
    """With the bucket's server gone, a long body waits, and is refused as one that may come again; short ones go on."""
    append(log, LONG)
    store.kill()
    began_s = time.monotonic()
    outcomes: list[object] = []

    def long() -> None:
        try:
            append(impatient, NEXT)
        except LogClosedError as error:
            outcomes.append(error)

    thread = threading.Thread(target=long)
    thread.start()
    append(log, CALL, OTHER)
    assert thread.is_alive()
    thread.join()
    (error,) = outcomes
    assert time.monotonic() - began_s > 3
    assert "the body store s3://bodies/elaoms/log" in str(error)
    assert SECRET_KEY not in str(error)
    assert [event.receipt.size for event in events(log)] == [len(LONG), len(CALL), len(OTHER)]
    with pytest.raises(OSError, match="the body store") as raised:
        events(log)[0].body()
    assert not isinstance(raised.value, EventsError)
    store.start()
    append(log, NEXT)
    assert bodies(log) == [LONG, CALL, OTHER, NEXT]


def test_group_loses_none_but_the_long_one(impatient: PostgresLog, store: ObjectStore) -> None:
    """In one group, only the long body is refused; the others are events, in their order."""
    log = impatient
    store.kill()
    group = []
    for body in (CALL, LONG, OTHER):
        draft = log.draft()
        draft.write(body)
        group.append(DraftedBody(draft, "webhook"))
    one, two, three = log.publish_all(group)
    for whole in group:
        whole.draft.discard()
    assert isinstance(one, Receipt)
    assert isinstance(two, LogClosedError)
    assert isinstance(three, Receipt)
    assert bodies(log) == [CALL, OTHER]


def test_bucket_that_comes_back_is_waited_for(location: str, store: ObjectStore) -> None:
    """An append rides out a bucket that is away for a while; a start without it makes a log that takes short bodies."""
    store.kill()
    log = PostgresLog(location, wait_s=60)
    assert log.recover() == 0
    append(log, CALL)
    receipts: list[Receipt] = []
    thread = threading.Thread(target=lambda: receipts.extend(append(log, LONG)))
    thread.start()
    append(log, OTHER)
    store.start()
    thread.join()
    assert [receipt.position for receipt in receipts] == [3]
    assert bodies(log) == [CALL, OTHER, LONG]


@pytest.mark.slow
def test_frozen_bucket_is_given_up(log: PostgresLog, impatient: PostgresLog, store: ObjectStore) -> None:
    """A server that takes connections and says nothing is no reason to wait for ever."""
    append(log, LONG)
    with store.frozen():
        with pytest.raises(LogClosedError, match="the body store"):
            append(impatient, NEXT)
        append(log, CALL)
        with pytest.raises(OSError, match="the body store"):
            events(log)[0].body()
    append(log, NEXT)
    assert bodies(log) == [LONG, CALL, NEXT]


def test_another_bucket_is_not_taken_for_an_empty_one(log: PostgresLog, url: str, store: ObjectStore) -> None:
    """Under another prefix no body counts as missing, nothing long is put, and no erasure is finished."""
    append(log, LONG)
    wrong = PostgresLog(with_body_store(url, store.url("elsewhere")), wait_s=1)
    with pytest.raises(OSError, match="is not where the bodies of this log lie") as raised:
        events(wrong)[0].body()
    assert not isinstance(raised.value, DamagedEventError)
    with pytest.raises(LogClosedError, match="is not where the bodies of this log lie"):
        append(wrong, NEXT)
    assert len(store.objects()) == 1


def test_wrong_secret_is_said_without_it(url: str, store: ObjectStore) -> None:
    """A bucket that refuses us is away, and no error holds a secret, the right one or the wrong one."""
    log = PostgresLog(with_body_store(url, store.url(secret="another-secret")), wait_s=1)
    with pytest.raises(LogClosedError, match="the body store s3://bodies/elaoms/log") as raised:
        append(log, LONG)
    assert "another-secret" not in str(raised.value)
    assert "elaoms_bodies" not in f"{log} {raised.value}"


@pytest.mark.parametrize(
    "unusable",
    [
        "s3://",
        "s3:///prefix",
        "s3://bucket/prefix?endpoint=ftp://host",
        "s3://bucket/prefix?endpoint=https://user:hunter2@host",
        "s3://key:hunter2@bucket/prefix",
        "s3://bucket?secret=hunter2",
        "s3://bucket:99/prefix",
        "s3://bucket/prefix?hunter2",
        "file://host/folder",
        "file:///",
        "https://host/bucket?hunter2=hunter2",
        "s3://bucket/prefix?secret_access_key=a&hunter2=b",
        "s3://bucket/prefix?region=a&virtual_hosted_style_request=hunter2",
        "s3://bucket/prefix#?secret_access_key=hunter2",
        "s3://bucket/prefix?endpoint=http://[hunter2",
        "s3://bucket/prefix?endpoint=https://",
        "s3://bucket/prefix?endpoint=https://host/?hunter2",
        "s3://bucket/../hunter2?region=a",
        "s3://bucket/a//hunter2?region=a",
        "s3://bucket:hunter2/prefix",
        "file:///folder#hunter2",
        "file:///folder%00hunter2",
        "hunter2",
    ],
)
def test_unusable_location_is_refused_unsaid(url: str, unusable: str) -> None:
    """What is no location of a store is refused as the log is opened, with what one looks like, and is not repeated."""
    with pytest.raises(OSError, match="BODY_STORE_URL") as raised:
        open_log(with_body_store(url, unusable))
    assert "hunter2" not in "".join(traceback.format_exception(raised.value))


def test_bucket_that_is_not_there_is_away(url: str, store: ObjectStore) -> None:
    """A bucket that is missing holds a long body as any that is away does, and says which one it is."""
    log = PostgresLog(with_body_store(url, store.url().replace("//bodies/", "//Bodies+none/")), wait_s=1)
    with pytest.raises(LogClosedError, match=r"the body store s3://Bodies\+none/elaoms/log"):
        append(log, LONG)
    append(log, CALL)
    assert bodies(log) == [CALL]


def test_plus_in_a_secret_is_a_plus(log: PostgresLog, url: str, store: ObjectStore) -> None:
    """A secret of AWS may stand in the URL as it is: its plus is no space."""
    append(log, LONG)
    plain = store.url().replace("%2B", "+")
    assert "+" in plain
    assert bodies(PostgresLog(with_body_store(url, plain))) == [LONG]
