"""What the store does when an OpenMemory server fails, is of the wrong kind, or is absent."""

import tracemalloc
from typing import Any

import pytest

from projector.engines.openmemory.engine import OpenMemoryEngine
from projector.engines.openmemory.server.store import ServerStore
from projector.errors import EngineError
from projector.read_model.sqlite.tables.engines.openmemory_rows import OpenMemoryRows
from tests.support.elevenlabs import Account
from tests.support.openmemory.server import KEY, Answer, Fault, OpenMemoryServer
from tests.support.read_models import empty_database

pytestmark = pytest.mark.server

ANA = "+12025550143"
_AT_ONCE = (0.0, 0.0)


def store_of(server: OpenMemoryServer, key: str | None = KEY, *, timeout_s: float = 10) -> ServerStore:
    """Return a store that does not wait between its tries."""
    return ServerStore(server.url, key, timeout_s=timeout_s, waits_s=_AT_ONCE)


def add(store: ServerStore, text: str, user: str = ANA) -> str:
    """Add a memory and return its id."""
    return store.add(user, text, tags=[], metadata={"sector": "episodic"})


@pytest.mark.parametrize("fault", ["500", "429", "reset", "lost"])
def test_a_passing_fault_is_outlived(fault: Fault) -> None:
    """A request that failed twice is sent a third time, and takes effect once, even if only the answer was lost."""
    with OpenMemoryServer().serving() as server:
        store = store_of(server)
        for times in (1, 2):
            server.fail(fault, times=times)
            id_ = add(store, f"Ana has {times} brothers named Tom{times}.")
            server.fail(fault, times=times)
            assert store.row(id_) is not None
            server.fail(fault, times=times)
            assert id_ in {row.id for row in store.rows(ANA)}
            server.fail(fault, times=times)
            assert store.search(ANA, "brothers", limit=5, timeout_s=None)
        assert len(store.rows(ANA)) == 2
        server.fail(fault, times=2, path="/users/")
        store.remove_all(ANA)
        assert store.rows(ANA) == []


@pytest.mark.parametrize("fault", ["500", "429", "reset", "lost", "hang"])
@pytest.mark.slow
def test_a_lasting_fault_is_told(fault: Fault) -> None:
    """A request that fails three times is an error, whose message holds neither the key, the caller nor their words."""
    with OpenMemoryServer().serving() as server:
        store = store_of(server, timeout_s=0.2 if fault == "hang" else 10)
        asks = (
            lambda: add(store, "Ana likes hens."),
            lambda: store.row("id"),
            lambda: store.rows(ANA),
            store.users,
            lambda: store.remove("id"),
            lambda: store.search(ANA, "hens", limit=3, timeout_s=None),
        )
        for ask in asks:
            server.fail(fault, times=3)
            said = "answered" if fault in {"500", "429"} else "does not answer"
            with pytest.raises(EngineError, match=rf"OpenMemory at http://127\.0\.0\.1:\d+ {said}") as error:
                ask()
            assert not [word for word in (KEY, ANA, "hens") if word in str(error.value)]


@pytest.mark.parametrize("fault", ["500", "429", "reset", "lost"])
def test_a_search_in_a_hurry_asks_once(fault: Fault) -> None:
    """A search with a deadline is not retried: the error comes at once."""
    with OpenMemoryServer().serving() as server:
        store = store_of(server)
        add(store, "Ana likes hens.")
        server.fail(fault, times=2, path="/memory/query")
        with pytest.raises(EngineError, match="OpenMemory at"):
            store.search(ANA, "hens", limit=1, timeout_s=20)
        assert server.faults_left == 1


@pytest.mark.parametrize("timeout_s", [20, None])
def test_a_failed_search_is_not_an_empty_one(timeout_s: float | None) -> None:
    """
    A server answers an empty list if its search failed: the retry finds the rows or raises an error; it is never empty.
    """
    with OpenMemoryServer().serving() as server:
        store = store_of(server)
        id_ = add(store, "Ana likes hens.")
        server.fail("empty", path="/memory/query")
        assert [found for found, _ in store.search(ANA, "hens", limit=1, timeout_s=timeout_s)] == [id_]
        server.fail("empty", times=2, path="/memory/query")
        with pytest.raises(EngineError, match="found nothing of a user whose memories it holds"):
            store.search(ANA, "hens", limit=1, timeout_s=timeout_s)
        server.fail("empty", times=2, path="/memory/query")
        assert store.search("+12025550199", "hens", limit=1, timeout_s=timeout_s) == []


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_a_search_ends_with_its_deadline(fault: Fault) -> None:
    """A server that hangs, or never ends its answer, costs no more than the time that is left."""
    with OpenMemoryServer().serving() as server:
        store = store_of(server)
        add(store, "Ana likes hens.")
        server.fail(fault, path="/memory/query")
        with pytest.raises(EngineError, match="in time"):
            store.search(ANA, "hens", limit=1, timeout_s=0.2)
        with pytest.raises(EngineError, match="in time"):
            store.search(ANA, "hens", limit=1, timeout_s=0)


@pytest.mark.slow
def test_a_search_in_a_hurry_gives_what_it_has() -> None:
    """If only the wider search does not end, the search returns what the first one found."""
    with OpenMemoryServer().serving() as server:
        store = store_of(server)
        first = add(store, "Ana likes hens.")
        server.fail("hang", path="/memory/all")
        assert [id_ for id_, _ in store.search(ANA, "hens", limit=9, timeout_s=2)] == [first]
        server.fail("500", times=3, path="/memory/all")
        with pytest.raises(EngineError, match="500"):
            store.search(ANA, "hens", limit=9, timeout_s=None)


def test_a_server_that_comes_back_is_used_again() -> None:
    """A stopped server is an error; restarted on the same port, it is used again: no old connection is kept."""
    server = OpenMemoryServer()
    with server.serving():
        store = store_of(server)
        id_ = add(store, "Ana likes hens.")
    with pytest.raises(EngineError, match="does not answer"):
        store.row(id_)
    with server.serving():
        assert store.search(ANA, "hens", limit=3, timeout_s=10)[0][0] == id_


def test_a_server_with_tenants_is_refused() -> None:
    """A server with one user for each key would merge all callers: it is refused, and nothing is written."""
    with OpenMemoryServer(has_tenants=True).serving() as server:
        store = store_of(server)
        with pytest.raises(EngineError, match=r"one user for each API key.*v1\.3\.0.*MEMORY_ENGINE"):
            store.check()
        with pytest.raises(EngineError, match="one user for each API key"):
            add(store, "Ana likes hens.")
        assert not server.held.rows


@pytest.mark.parametrize("is_emptied", [True, False])
def test_health_tells_of_a_server_that_has_tenants_by_now(*, is_emptied: bool) -> None:
    """Health reports a server that was exchanged for one with tenants, or became one: no replay could fill it."""
    with OpenMemoryServer().serving() as server, empty_database(is_outside=True) as database:
        engine = OpenMemoryEngine(OpenMemoryRows(database), lambda: store_of(server), lambda: "log-1")
        engine.begin()
        engine.finish([])
        assert engine.health(timeout_s=10) == "ok"
        server.has_tenants = True
        if is_emptied:
            server.held.rows.clear()

        assert "one user for each API key" in engine.health(timeout_s=10)


def test_health_tells_what_is_wrong_before_anything_is_held() -> None:
    """Before anything is held, health says ok of a usable server, names tenants, and reports a hanging server soon."""
    with OpenMemoryServer().serving() as server, empty_database(is_outside=True) as database:
        engine = OpenMemoryEngine(OpenMemoryRows(database), lambda: store_of(server))
        assert engine.health(timeout_s=10) == "ok"
        server.fail("hang", path="/users/")
        assert "in time" in engine.health(timeout_s=0.3)
        server.has_tenants = True
        assert "one user for each API key" in engine.health(timeout_s=10)


def test_a_server_that_knows_no_users_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server without users would merge all callers; an answer with another user's rows is rejected."""
    with OpenMemoryServer().serving() as server:
        store = store_of(server)
        add(store, "Ana likes hens.")
        monkeypatch.setattr(server.held, "newest", lambda _=None: list(server.held.rows.values()))
        with pytest.raises(EngineError, match="memories of another user"):
            store.rows("+12025550144")
        monkeypatch.setattr(server, "_user", lambda *_: Answer(404, "404: Not Found"))
        with pytest.raises(EngineError, match=r"does not tell users apart.*v1\.3\.0"):
            store.check()


def test_a_wrong_or_missing_key_is_told() -> None:
    """The error says whether the key is wrong or missing, and what to set; it does not repeat the key."""
    with OpenMemoryServer().serving() as server:
        for missing in (None, ""):
            with pytest.raises(EngineError, match="asks for a key; set OPENMEMORY_KEY"):
                store_of(server, missing).check()
        with pytest.raises(EngineError, match="refuses the key; set OPENMEMORY_KEY") as error:
            store_of(server, "the-wrong-one").check()
        assert "the-wrong-one" not in str(error.value)


@pytest.mark.parametrize("key", ["new\nline", "schlüssel", " blank "])
def test_a_key_that_no_header_carries_is_told(key: str) -> None:
    """A key that HTTP cannot carry is refused before any request is sent, and not repeated."""
    with pytest.raises(EngineError, match="OPENMEMORY_KEY") as error:
        ServerStore("http://127.0.0.1:1", key)
    assert key not in str(error.value)


@pytest.mark.slow
def test_answer_that_unfolds_without_end_is_given_up() -> None:
    """A small answer that holds a hundred megabytes is given up before it is read whole, with an error."""
    with OpenMemoryServer().serving() as server:
        store = store_of(server, timeout_s=100)
        server.fail("bomb", times=3)
        tracemalloc.start()
        try:
            with pytest.raises(EngineError, match="larger than 64 MiB"):
                store.rows(ANA)
            assert tracemalloc.get_traced_memory()[1] < 250_000_000
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("begins_anew", [True, False])
def test_rows_that_do_not_end_are_given_up(monkeypatch: pytest.MonkeyPatch, begins_anew: bool) -> None:
    """A server that lists the same rows for ever, in whatever order, does not hold us for ever."""
    monkeypatch.setattr("projector.engines.openmemory.server.store._PAGE_SIZE", 3)
    with OpenMemoryServer().serving() as server:
        asked = 0

        def answer(*_: Any) -> Answer:
            nonlocal asked
            asked += 1
            first = asked % 5 * 3 if begins_anew else 0
            rows = [{"id": f"row_{first + n}", "content": "x", "user_id": ANA} for n in range(3)]
            return Answer(200, {"items": rows})

        server.answer = answer  # type: ignore[assignment, method-assign]
        with pytest.raises(EngineError, match="do not end"):
            store_of(server).rows(ANA)


def test_removal_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that has removed rows again and again, and never all, does not hold us for ever."""
    monkeypatch.setattr("projector.engines.openmemory.server.store._REMOVALS_MAX", 5)
    with OpenMemoryServer().serving() as server:
        server.answer = lambda *_: Answer(200, {"deleted": 1})  # type: ignore[method-assign]
        with pytest.raises(EngineError, match="again and again"):
            store_of(server).remove_all(ANA)


def test_another_server_is_refused() -> None:
    """If the server is not OpenMemory at all, the error names the setting."""
    with Account().serving() as account, pytest.raises(EngineError, match=r"not an OpenMemory server.*OPENMEMORY_PORT"):
        ServerStore(account.url, KEY, waits_s=_AT_ONCE).check()


def test_a_server_that_is_not_there_is_told() -> None:
    """If no server answers, the error says what to check."""
    with OpenMemoryServer().serving() as server:
        url = server.url
    with pytest.raises(EngineError, match=r"does not answer.*OPENMEMORY_PORT"):
        ServerStore(url, KEY, waits_s=_AT_ONCE).check()


def test_a_404_of_another_path_is_no_answer_about_a_row() -> None:
    """Only the server itself can say that a row is gone: a 404 of a wrong path does not remove memories."""
    with OpenMemoryServer().serving() as server:
        store = ServerStore(f"{server.url}/elsewhere", KEY, waits_s=_AT_ONCE)
        for ask in (store.row, store.remove):
            with pytest.raises(EngineError, match="404"):
                ask("id")


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("User profile initializing...", ""),
        ("User profile initializing... (No memories recorded yet)", ""),
        (
            "Active in Unknown Project using General. Focused on various files. (5 memories, 0 saves). Last active: X",
            "",
        ),
        ("Active in elaoms using Python. Focused on fold.py. (9 memories, 2 saves). Last active: Recently.", ""),
        ("", ""),
        ("Active in her choir, Ana sings alto on Sundays.", "Active in her choir, Ana sings alto on Sundays."),
    ],
)
def test_a_summary_is_one_only_where_it_says_something(text: str, summary: str) -> None:
    """A server's stock text for everyone, or its hint for editors, is not a summary of a caller."""
    with OpenMemoryServer().serving() as server:
        server.held.users[ANA] = text
        assert store_of(server).summary(ANA) == summary


@pytest.mark.parametrize("gone", [1, 400, 900])
def test_lists_every_row_while_others_are_removed(gone: int) -> None:
    """Rows that are removed between two pages hide no other row, of one user or of all."""
    with OpenMemoryServer().serving() as server:
        store = store_of(server)
        for number in range(1600):
            server.held.add(f"user:{number}", f"{number:x} words of{number}", [], {})
        ids = list(server.held.rows)
        for row in server.held.rows.values():
            row["user_id"] = row["user_id"] if row["id"] in ids[:100] else ANA
        older, newer = set(ids[: len(ids) // 2]), ids[-gone:]

        def remove_after_a_page(*asked: Any) -> Answer:
            answer = OpenMemoryServer.answer(server, *asked)
            if len(server.requests) == 2:
                for id_ in newer:
                    server.held.rows.pop(id_, None)
            return answer

        server.answer = remove_after_a_page  # type: ignore[assignment, method-assign]
        listed = {row.id for row in store.rows(ANA)}
        assert {id_ for id_ in older - set(newer) if server.held.rows[id_]["user_id"] == ANA} <= listed
        assert not set(newer) & set(server.held.rows)
        assert len(store.users()) == 101
