"""Forgets a caller: appends the request, and waits until it is carried out; does the work if no projector runs."""

import time
from collections.abc import Callable

import msgspec

from events.log.erasure import Erasure
from events.log.erasure_request import request_answered_at, request_erasure
from events.log.filing import ERASURE
from events.log.protocol import EventLog
from events.open_log import is_database
from projector.commands.running.lost_log import check_log
from projector.commands.running.waiting import WaitReporter, why_behind
from projector.engines.open import Engines
from projector.errors import EngineError, ErasureError, ErasurePendingError, LogRemainsError, ReadModelMissingError
from projector.follow.follower import Follower
from projector.projection.settings import ProjectionSettings
from projector.read_model.generations import Generations
from projector.read_model.open import open_read_model
from projector.read_model.records import ErasureState

_POLL_S = 0.05
_DONE = "the caller is no longer greeted or found, and the caller's files are gone from the log"


def forget_caller(
    payloads: EventLog,
    generations: Generations,
    settings: ProjectionSettings,
    caller: str,
    *,
    engines: Engines | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Erasure:
    """
    Remove all that is held about a caller up to now, and return the account of what was removed.

    Args:
        caller: the caller's key.
        engines: of this process; None where nothing else in it opens an engine.
        tell: is called with a line if another projector follows the log and does the work, and with one more if that
            takes long.

    Raises:
        ErasurePendingError: an outside engine still holds the caller, or what keeps the log may do so; everything else
            is done.
        ErasureError: the request cannot be carried out. It stays in the log; a fixed projector carries it out later.
        EventsError, ProjectorError, OSError: as append and catch-up raise them; the request stays in
            the log and is carried out later.
    """
    check_log(payloads, generations)
    engines = engines or Engines(settings.engine)
    position = request_erasure(payloads, caller).position
    waiting = WaitReporter(engines, tell=tell, why=lambda: _why(payloads, generations, settings, position))
    while True:
        try:
            with generations.lock("follow", wait=False) as is_held:
                if is_held:
                    _catch_up(payloads, generations, settings, engines)
                else:
                    waiting.begin("another projector follows this log and does the work; waiting for it")
            state = _state(generations, position)
            if state is not None and state.is_finished and state.account is not None:
                return state.account
            _check_not_stuck(payloads, generations, position)
            waiting.look()
        except (EngineError, LogRemainsError) as error:
            raise _pending(generations, position, error) from error
        time.sleep(_POLL_S)


def _catch_up(payloads: EventLog, generations: Generations, settings: ProjectionSettings, engines: Engines) -> None:
    follower = Follower(payloads, generations, settings, engines)
    try:
        follower.catch_up()
    finally:
        follower.close()


def _why(log: EventLog, generations: Generations, settings: ProjectionSettings, position: int) -> str:
    """Return, as text, what is still to be done."""
    state = _state(generations, position)
    if state is None or state.account is None:
        return f"{why_behind(generations, position)}; the request is event {position}"
    if settings.engine.is_outside:
        return f"{_DONE}; the memory engine still holds memories, or a reader or a replay uses the read model"
    if is_database(log.location):
        return f"{_DONE}; the log of the following projector says what may still keep something (`log_not_wiped`)"
    return f"{_DONE}; a reader or a replay uses the read model, and until it ends its files may hold words"


def _pending(generations: Generations, position: int, error: EngineError | LogRemainsError) -> ErasureError:
    """Return the error for an outside engine, or a server of the log, that cannot erase the caller now."""
    state = _state(generations, position)
    again = (
        f"You need not ask again: the request, event {position}, is in the log. A running projector, or"
        f" `projector --once`, carries it out once this is fixed: {error}"
    )
    if state is None or state.account is None:
        return ErasureError(f"not erased yet: memories cannot be rebuilt without the memory engine. {again}")
    if isinstance(error, LogRemainsError):
        return ErasurePendingError(
            f"done: {_DONE}. Not yet: what keeps the log may still hold something of it. {again}",
            msgspec.json.encode(state.account),
        )
    return ErasurePendingError(
        f"done: {_DONE}. Not yet: the memory engine still holds memories, and the files of the read model may hold"
        f" words. {again}",
        msgspec.json.encode(state.account),
    )


def _check_not_stuck(payloads: EventLog, generations: Generations, position: int) -> None:
    """Raise `ErasureError` where files of the caller cannot be removed: waiting for that may never end."""
    try:
        with open_read_model(generations) as read_model:
            faults = [fault for fault in read_model.faults() if fault.kind == ERASURE]
    except ReadModelMissingError:
        return
    for fault in faults:
        if request_answered_at(payloads, fault.place) == position:
            raise ErasureError(
                f"the request, event {position}, is carried out but for this: {fault.error}. Mend that, then run"
                f" `projector retry {fault.place.position}`, which removes the rest. You need not ask again"
            )


def _state(generations: Generations, position: int) -> ErasureState | None:
    try:
        with open_read_model(generations) as read_model:
            state = read_model.erasure(position)
            fault = next((fault for fault in read_model.faults() if fault.place.position == position), None)
    except ReadModelMissingError:
        return None
    # If there is an account, the fault at this position is the journal's, not the request's.
    if fault is not None and (state is None or state.account is None):
        raise ErasureError(f"the request, event {position}, cannot be carried out: {fault.error}")
    return state
