"""Erases calls that are older than RETENTION_DAYS, each by a request of its own, as a caller's would be."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event as Flag

from events.errors import EventsError
from events.log.erasure_request import request_erasure
from events.log.event import Event
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process import audit
from events.process.logging import get_logger
from events.wire.caller import conversation_key, masked
from projector.commands.settings import Settings
from projector.errors import ProjectorError
from projector.read_model.generations import Generations
from projector.read_model.open import open_read_model
from projector.read_model.protocol import ReadModel

logger = get_logger("projection")
_DAY_S, _HOUR_S, _SOON_S = 24 * 60 * 60, 60 * 60, 5
# What is asked for at once is searched for at once. More would take so long that what comes in meanwhile waited.
_REQUESTS_MAX = 200
# Later than any request: all of them are asked for.
_NEVER_S = 2**53


class Retention:
    """
    Appends a request for each call that began before the days that calls are kept.

    A call counts from when it began, or came in, whichever was earlier; one of which only a recording or an event that
    cannot be folded is there, from when that came in. A request answers for a whole conversation, whatever comes in
    late. Each is noted in the audit trail before.

    Args:
        days: how many days a call is kept, 1 or more.
        clock_s: the present in Unix seconds.
    """

    def __init__(
        self,
        log: EventLog,
        generations: Generations,
        trail: audit.AuditTrail,
        *,
        days: int,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        self._log = log
        self._generations = generations
        self._trail = trail
        self._days = days
        self._clock_s = clock_s
        # How far the log was looked through for calls that no caller is known of.
        self._place: Place | None = None
        # Once is enough, whatever comes of it: an erasure that cannot be carried out is listed among the failures.
        self._asked: set[str] = set()

    def expire(self) -> int | None:
        """
        Append the next requests, and return how many; None where it is too early to tell what is too old.

        It is too early while events are to be projected, or erasures to be carried out.

        Raises:
            EventsError, ProjectorError, OSError: the log or the read model cannot be read or written now, or the trail
                cannot be. Every request that was appended stays; the next call asks for the rest.
        """
        before_s = int(self._clock_s()) - self._days * _DAY_S
        tail = self._log.tail()
        with open_read_model(self._generations) as read_model:
            # Until all is projected nobody knows what was asked for already: it would be asked for twice.
            if read_model.place() != tail or read_model.unfinished_erasures(requested_until_s=_NEVER_S):
                return None
            expired, place = self._expired(read_model, before_s)
        for conversation_id in expired:
            key = conversation_key(conversation_id)
            self._asked.add(conversation_id)
            self._trail.note(audit.ERASURE, by="retention", caller=masked(key), is_durable=True)
            request_erasure(self._log, key, clock_s=self._clock_s)
        self._place = place
        if expired:
            logger.info("calls_expired", calls=len(expired), kept_days=self._days)
        return len(expired)

    def _expired(self, read_model: ReadModel, before_s: int) -> tuple[list[str], Place | None]:
        """Return the next conversations that are too old, and how far the log is then looked through."""
        begun = read_model.begun_until(before_s, limit=_REQUESTS_MAX + len(self._asked))
        found = dict.fromkeys([id_ for id_ in begun if id_ not in self._asked][:_REQUESTS_MAX])
        before, place = datetime.fromtimestamp(before_s, UTC), self._place
        for event in self._log.read(self._place):
            if len(found) >= _REQUESTS_MAX or (isinstance(event, Event) and event.receipt.received_at > before):
                break
            id_ = event.receipt.conversation_id if isinstance(event, Event) else None
            if id_ is not None and not (id_ in found or id_ in self._asked or read_model.is_erased(id_)):
                found[id_] = None
            place = event.place
        return list(found), place


def retention_of(settings: Settings, payloads: EventLog, generations: Generations) -> Retention | None:
    """Return what erases calls that are too old; None where they are kept for ever."""
    if settings.retention_days is None:
        return None
    return Retention(payloads, generations, audit.AuditTrail(settings.audit_path), days=settings.retention_days)


@contextmanager
def retaining(retention: Retention | None, stop: Flag) -> Iterator[None]:
    """
    Have calls that are too old erased until the block ends, in a thread: once an hour, and on while there are more.

    Args:
        retention: None to keep calls for ever.
        stop: is set where the process ends.
    """
    if retention is None:
        yield
        return
    ended = Flag()
    thread = threading.Thread(target=_expire_on, args=(retention, stop, ended), name="retention", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _expire_on(retention: Retention, stop: Flag, ended: Flag) -> None:
    reason, due_s = "", 0.0
    while not (stop.is_set() or ended.is_set()):
        if time.monotonic() >= due_s:
            try:
                found = retention.expire()
            except (EventsError, ProjectorError, OSError) as error:
                if str(error) != reason:
                    reason = str(error)
                    logger.warning("retention_waiting", reason=reason)
                found = None
            else:
                reason = ""
            # Where there were as many as may be asked for at once, there may be more.
            is_soon = found is None or found >= _REQUESTS_MAX
            due_s = time.monotonic() + (_SOON_S if is_soon else _HOUR_S)
        ended.wait(1.0)
