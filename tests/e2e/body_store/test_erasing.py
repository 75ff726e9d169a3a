"""An erasure takes objects with it, is not finished while the bucket shows one, and leaves none of a dead append."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from events.errors import DamagedEventError
from events.log.receipt import Receipt
from events.open_log import with_body_store
from events.postgres_log.log import PostgresLog
from tests.support.crashing import Crashing
from tests.support.erasures import listing
from tests.support.logs import CALL, OTHER, append, assert_in_order, bodies, events
from tests.support.object_store import ObjectStore
from tests.support.samples import audio, transcription
from tests.support.steps import dying_at, held_at
from tests.support.waiting import wait_until

LONG = transcription("conv_1", "heliotropek7" + "x" * 3_000_000)
AUDIO = audio("conv_1", b"y" * 2_000_000)
STAYS = transcription("conv_2", "z" * 3_000_000)
STEPS = (
    "erased_names_removed",
    "erased_keys_removed",
    "erased_bodies_removed",
    "committing",
    "committed",
    "remnants_forgotten",
    "object_removed",
)


def noted(url: str) -> list[tuple[str, bool]]:
    with psycopg.connect(url) as connection:
        sql = "SELECT name, gone_at IS NOT NULL FROM elaoms.removed_objects ORDER BY name"
        return connection.execute(sql).fetchall()


def age(url: str) -> None:
    """Let two days pass for all rows."""
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE elaoms.bodies SET since = since - interval '2 days'")
        connection.execute("UPDATE elaoms.keys SET since = since - interval '2 days'")
        connection.execute("UPDATE elaoms.removed_objects SET gone_at = gone_at - interval '2 days'")


@pytest.fixture(scope="module")
def crashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashing]:
    """A process of its own that erases, and dies at a step."""
    crashing = Crashing(tmp_path_factory.mktemp("crashing"))
    yield crashing
    crashing.close()


def test_erasure_takes_the_objects_with_it(log: PostgresLog, store: ObjectStore) -> None:
    """Once an erasure is finished, the bucket holds all but what it lists; bytes that come again stay."""
    append(log, LONG, AUDIO, STAYS, CALL)
    erased = set(store.objects())
    log.remove(listing("conv_1"))
    wait_until(lambda: log.wipe() == "", describe=log.wipe)
    left = store.objects()
    assert len(left) == 1
    erased -= set(left)
    assert [event.receipt.position for event in events(log) if not is_gone(log, event.receipt.position)] == [3]
    append(log, LONG)
    assert len(erased) == 2
    assert not erased & set(store.objects())  # never under a name that was removed
    assert events(log)[-1].body() == LONG
    assert log.wipe() == ""
    assert events(log)[-1].body() == LONG
    assert events(log)[2].body() == STAYS


def is_gone(log: PostgresLog, position: int) -> bool:
    try:
        events(log)[position - 1].body()
    except DamagedEventError:
        return True
    return False


def test_erasure_is_not_finished_without_the_bucket(
    url: str, location: str, log: PostgresLog, store: ObjectStore
) -> None:
    """While the bucket is away, is not named, or is another one, the erasure says so; the body is gone all the same."""
    append(log, LONG, STAYS)
    store.kill()
    log.remove(listing("conv_1"))
    with pytest.raises(DamagedEventError):
        events(log)[0].body()
    wait_until(lambda: "elaoms.keys" not in log.wipe())
    assert "objects of removed bodies may still be there: the body store s3://bodies" in log.wipe()
    assert PostgresLog(url).wipe() == "1 objects lie in an object store that is not named: set BODY_STORE_URL"
    store.start()
    assert "is not where the bodies" in PostgresLog(with_body_store(url, store.url("elsewhere"))).wipe()
    assert len(store.objects()) == 2
    wait_until(lambda: PostgresLog(location).wipe() == "")
    assert len(store.objects()) == 1
    assert bodies_there(log) == [STAYS]


def bodies_there(log: PostgresLog) -> list[bytes]:
    found = []
    for event in events(log):
        with suppress(DamagedEventError):
            found.append(event.body())
    return found


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize("step", STEPS)
def test_killed_eraser_is_followed_by_another(
    url: str, location: str, store: ObjectStore, crashing: Crashing, tmp_path: Path, step: str
) -> None:
    """Whatever step the erasing process is killed at, another one finishes, and the bucket holds what stays."""
    append(PostgresLog(location), LONG, AUDIO, STAYS)
    crashing.run(tmp_path, ["erase", "conv_1"], at=step, payloads=location)
    log = PostgresLog(location)
    log.remove(listing("conv_1"))
    wait_until(lambda: log.wipe() == "", describe=log.wipe)
    assert len(store.objects()) == 1
    assert [is_gone for _, is_gone in noted(url)] == [True, True]
    assert bodies_there(log) == [STAYS]
    assert_in_order(log, 3)


@pytest.mark.parametrize("step", ["object_named", "object_put", "bodies_put", "head_locked", "head_noted"])
def test_object_of_a_dead_append_is_swept(url: str, location: str, store: ObjectStore, step: str) -> None:
    """An object that no event bears goes a day after its append died, and not before; no event's object goes."""
    log = PostgresLog(location)
    append(log, STAYS)
    with dying_at(step):
        append(PostgresLog(location), LONG)
    log.recover()
    assert len(store.objects()) == (1 if step == "object_named" else 2)
    age(url)
    log.recover()
    assert len(store.objects()) == 1
    assert bodies(log) == [STAYS]
    append(log, LONG)
    age(url)
    log.recover()
    assert bodies(log) == [STAYS, LONG]
    assert noted(url) == []


def test_append_after_a_dead_one_is_not_swept(url: str, location: str, store: ObjectStore) -> None:
    """Bytes that come again use the object of the append that died, and no sweep takes it from them."""
    log = PostgresLog(location)
    with dying_at("object_put"):
        append(PostgresLog(location), LONG)
    age(url)
    append(log, LONG)
    log.recover()
    assert len(store.objects()) == 1
    assert bodies(log) == [LONG]


@pytest.mark.parametrize("step", ["object_named", "object_put", "bodies_put"])
def test_erasure_during_an_append_takes_no_byte_of_it(url: str, location: str, store: ObjectStore, step: str) -> None:
    """
    If the same bytes are erased while they are appended once more, they get another object, and another receipt. What
    the append has put under the former name after the erasure goes a day later.
    """
    log, other = PostgresLog(location), PostgresLog(location)
    append(log, LONG)
    answers: list[Receipt] = []
    thread = threading.Thread(target=lambda: answers.extend(append(log, LONG)))
    with held_at(step, thread) as held:
        thread.start()
        held.arrived.acquire()
        other.remove(listing("conv_1"))
        wait_until(lambda: other.wipe() == "")
        held.release()
        thread.join()
    assert [receipt.position for receipt in answers] == [2]
    assert events(log)[1].body() == LONG
    other.wipe()
    age(url)
    log.recover()
    assert events(log)[1].body() == LONG
    assert len(store.objects()) == 1
    assert_in_order(log, 2)


def test_object_that_comes_late_is_removed_once_more(url: str, location: str, store: ObjectStore) -> None:
    """An object that a writer puts under its old name after the erasure is removed again a day later."""
    log = PostgresLog(location)
    append(log, LONG, OTHER)
    (path,) = store.objects()
    content = path.read_bytes()
    log.remove(listing("conv_1"))
    wait_until(lambda: log.wipe() == "", describe=log.wipe)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    store.reread()
    log.recover()
    assert store.objects() == [path]
    age(url)
    log.recover()
    assert store.objects() == []
    assert noted(url) == []
