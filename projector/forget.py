"""Forget a caller: append the request, and wait until nothing is left; without a running projector, do the work."""

import time
from collections.abc import Callable

from events.erasure import Erasure, request_erasure
from events.errors import JournalError
from events.log import PayloadLog
from projector.errors import ErasureError, ReadModelMissingError
from projector.follow import Follower
from projector.generations import Generations
from projector.read_model import has_memories, open_read_model
from projector.settings import ProjectionSettings

_POLL_S = 0.05


def forget_caller(
    payloads: PayloadLog,
    generations: Generations,
    settings: ProjectionSettings,
    caller: str,
    *,
    on_waiting: Callable[[], None] = lambda: None,
) -> Erasure:
    """
    Remove all that is held about a caller up to now, and return the account of it.

    Args:
        caller: the caller's key.
        on_waiting: told once, where another projector follows the log and does the work.

    Raises:
        ErasureError: the request could not be carried out; it stays in the log, and a mended projector does it.
        EventsError, ProjectorError, OSError, sqlite3.Error: as appending and projecting do; so does it then.
    """
    if payloads.tail() is None and has_memories(generations.folder):
        raise JournalError(
            f"the journal in {payloads.folder} is gone, and there are memories of it; is its disk mounted?"
        )
    position = request_erasure(payloads, caller).position
    is_told = False
    while True:
        with generations.lock("follow", wait=False) as is_held:
            if is_held:
                follower = Follower(payloads, generations, settings)
                try:
                    follower.catch_up()
                finally:
                    follower.close()
            elif not is_told:
                on_waiting()
                is_told = True
        account = _account(generations, position)
        if account is not None:
            return account
        time.sleep(_POLL_S)


def _account(generations: Generations, position: int) -> Erasure | None:
    try:
        with open_read_model(generations.folder) as read_model:
            state = read_model.erasure(position)
            fault = next((fault for fault in read_model.faults() if fault.place.position == position), None)
        if state is not None and state.is_finished:
            return state.account
    except ReadModelMissingError:
        return None
    # A fault beside an account is one of the journal, not of the request.
    if fault is not None and (state is None or state.account is None):
        raise ErasureError(f"the request, event {position}, cannot be carried out: {fault.error}")
    return None
