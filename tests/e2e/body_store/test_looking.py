"""A look at the bucket sees what an append would meet, puts nothing there, and gives up soon."""

import hashlib
import threading
import time
from urllib.parse import urlsplit

import psycopg
import pytest

from events.errors import LogClosedError
from events.open_log import with_body_store
from events.postgres_log.bodies.keys import owner_of
from events.postgres_log.log import PostgresLog
from tests.support.logs import append
from tests.support.object_store import SECRET_KEY, ObjectStore
from tests.support.postgres import Cluster
from tests.support.samples import transcription
from tests.support.swallowing_proxy import swallowing_proxy
from tests.support.waiting import PATIENCE_S, wait_until

LONG = transcription("conv_1", "x" * 3_000_000)
OTHER_LONG = transcription("conv_2", "x" * 3_000_000)


def fault_of(log: PostgresLog) -> str:
    assert log.body_store is not None
    return log.body_store.fault()


def wait_for_fault(log: PostgresLog, words: str) -> str:
    """Look until this is said, and return the whole: on a starved machine any look may say that nobody answered."""
    found: list[str] = []

    def is_said() -> bool:
        found.append(fault_of(log))
        return words in found[-1]

    wait_until(is_said, describe=lambda: found[-1])
    return found[-1]


def wait_until_sound(log: PostgresLog) -> None:
    wait_until(lambda: not fault_of(log), describe=lambda: fault_of(log))


def test_look_puts_nothing_there(log: PostgresLog, store: ObjectStore) -> None:
    """An empty bucket is fine and stays empty; so is one that holds a body."""
    wait_until_sound(log)
    assert not any(path.is_file() for path in (store.folder / "bodies").rglob("*"))
    append(log, LONG)
    wait_until_sound(log)
    assert str(log.body_store) == "s3://bodies/elaoms/log"


def test_wrong_secret_is_told_without_it(url: str, store: ObjectStore) -> None:
    """A key that is refused is a fault, before anything long comes in."""
    fault = wait_for_fault(PostgresLog(with_body_store(url, store.url(secret="another-secret"))), "403")
    assert "with a key that may get, put, delete and list" in fault
    assert "another-secret" not in fault


def test_bucket_that_takes_nothing_is_a_fault_for_a_minute(log: PostgresLog, url: str, store: ObjectStore) -> None:
    """A bucket that answers, and does not take a body, is told as one; it is fine again once it took one."""
    append(log, LONG)
    impatient = PostgresLog(with_body_store(url, store.url()), wait_s=1)
    # Where the folder of this caller's objects would be made lies a file.
    owner = hashlib.sha256(owner_of("conv_2", "").encode()).hexdigest()
    (sign,) = (path for path in (store.folder / "bodies").rglob("log") if path.is_file())
    in_the_way = sign.with_name(owner)
    in_the_way.write_text("")
    with pytest.raises(LogClosedError):
        append(impatient, OTHER_LONG)
    fault = wait_for_fault(impatient, "did not take a body within this minute")
    assert SECRET_KEY not in fault
    wait_until_sound(log)
    in_the_way.unlink()
    store.reread()
    append(impatient, OTHER_LONG)
    wait_until_sound(impatient)


def test_folder_that_is_gone_is_another_store(url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A folder that was unmounted is not where the bodies lie; a look does not make it."""
    folder = tmp_path_factory.mktemp("bodies") / "there"
    log = PostgresLog(with_body_store(url, f"file://{folder}"))
    wait_until_sound(log)
    assert not folder.exists()
    append(log, LONG)
    wait_until_sound(log)
    away = folder.rename(folder.with_name("away"))
    wait_for_fault(log, "is not where the bodies of this log lie")
    assert not folder.exists()
    away.rename(folder)
    wait_until_sound(log)


def test_swallowed_answer_is_given_up_soon(log: PostgresLog, url: str, store: ObjectStore) -> None:
    """Where a network swallows what the bucket answers, a look ends after seconds, and sees the bucket again later."""
    append(log, LONG)
    port = urlsplit(store.endpoint).port
    assert port is not None
    with swallowing_proxy(port) as proxy:
        behind = PostgresLog(with_body_store(url, store.url().replace(f"%3A{port}", f"%3A{proxy.port}")))
        wait_until_sound(behind)
        proxy.is_swallowing.set()
        faults: list[str] = []
        thread = threading.Thread(target=lambda: faults.append(fault_of(behind)))
        began_s = time.monotonic()
        thread.start()
        thread.join(PATIENCE_S)
        assert proxy.swallowed.is_set()
        assert time.monotonic() - began_s >= 3
        assert "has not answered for " in faults[0]
        proxy.cut()
        wait_until_sound(behind)


def test_missing_sign_asks_the_database(log: PostgresLog, url: str, store: ObjectStore) -> None:
    """Without the sign a bucket is another one as long as an event has its body there, and no longer."""
    append(log, LONG)
    wrong = PostgresLog(with_body_store(url, store.url("elsewhere")))
    wait_for_fault(wrong, "is not where the bodies of this log lie")
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM elaoms.bodies")
    wait_until_sound(wrong)


def test_missing_sign_is_not_explained_without_the_database(own: Cluster, store: ObjectStore) -> None:
    """A missing sign is no fault of the URL, and not fine, while the database cannot say whether bodies lie there."""
    log = PostgresLog(with_body_store(own.url(), store.url()))
    wait_until_sound(log)
    own.kill()
    fault = wait_for_fault(log, "nobody can say whether s3://bodies/elaoms/log is where the bodies of this log lie")
    assert "the database of the log" in fault
