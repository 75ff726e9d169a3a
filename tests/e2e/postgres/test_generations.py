"""Generations that two projectors begin at once, that a role may not read, or whose tables somebody has touched."""

import threading
from contextlib import closing

import msgspec
import psycopg
import pytest

from projector.errors import ReadModelDamagedError, ReadModelMissingError
from projector.read_model.generations import Generations
from projector.read_model.open import open_generations, open_live_reader, open_read_model
from tests.contract.engines.memories import ANA, BEN
from tests.contract.read_models.rows import TWO, call, view, write
from tests.support.postgres import why_not
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
_SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'elaoms_g%' ORDER BY nspname"


def _make(generations: Generations, generation: int) -> None:
    generations.create(generation, fingerprint="one", engine="embedded", is_outside=False).close()


def _published(generations: Generations) -> int:
    generation = generations.begin()
    _make(generations, generation)
    generations.settle(generation)
    assert generations.publish(generation)
    return generation


def _check(generations: Generations, generation: int) -> None:
    generations.check(generation, lambda _: None, is_outside=False, should_go_on=lambda: True, on_begun=lambda: None)


def test_generation_that_was_given_up_is_never_made(memories_url: str) -> None:
    """A projector whose generation another one gave up makes no tables that nobody would drop, words and all."""
    one, other = open_generations(memories_url), open_generations(memories_url)
    given_up, second = one.begin(), other.begin()
    with pytest.raises(ReadModelMissingError):
        _make(one, given_up)
    _make(other, second)
    other.settle(second)
    assert other.publish(second)

    with psycopg.connect(memories_url) as connection:
        assert connection.execute(_SCHEMAS).fetchall() == [(f"elaoms_g{second}",)]


def test_live_one_is_not_discarded(memories_url: str) -> None:
    """Who does not know that its flip was made, and discards the generation, takes it from nobody."""
    generations = open_generations(memories_url)
    generation = _published(generations)
    generations.discard(generation)

    assert generations.current() == generation
    with open_read_model(generations) as read_model:
        assert read_model.fingerprint() == "one"


def test_role_without_rights_finds_no_damage(memories_url: str) -> None:
    """A reader whose role may not use a schema is told so: the generation is not damaged, and is not replayed."""
    generations = open_generations(memories_url)
    generation = _published(generations)
    role = memories_url.rpartition("/")[2]
    with psycopg.connect(memories_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'hush-hush'")
        try:
            connection.execute(f"GRANT USAGE ON SCHEMA elaoms_memories TO {role}")
            connection.execute(f"GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA elaoms_memories TO {role}")
            with closing(open_live_reader(memories_url.replace("postgres@", f"{role}:hush-hush@"))) as reader:
                with pytest.raises(ReadModelMissingError, match=f"may not use the schema elaoms_g{generation}"):
                    reader.open()
                connection.execute(f"GRANT USAGE ON SCHEMA elaoms_g{generation} TO {role}")
                connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA elaoms_g{generation} TO {role}")
                assert reader.open().fingerprint() == "one"
        finally:
            connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
    assert not generations.is_marked_damaged(generation)


@pytest.mark.parametrize(
    "touch",
    [
        "DELETE FROM owners",
        "DELETE FROM calls",
        "UPDATE owners SET sha256 = 'other'",
        "UPDATE owners SET agent_id = 'other'",
        "UPDATE owners SET caller = '+12025550144'",
    ],
)
def test_check_finds_calls_whose_owner_is_another(memories_url: str, touch: str) -> None:
    """What says whose a call is carries no checksum: the check compares it with the calls, and misses neither side."""
    generations = open_generations(memories_url)
    generation = _published(generations)
    with closing(generations.open(generation)) as writer:
        write(writer)
    _check(generations, generation)
    with psycopg.connect(memories_url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO elaoms_g{generation}")
        connection.execute(touch)
    with pytest.raises(ReadModelDamagedError, match="whose calls"):
        _check(generations, generation)


def test_writers_wait_for_each_other_whatever_the_default_isolation_is(memories_url: str) -> None:
    """In a database that another program set up, a writer that waited for another one sees what that one wrote."""
    with psycopg.connect(memories_url, autocommit=True) as connection:
        name = memories_url.rpartition("/")[2]
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    generations = open_generations(memories_url)
    generation = _published(generations)
    with closing(generations.open(generation)) as one, closing(generations.open(generation)) as other:
        waiting = threading.Thread(target=lambda: write(other, caller=BEN, calls=(call("conv_2", BEN, TWO),)))
        with one.transaction():
            one.calls.put(call(), agent_number=None)
            waiting.start()
            wait_until(lambda: _is_waited_for(memories_url))
            one.callers.put(ANA, msgspec.json.encode(view(ANA)), b"{}")
        waiting.join()
        assert [each.caller for each in one.read_model.views()] == sorted((ANA, BEN))
    _check(generations, generation)


def _is_waited_for(url: str) -> bool:
    with psycopg.connect(url) as connection:
        sql = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return connection.execute(sql).fetchone() is not None
