"""Two servers under load, a primary and its synchronous standby: two ingress post, and it is noted what they answer."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import psycopg
from msgspec import Struct

from events.log.event import DamagedLine
from events.postgres_log.log import PostgresLog
from tests.support.postgres import Cluster
from tests.support.waiting import wait_until
from tests.torture.moments import Moments

# Two ingress, of this many clients each.
_CLIENTS = 16
_INGRESS = ("a", "b")
_PATIENCE_S = 240.0


class Ack(Struct, frozen=True):
    """A call that was answered 200: the sha256 of its body, and the position that the answer named."""

    sha256: str
    position: int


class ServerStage:
    """
    Two servers, of which either may be the primary; `faults` breaks them.

    `acked` maps conversations to what was answered; `lost` names those that a server did not have when it was looked
    at; `problems` are sentences; `refused` says of which calls a try was refused, and why;
    `cuts` says when power went: what was acknowledged meanwhile counts for nothing.

    Args:
        places: the folders that the two servers lie in; None for memory.
    """

    def __init__(self, places: tuple[Path | None, Path | None] = (None, None)) -> None:
        self.acked: dict[str, Ack] = {}
        self.lost: set[str] = set()
        self.problems: list[str] = []
        self.refused: list[str] = []
        self.cuts = Moments()
        self._changed = threading.Condition()
        self.primary = Cluster(within=places[0])
        try:
            self.primary.demand_standby()  # first: a standby that takes over must demand one, too
            self.standby = Cluster(of=self.primary, within=places[1])
        except BaseException:
            self.primary.close()
            raise
        hosts = ",".join(f"127.0.0.1:{cluster.port}" for cluster in (self.primary, self.standby))
        self._url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"

    def close(self) -> None:
        """End both servers, and remove what they kept."""
        for cluster in (self.primary, self.standby):
            cluster.close()

    @contextmanager
    def load(self) -> Iterator[None]:
        """Post from 32 clients of two ingress until the block ends; each call is then answered."""
        PostgresLog(self.primary.url())  # makes the tables, which both ingress would at the same time
        with ExitStack() as stack:
            for name in _INGRESS:
                stack.enter_context(self._posting(name))
            yield

    def wait_for_acked(self, count: int) -> None:
        """Wait until this many more calls are acknowledged."""
        with self._changed:
            enough = len(self.acked) + count
            if not self._changed.wait_for(lambda: len(self.acked) >= enough, _PATIENCE_S):
                raise AssertionError(f"calls are not acknowledged any more; {self.problems}")

    def wait_for_held_commit(self) -> None:
        """Wait until an append waits for the standby; all others then wait for that one."""
        wait_until(lambda: self._ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != 0)

    def committed(self) -> tuple[int, int]:
        """Return the last position that others see on the primary, and how many groups were committed there."""
        return self._ask("SELECT position FROM elaoms.log"), self._ask("SELECT settled FROM elaoms.log")

    @contextmanager
    def nothing_acked_after(self, position: int) -> Iterator[None]:
        """Note a problem for each call that is acknowledged in the block, and is not at a position until that one."""
        known = set(self.acked)
        yield
        early = [id_ for id_, ack in list(self.acked.items()) if id_ not in known and ack.position > position]
        self.problems += [f"{id_} was acknowledged without the standby" for id_ in early]

    def fail_over(self) -> None:
        """Have the standby take over from a primary that is gone, look at it, and make that one its standby anew."""
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary
        self.look_at(self.primary)
        self.standby.follow(self.primary)

    def look_at(self, server: Cluster) -> None:
        """Look whether a primary has all that was acknowledged so far, where it was said to be."""
        acked = dict(self.acked)
        there: set[tuple[str | None, Ack]] = set()
        for event in PostgresLog(server.url()).read():
            if isinstance(event, DamagedLine):
                self.problems.append(f"the line at position {event.place.position} is damaged")
            else:
                receipt = event.receipt
                there.add((receipt.conversation_id, Ack(receipt.sha256, receipt.position)))
        self.lost |= {id_ for id_, ack in acked.items() if (id_, ack) not in there}

    def _ask(self, sql: str) -> int:
        with psycopg.connect(self.primary.url(), autocommit=True) as connection:
            row = connection.execute(sql.encode()).fetchone()
        assert row is not None
        answer: int = row[0]
        return answer

    @contextmanager
    def _posting(self, name: str) -> Iterator[None]:
        command = [sys.executable, "-m", "tests.torture.servers.poster", self._url, name, str(_CLIENTS)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as poster:
            assert poster.stdin is not None
            assert poster.stdout is not None
            reader = threading.Thread(target=self._read, args=(poster.stdout,))
            try:
                # Or the log might be broken before this ingress has found it.
                assert poster.stdout.readline() == "ready\n"
                reader.start()
                yield
                poster.stdin.close()
                if poster.wait(_PATIENCE_S):
                    self.problems.append(f"an ingress ended with {poster.returncode}")
            finally:
                poster.kill()
                if reader.ident is not None:
                    reader.join()

    def _read(self, output: IO[str]) -> None:
        kinds: dict[str, Callable[[str], None]] = {"acked": self._note_ack, "refused": self.refused.append}
        for line in output:
            kind, _, rest = line.strip().partition(" ")
            with self._changed:
                kinds[kind](rest)
                self._changed.notify_all()

    def _note_ack(self, words: str) -> None:
        id_, sha256, position, asked_s, answered_s = words.split(" ")
        if self.cuts.met(float(asked_s), float(answered_s)):
            return
        ack = Ack(sha256, int(position))
        if self.acked.setdefault(id_, ack) != ack:
            self.problems.append(f"{id_} was acknowledged at {self.acked[id_].position} and at {position}")
