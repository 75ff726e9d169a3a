"""A connection that waits for its server no longer than it may, whatever the server or the network does."""

import math
import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

T = TypeVar("T")


class SilentServerError(psycopg.OperationalError):
    """The server did not answer in time, and the connection is closed. What it was told last, it may still do."""


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """
    A connection to PostgreSQL with an end to its patience.

    A server that is frozen, or behind a network that swallows all, ends no connection, and the system acknowledges what
    is sent to it: no timeout of TCP notices. psycopg waits for each answer in `wait`, so the end of all waits is there.

    `until_s` is when it gives up, by the monotonic clock; `wait_s` is by how much `renew` puts that off, in seconds.
    """

    until_s: float = math.inf
    wait_s: float = math.inf

    def renew(self) -> None:
        """Put the end off: the server has done a part of what takes long, such as taking a long body."""
        self.until_s = max(self.until_s, time.monotonic() + self.wait_s)

    def wait(self, gen: PQGen[T], *args: Any, **options: Any) -> T:
        """
        Wait for an answer, as psycopg does for each thing that it asks the server.

        Raises:
            SilentServerError: it did not come in time. Nothing is cancelled: the server may be about to commit.
        """
        try:
            return super().wait(_in_time(gen, self.until_s), *args, **options)
        except SilentServerError:
            self.close()
            raise


def _in_time(gen: PQGen[T], until_s: float) -> PQGen[T]:
    """Do as a generator of psycopg, which is woken at least ten times a second, and give up in time."""
    try:
        state = next(gen)
        while True:
            ready = yield state
            state = gen.send(ready)
            if time.monotonic() >= until_s:
                raise SilentServerError("the server did not answer in time: what it was told may be done, or not")
    except StopIteration as end:
        answer: T = end.value
        return answer
