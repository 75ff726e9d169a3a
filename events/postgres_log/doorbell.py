"""The doorbell: waits until another process says that it has appended something, or until it is time to look."""

import math
import time
from threading import Event as Flag

import psycopg

from events.postgres_server.bounded import Connection
from events.postgres_server.connections import Connections
from events.process.logging import get_logger

logger = get_logger("projection")

# A ring can be lost with its connection; that costs one look at the log's size.
LOOK_INTERVAL_S = 1.0

# A server that does not take up listening in time is looked at instead; the follower's own look then names the fault.
_LISTEN_S = 5.0

# How soon a stop ends a wait.
_STOP_S = 0.1


class Doorbell:
    """
    Listens on a connection of its own; one thread at a time waits.

    Args:
        is_listening: whether to let the database ring; without it, every wait ends at the next look.
    """

    def __init__(self, connections: Connections, *, is_listening: bool) -> None:
        self._connections = connections
        self._is_listening = is_listening
        self._connection: Connection | None = None
        self._is_broken = False

    def __del__(self) -> None:
        self._hang_up()

    def wait(self, stop: Flag) -> None:
        """Wait for a ring, for the next look, or for `stop`."""
        if not self._is_listening:
            stop.wait(LOOK_INTERVAL_S)
            return
        try:
            self._listen(stop)
        except (OSError, psycopg.Error) as error:
            say = logger.debug if self._is_broken else logger.warning
            say("doorbell_broken", error=" ".join(str(error).split()), looking_every_s=LOOK_INTERVAL_S)
            self._is_broken = True
            self._hang_up()
            stop.wait(LOOK_INTERVAL_S)

    def _listen(self, stop: Flag) -> None:
        if self._connection is None:
            self._connection = self._connections.open(wait_s=_LISTEN_S)
            self._connection.autocommit = True
            self._connection.execute("LISTEN elaoms_log")
            self._connection.until_s = math.inf  # a ring may come at any time, and each wait for it has its own end
            self._is_broken = False
            return  # what was appended before we listened did not ring
        until_s = time.monotonic() + LOOK_INTERVAL_S
        while not stop.is_set() and time.monotonic() < until_s:
            if list(self._connection.notifies(timeout=_STOP_S, stop_after=1)):
                return

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
