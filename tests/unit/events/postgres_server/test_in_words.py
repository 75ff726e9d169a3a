"""What is said of a server leads an operator to it, once, with what to do, and holds no secret."""

import psycopg
import pytest

from events.postgres_server.connections import Connections
from events.postgres_server.in_words import cause_in_words
from tests.support.servers import free_port

REFUSED = "Connection refused"


@pytest.mark.parametrize(
    ("server", "told"),
    [
        ("db1:6001,db2:6002", "db1:6001,db2:6002"),
        ("db1,db2:5433", "db1,db2:5433"),
        ("db1", "db1"),
        ("[::1]:6001,db2:6002", "::1:6001,db2:6002"),
    ],
)
def test_each_server_is_told_with_its_port(server: str, told: str) -> None:
    """The words for a database can be read as its URL is: each host has its own port behind it."""
    assert str(Connections(f"postgresql://elaoms:hush@{server}/calls")) == f"postgresql://elaoms@{told}/calls"


def test_what_several_servers_say_is_said_once() -> None:
    """The driver repeats the last of them, and names each of them three times."""
    ports = free_port(), free_port()
    with pytest.raises(psycopg.OperationalError) as raised:
        psycopg.connect(f"postgresql://elaoms:hush@{','.join(f'127.0.0.1:{port}' for port in ports)}/calls")
    assert str(raised.value).count(REFUSED) == 3
    assert cause_in_words(str(raised.value)) == f"127.0.0.1:{ports[0]}, 127.0.0.1:{ports[1]}: {REFUSED}"


def test_servers_that_say_different_things_are_told_apart() -> None:
    """A primary that is gone beside a standby: each with its own words, and what to do."""
    words = cause_in_words(
        'connection failed: connection to server at "db2" (10.0.0.2), port 5432 failed: session is read-only\n'
        "Multiple connection attempts failed. All failures were:\n"
        "- host: 'db1', port: '5432', hostaddr: '10.0.0.1': connection failed: connection to server at \"10.0.0.1\", "
        f"port 5432 failed: {REFUSED}\n\tIs the server running on that host and accepting TCP/IP connections?\n"
        "- host: 'db2', port: '5432', hostaddr: '10.0.0.2': connection failed: connection to server at \"10.0.0.2\", "
        "port 5432 failed: session is read-only"
    )
    assert words.startswith(f"db1:5432: {REFUSED}; db2:5432: session is read-only; a standby takes no events")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("fe_sendauth: no password supplied", "~/.pgpass"),
        ('FATAL:  password authentication failed for user "elaoms"', "%XX"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "elaoms"', "let the role in"),
        ("the server did not answer in time", "waits for a standby"),
        ("permission denied for schema elaoms", "own the database"),
        ("could not extend file: No space left on device", "give it room"),
        ("FATAL:  sorry, too many clients already", "max_connections"),
    ],
)
def test_what_can_be_done_is_said(said: str, advice: str) -> None:
    """Where we know what helps, the error says it."""
    assert advice in cause_in_words(said)
    assert cause_in_words("deadlock detected") == "deadlock detected"
