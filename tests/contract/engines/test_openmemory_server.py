"""What we rely on in an OpenMemory server, checked on the double and, if one is named, on a real v1.3.0."""

import random
from collections.abc import Callable, Iterator

import pytest

from projector.engines.openmemory.server.store import ServerStore
from tests.support.openmemory.real import real_server, why_not
from tests.support.openmemory.server import OpenMemoryServer

Users = Callable[[str], str]
_METADATA = {"sector": "episodic", "memory": "m1"}


@pytest.fixture(params=["double", "real"])
def store(request: pytest.FixtureRequest) -> Iterator[ServerStore]:
    """A server: the empty double, or the real one, which may hold anything."""
    if request.param == "double":
        with OpenMemoryServer().serving() as server:
            yield ServerStore(server.url, server.key)
    elif reason := why_not():
        pytest.skip(reason)
    else:
        with real_server() as place:
            yield ServerStore(place.location, place.key or None)


@pytest.fixture
def users(store: ServerStore, request: pytest.FixtureRequest) -> Iterator[Users]:
    """Users of this test alone, by name; they have no rows before the test, nor after it."""
    named: set[str] = set()

    def user(name: str) -> str:
        id_ = f"test {request.node.name} {name}"
        if id_ not in named:
            store.remove_all(id_)
        named.add(id_)
        return id_

    yield user
    for id_ in named:
        store.remove_all(id_)


def add(store: ServerStore, user: str, text: str) -> str:
    """Add a memory and return its id."""
    return store.add(user, text, tags=["turn"], metadata=dict(_METADATA))


def test_it_can_be_used(store: ServerStore) -> None:
    """A server that keeps users apart and accepts the key is usable."""
    store.check()


def test_it_keeps_words_metadata_and_user(store: ServerStore, users: Users) -> None:
    """A row comes back character by character, and is found by its id and among those of its user."""
    ana, text = users("ana"), "  Anna's café: {{greeting}}\r\n\t<b>§ 12 €</b> 😀 \0 end "
    id_ = add(store, ana, text)
    row = store.row(id_)
    assert row is not None
    assert (row.id, row.user_id, row.content) == (id_, ana, text)
    assert _METADATA.items() <= row.metadata.items()
    assert store.rows(ana) == [row]


def test_it_keeps_long_texts_in_any_script(store: ServerStore, users: Users) -> None:
    """No character of a long text is damaged on its way."""
    text = "".join(f"Grüße aus Köln {n}. 東京で会いましょう. " for n in range(4000))
    row = store.row(add(store, users("ana"), text))
    assert row is not None
    assert row.content == text


def test_it_answers_with_the_row_that_swallowed_an_add(store: ServerStore, users: Users) -> None:
    """The same words of two callers are one row: a client can read back which of them owns it."""
    ana, ben = users("ana"), users("ben")
    first = add(store, ana, "I am allergic to the penicillin of the swallowed test.")
    assert add(store, ben, "I am allergic to the penicillin of the swallowed test.") == first
    row = store.row(first)
    assert row is not None
    assert row.user_id == ana
    assert store.rows(ben) == []


def test_it_puts_nothing_twice(store: ServerStore, users: Users) -> None:
    """An add whose answer was lost can be repeated: there is one row."""
    ana = users("ana")
    ids = {add(store, ana, "Ana keeps seven hens in the yard behind the mill.") for _ in range(2)}
    assert len(ids) == 1
    assert [row.id for row in store.rows(ana)] == list(ids)


def test_it_returns_all_rows_however_many(store: ServerStore, users: Users) -> None:
    """Rows come in pages; none is missing, none comes twice, none is another user's."""
    ana, ben = users("ana"), users("ben")
    add(store, ben, "Ben sails to Bergen in the boat that is not Ana's.")
    words = random.Random("of all rows")
    ids = {add(store, ana, " ".join(f"{words.getrandbits(24):06x}" for _ in range(12))) for _ in range(620)}
    own = {row.id for row in store.rows(ana)}
    assert len(own) > 500
    # The missing ones merged with others of hers: the server's key of a text is too short to distinguish them.
    assert own == ids
    assert len(store.rows(ana)) == len(own)


def test_it_names_all_users(store: ServerStore, users: Users) -> None:
    """Every owner of a row is among the users; a user without rows is not."""
    ana, ben = users("ana"), users("ben")
    add(store, ana, "Ana repairs the clocks of the old town hall.")
    add(store, ben, "Ben grows tulips under glass in winter.")
    assert {ana, ben} <= store.users()
    store.remove_all(ana)
    assert {ana, ben} & store.users() == {ben}


def test_it_removes_one_row_once_or_twice(store: ServerStore, users: Users) -> None:
    """A removed row is gone; removing it again, or one that never existed, is no error."""
    ana = users("ana")
    gone, kept = add(store, ana, "Ana sold her blue bicycle."), add(store, ana, "Ana bought a grey horse instead.")
    for _ in range(2):
        store.remove(gone)
    store.remove("no/such?row")
    assert store.row(gone) is None
    assert store.row("no/such?row") is None
    assert [row.id for row in store.rows(ana)] == [kept]


def test_it_removes_all_of_a_user_and_no_one_elses(store: ServerStore, users: Users) -> None:
    """All rows of that user are gone, and all rows of the others stay."""
    ana, ben = users("ana"), users("ben")
    for n in range(3):
        add(store, ana, f"Ana visited harbour{n} and lighthouse{n}.")
    kept = add(store, ben, "Ben never leaves the mountains.")
    store.remove_all(ana)
    assert store.rows(ana) == []
    assert store.search(ana, "harbour", limit=5, timeout_s=None) == []
    assert [row.id for row in store.rows(ben)] == [kept]


def test_it_finds_the_callers_own_best_first(store: ServerStore, users: Users) -> None:
    """The best fit comes first, scores lie between 1 and 0 and fall, and every hit is that user's."""
    ana, ben = users("ana"), users("ben")
    texts = ["Ana moved to Lisbon and opened a bakery.", "Ana teaches the violin.", "Ana fears dogs."]
    ids = [add(store, ana, text) for text in texts]
    add(store, ben, "Ben too moved to Lisbon, and opened a bakery there.")
    found = store.search(ana, "moved to Lisbon and opened a bakery", limit=10, timeout_s=5)
    assert found[0][0] == ids[0]
    assert sorted(id_ for id_, _ in found) == sorted(ids)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert scores[0] > scores[-1]
    assert len(store.search(ana, "bakery", limit=2, timeout_s=None)) == 2


def test_it_finds_a_caller_among_many_who_said_the_like(store: ServerStore, users: Users) -> None:
    """A caller's memories are found even if more than a few hundred rows of other callers fit better."""
    ana, ben = users("ana"), users("ben")
    own = {
        add(store, ana, f"Ana asked about {what}.") for what in ("rye bread", "tall ships", "opera", "chess", "moss")
    }
    for n in range(250):
        add(store, ben, f"My parcel is late, the number is parcel{n}x{n * 31}.")
    found = store.search(ana, "My parcel is late, the number is?", limit=20, timeout_s=None)
    assert {id_ for id_, _ in found} == own


def test_it_finds_what_was_put_just_now_and_nothing_removed(store: ServerStore, users: Users) -> None:
    """The same question again sees what changed since: no answer is stale."""
    ana = users("ana")
    first = add(store, ana, "Ana plays the cello on Sundays.")

    def found() -> set[str]:
        return {id_ for id_, _ in store.search(ana, "cello", limit=5, timeout_s=None)}

    assert found() == {first}
    second = add(store, ana, "Ana lent her old cello to Tom in spring.")
    assert found() == {first, second}
    store.remove(first)
    assert found() == {second}


def test_a_stranger_is_empty(store: ServerStore, users: Users) -> None:
    """For a user without rows nothing is found, and an empty user is refused, as it would mean everyone."""
    add(store, users("ana"), "Ana collects stamps of Norway.")
    nobody = users("nobody")
    assert store.search(nobody, "stamps", limit=5, timeout_s=5) == []
    assert store.rows(nobody) == []
    assert store.summary(nobody) == ""
    assert store.search(nobody, "stamps", limit=0, timeout_s=5) == []
    for ask in (store.rows, store.remove_all):
        with pytest.raises(ValueError, match="everybody"):
            ask("")
    with pytest.raises(ValueError, match="everybody"):
        store.search("", "stamps", limit=5, timeout_s=5)
    with pytest.raises(ValueError, match="everybody"):
        store.add("", "Whose is this?", tags=[], metadata={})


@pytest.mark.parametrize(
    "name", ["a/b", "..", ".", "%2F", "%", "a?b#c", "'; DROP TABLE users; --", '"', "a\\b", "ü 😀 +"]
)
def test_it_takes_any_user(store: ServerStore, name: str) -> None:
    """A user's name is taken as it is, whatever a path or a query may read into it."""
    store.remove_all(name)
    # Its words appear in no other name's text: the server would take those for a duplicate.
    mark = "".join(chr(ord("a") + int(digit, 16)) for digit in name.encode().hex())
    id_ = add(store, name, f"Somebody who is called {mark} likes {mark} tea of {mark} hills.")
    assert [row.id for row in store.rows(name)] == [id_]
    assert [found for found, _ in store.search(name, mark, limit=3, timeout_s=None)] == [id_]
    assert name in store.users()
    assert store.summary(name) == ""
    store.remove_all(name)
    assert store.rows(name) == []


def test_it_says_nothing_of_a_user(store: ServerStore, users: Users) -> None:
    """The server's stock summary, which it gives to every user, does not count as one."""
    ana = users("ana")
    for n in range(3):
        add(store, ana, f"Ana told story{n} of island{n} to child{n}.")
    assert store.summary(ana) == ""
