"""What an operator reads of a server: where it is, why it does not answer, and what to do. Without a secret."""

import re
from collections.abc import Mapping
from typing import Any

from events.postgres_server.hosts import hosts_of

# Source: the messages of libpq and psycopg. Of several hosts the last one is told twice.
_EACH = "Multiple connection attempts failed. All failures were:"
_ONE = re.compile(r"- host: '([^']*)', port: '([^']*)', hostaddr: '([^']*)': ")
_ROUTE = re.compile(
    r'connection failed: |connection (?:to server )?at "[^"]*"(?: \([^)]*\))?,? port \d+ failed: |FATAL: +'
)
_RUNNING = re.compile(r" ?Is the server running on that host and accepting TCP/IP connections\?")

_ADVICE = (
    (
        "no password supplied",
        "put the password into ~/.pgpass of the user who runs this, which only that user may read, or into the URL",
    ),
    (
        "password authentication failed",
        "the role has another password. ~/.pgpass has it as it is; in a URL each special character is written as %XX",
    ),
    ("no pg_hba.conf entry", "let the role in from this machine, in pg_hba.conf of each server"),
    ("session is read-only", "a standby takes no events, so the URL must name the primary too: name every server"),
    ("did not answer in time", "a commit also waits for a standby: `events database check` says whether one follows"),
    ("permission denied", "let the role own the database, and all that was made in it by another one"),
    ("must be owner", "let the role own the database, and all that was made in it by another one"),
    ("No space left on device", "a server's disk is full: give it room"),
    ("too many clients", "raise max_connections of the servers"),
    ("remaining connection slots", "raise max_connections of the servers"),
)


def place_in_words(options: Mapping[str, Any]) -> str:
    """Return where a database is, by the options of the driver."""
    user = f"{options['user']}@" if options.get("user") else ""
    hosts = ",".join(host.name for host in hosts_of(options))
    return f"postgresql://{user}{hosts}/{options.get('dbname', '')}"


def cause_in_words(text: str) -> str:
    """
    Return an error of the driver on one line: what each server said, once, and what to do where we know it.

    Args:
        text: what the driver says; it repeats no password.
    """
    cause = " ".join(text.split())
    _, is_for_each, each = cause.partition(_EACH)
    if is_for_each:
        said: dict[str, list[str]] = {}
        _, *parts = _ONE.split(each)
        for host, port, address, words in zip(*(parts[at::4] for at in range(4)), strict=True):
            said.setdefault(_RUNNING.sub("", _ROUTE.sub("", words)).strip(), []).append(f"{host or address}:{port}")
        cause = "; ".join(f"{', '.join(dict.fromkeys(names))}: {words}" for words, names in said.items()) or cause
    advice = dict.fromkeys(words for sign, words in _ADVICE if sign in cause)
    return "; ".join([cause, *advice])
